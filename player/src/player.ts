import { attachPlayback, type Connection, type Playback } from './engine/playback.ts';
import { bufferedUntil, type QualityFigures, watchQuality } from './measure/quality.ts';
import { interruptAt } from './session/api.ts';
import { trimCues } from './session/captions.ts';
import type { ChunkRange } from './session/chunk-range.ts';
import { followEvents } from './session/events.ts';
import { MediaClock } from './session/media-clock.ts';
import type { PlayerEvent } from './session/session-event.ts';
import { Hush } from './sound/hush.ts';
import { type Cut, Interruptions } from './sound/interrupt.ts';
import { SmoothLevel } from './sound/level.ts';
import { type Start, startPlaying, unmute } from './sound/sound.ts';

export type { ChunkRange, Connection, Cut, PlayerEvent, QualityFigures, Start };

export type PlayerOptions = {
  /** The session's playlistUrl. */
  readonly src: string;
  /** The session's eventsUrl: without it joins are not counted and mediaTime() is unknown. */
  readonly eventsUrl?: string;
  /** Where an interruption is asked for: the session's `interrupt`. */
  readonly interruptUrl?: string;
  /** In seconds from the playlist's start; absent: near the live edge. */
  readonly startPosition?: number;
  /** Whether captions are shown, where there are any. */
  readonly captions?: boolean;
  /** Playback of the stream: standing, being retried, or refused with 404. */
  readonly onConnection?: (connection: Connection) => void;
  /** Called once: did the browser let it start with sound, without, or not at all. */
  readonly onStart?: (start: Start) => void;
  readonly onEvent?: (event: PlayerEvent) => void;
  /** False when the event stream is lost; it comes back by itself. */
  readonly onEventsConnected?: (connected: boolean) => void;
  /** What the playlist says of a chunk, each time it says something new. */
  readonly onChunkRange?: (range: ChunkRange) => void;
  /** A frame is on screen: its program date time, and performance.now() of that moment. */
  readonly onFrame?: (dateMs: number, nowMs: number) => void;
};

export type Player = {
  readonly video: HTMLVideoElement;
  readonly engine: Playback['engine'];
  /** Playback position on the session's timeline, in seconds; undefined while it is not known. */
  mediaTime(): number | undefined;
  /** Program date time of what is on screen, in milliseconds since the epoch; undefined while it is not known. */
  dateMs(): number | undefined;
  /** Program date time of a moment on the session's timeline; undefined while nothing is published. */
  dateMsAt(mediaTime: number): number | undefined;
  figures(): QualityFigures;
  seekToLive(): void;
  /** To be called from a tap or key press. */
  unmute(): Promise<void>;
  /** What the listener wants; an interruption may silence the element beside. */
  muted: boolean;
  readonly hasCaptions: boolean;
  showCaptions(shown: boolean): void;
  /**
   * Silent at once: interrupts what is being said, and skips to the cut as soon as that is here.
   *
   * @param ask - Makes the server interrupt, and tells where the cut lies; undefined when there was nothing to cut. Absent: a POST
   *   to `interruptUrl`.
   * @throws what `ask` throws, with the sound back.
   */
  interrupt(ask?: () => Promise<Cut | undefined>): Promise<Cut | undefined>;
  /** Idempotent; leaves the media element empty. */
  close(): void;
};

/** Cues of a cut sentence may come in the segment after the one at hand. */
const TRIM_AGAIN_MS = 1_000;

/** Plays a session's stream on a media element, measures it, and follows the session's events. */
export function attachPlayer(video: HTMLVideoElement, options: PlayerOptions): Player {
  const clock = new MediaClock();
  const playback = attachPlayback(video, options);
  const mediaTime = (): number | undefined => {
    const dateMs = playback.playingDateMs();
    return dateMs === undefined ? undefined : clock.mediaTimeAt(dateMs);
  };
  const positionOf = (time: number): number | undefined => {
    const dateMs = clock.dateMsAt(time);
    return dateMs === undefined ? undefined : playback.positionAt(dateMs);
  };
  const onFrame = (position: number, nowMs: number): void => {
    const dateMs = playback.dateAt(position);
    if (dateMs !== undefined) {
      options.onFrame?.(dateMs, nowMs);
    }
  };
  const quality = watchQuality(video, { playback, mediaTime, ...(options.onFrame && { onFrame }) });
  // Where nothing is interrupted, or the browser plays by itself (WebKit gives that no way through Web Audio), it stays as it is.
  const smooth = options.interruptUrl !== undefined && playback.engine === 'hls.js';
  const level = smooth ? new SmoothLevel(video) : undefined;
  const hush = new Hush(video, level);
  const interruptions = new Interruptions({
    hush: { begin: () => hush.begin(!document.hidden), end: () => hush.end() },
    position: () => video.currentTime,
    seeking: () => video.seeking,
    seek(position) {
      video.currentTime = position;
    },
    positionOf,
    liveEdge: () => playback.liveEdge(),
    bufferedUntil: (position) => bufferedUntil(video, position),
  });

  let trimTimer: ReturnType<typeof setTimeout> | undefined;
  const trimAt = (cutAt: number): void => {
    const position = positionOf(cutAt);
    if (position !== undefined) {
      trimCues(video.textTracks, position);
      clearTimeout(trimTimer);
      trimTimer = setTimeout(() => trimCues(video.textTracks, position), TRIM_AGAIN_MS);
    }
  };

  const onEvent = (event: PlayerEvent): void => {
    if (event.type === 'chunk.published') {
      quality.addChunk(event.start, event.duration);
      if (event.programDateTime !== undefined) {
        clock.add({ start: event.start, dateMs: event.programDateTime.getTime() });
      }
    } else if (event.type === 'interrupted') {
      trimAt(event.cutAt);
    }
    options.onEvent?.(event);
  };
  const { eventsUrl, onEventsConnected } = options;
  const events =
    eventsUrl === undefined
      ? undefined
      : followEvents({ url: eventsUrl, onEvent, ...(onEventsConnected && { onConnected: onEventsConnected }) });

  const askServer = async (): Promise<Cut> => {
    if (options.interruptUrl === undefined) {
      throw new Error('interrupt() needs the option interruptUrl');
    }
    return interruptAt(options.interruptUrl);
  };

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
    dateMs: () => playback.playingDateMs(),
    dateMsAt: (time) => clock.dateMsAt(time),
    figures: () => quality.figures(),
    seekToLive: () => playback.seekToLive(),
    unmute() {
      hush.muted = false;
      return hush.active ? Promise.resolve() : unmute(video);
    },
    get muted() {
      return hush.muted;
    },
    set muted(muted) {
      hush.muted = muted;
    },
    get hasCaptions() {
      return playback.hasCaptions();
    },
    showCaptions: (shown) => playback.showCaptions(shown),
    interrupt: (ask = askServer) => interruptions.run(ask),
    close() {
      closed = true;
      clearTimeout(trimTimer);
      interruptions.close();
      level?.close();
      events?.close();
      quality.close();
      playback.close();
    },
  };
}
