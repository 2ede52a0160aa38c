import { followEvents } from './events.ts';
import { MediaClock } from './media-clock.ts';
import { attachPlayback, type Connection, type Playback } from './playback.ts';
import { type QualityFigures, watchQuality } from './quality.ts';
import type { PlayerEvent } from './session-event.ts';
import { type Start, startPlaying, unmute } from './sound.ts';

export type { Connection, PlayerEvent, QualityFigures, Start };

export type PlayerOptions = {
  /** The session's playlistUrl. */
  readonly src: string;
  /** The session's eventsUrl: without it joins are not counted and mediaTime() is unknown. */
  readonly eventsUrl?: string;
  /** In seconds from the playlist's start; absent: near the live edge. */
  readonly startPosition?: number;
  /** Playback of the stream: standing, being retried, or refused with 404. */
  readonly onConnection?: (connection: Connection) => void;
  /** Called once: did the browser let it start with sound, without, or not at all. */
  readonly onStart?: (start: Start) => void;
  readonly onEvent?: (event: PlayerEvent) => void;
  /** False when the event stream is lost; it comes back by itself. */
  readonly onEventsConnected?: (connected: boolean) => void;
};

export type Player = {
  readonly video: HTMLVideoElement;
  readonly engine: Playback['engine'];
  /** Playback position on the session's timeline, in seconds; undefined while it is not known. */
  mediaTime(): number | undefined;
  figures(): QualityFigures;
  seekToLive(): void;
  /** To be called from a tap or key press. */
  unmute(): Promise<void>;
  /** Idempotent; leaves the media element empty. */
  close(): void;
};

/** Plays a session's stream on a media element, measures it, and follows the session's events. */
export function attachPlayer(video: HTMLVideoElement, options: PlayerOptions): Player {
  const clock = new MediaClock();
  const playback = attachPlayback(video, options);
  const mediaTime = (): number | undefined => {
    const dateMs = playback.playingDateMs();
    return dateMs === undefined ? undefined : clock.mediaTimeAt(dateMs);
  };
  const quality = watchQuality(video, { playback, mediaTime });

  const onEvent = (event: PlayerEvent): void => {
    if (event.type === 'chunk.published') {
      quality.addChunk(event.start, event.duration);
      if (event.programDateTime !== undefined) {
        clock.add({ start: event.start, dateMs: event.programDateTime.getTime() });
      }
    }
    options.onEvent?.(event);
  };
  const { eventsUrl, onEventsConnected } = options;
  const events =
    eventsUrl === undefined
      ? undefined
      : followEvents({ url: eventsUrl, onEvent, ...(onEventsConnected && { onConnected: onEventsConnected }) });

  let closed = false;
  void startPlaying(video).then(
    (start) => closed || options.onStart?.(start),
    // NotSupportedError and the like: the media element's own error event says it, and playback recovers from it.
    () => closed || options.onStart?.('refused'),
  );

  return {
    video,
    engine: playback.engine,
    mediaTime,
    figures: () => quality.figures(),
    seekToLive: () => playback.seekToLive(),
    unmute: () => unmute(video),
    close() {
      closed = true;
      events?.close();
      quality.close();
      playback.close();
    },
  };
}
