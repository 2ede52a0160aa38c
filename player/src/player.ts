import type { Connection, Playback, PlaybackOptions } from './engine/playback.ts';
import { attachPlayback } from './engine/playback.ts';
import { bufferedUntil, type QualityFigures, type QualityMonitor, watchQuality } from './measure/quality.ts';
import { QualityReporter } from './measure/reporter.ts';
import { newViewId } from './measure/view-id.ts';
import { interruptAt } from './session/api.ts';
import { trimCues } from './session/captions.ts';
import { type ChunkMark, ChunkMarks, type PlayedChunk } from './session/chunk-marks.ts';
import type { ChunkRange } from './session/chunk-range.ts';
import { type EventStream, followEvents } from './session/events.ts';
import { MediaClock } from './session/media-clock.ts';
import type { PlayerEvent } from './session/session-event.ts';
import { Hush } from './sound/hush.ts';
import { type Cut, Interruptions } from './sound/interrupt.ts';
import { SmoothLevel } from './sound/level.ts';
import { type Autoplay, type Start, startPlaying, unmute } from './sound/sound.ts';

export type { Autoplay, ChunkMark, ChunkRange, Connection, Cut, PlayedChunk, PlayerEvent, QualityFigures, Start };

export type PlayerOptions = Omit<PlaybackOptions, 'viewId' | 'onChunkRange'> & {
  /** The session's eventsUrl: without it joins are not counted and mediaTime() is unknown. */
  readonly eventsUrl?: string;
  /** Where an interruption is asked for: the session's `interrupt`. */
  readonly interruptUrl?: string;
  /** Where to report how playback goes (CMCD event mode). */
  readonly reportUrl?: string;
  /** Default: any. */
  readonly autoplay?: Autoplay;
  /** Called once: did the browser let it start with sound, without, or not at all. */
  readonly onStart?: (start: Start) => void;
  readonly onEvent?: (event: PlayerEvent) => void;
  /** False when the event stream is lost; it comes back by itself. */
  readonly onEventsConnected?: (connected: boolean) => void;
  /** What the playlist says of a chunk, each time it says something new. */
  readonly onChunkRange?: (range: ChunkRange) => void;
  /** A chunk begins or ends on screen. */
  readonly onChunkMark?: (mark: ChunkMark) => void;
  /** A frame is on screen: its program date time, and performance.now() of that moment. */
  readonly onFrame?: (dateMs: number, nowMs: number) => void;
  /** Playback stands still for want of media; with its length once it goes on. */
  readonly onStall?: (stalledMs: number | undefined) => void;
};

/** Cues of a cut sentence may come in the segment after the one at hand. */
const TRIM_AGAIN_MS = 1_000;

/** Plays a session's stream on a media element, measures it, and follows the session's events. */
export class Player {
  readonly video: HTMLVideoElement;
  readonly #options: PlayerOptions;
  readonly #clock = new MediaClock();
  readonly #marks = new ChunkMarks();
  readonly #playback: Playback;
  readonly #quality: QualityMonitor;
  readonly #reporter: QualityReporter | undefined;
  readonly #level: SmoothLevel | undefined;
  readonly #hush: Hush;
  readonly #interruptions: Interruptions;
  readonly #events: EventStream | undefined;
  readonly #abort = new AbortController();
  readonly #started: Promise<void>;
  #trimTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(video: HTMLVideoElement, options: PlayerOptions) {
    this.video = video;
    this.#options = options;
    const viewId = newViewId();
    this.#playback = attachPlayback(video, {
      ...options,
      viewId,
      onConnection: (connection) => this.#connected(connection),
      onChunkRange: (range) => {
        this.#marks.add(range);
        options.onChunkRange?.(range);
      },
    });
    this.#quality = watchQuality(video, {
      playback: this.#playback,
      mediaTime: () => this.mediaTime(),
      onFrame: (position, nowMs) => this.#framed(position, nowMs),
      ...(options.onStall && { onStall: options.onStall }),
    });
    this.#reporter = this.#report(viewId);
    // Where nothing is interrupted, or the browser plays by itself (WebKit gives that no way through Web Audio), it stays as it is.
    const smooth = options.interruptUrl !== undefined && this.#playback.engine === 'hls.js';
    this.#level = smooth ? new SmoothLevel(video) : undefined;
    this.#hush = new Hush(video, this.#level);
    this.#interruptions = this.#makeInterruptions();
    this.#events = this.#follow();
    const { signal } = this.#abort;
    video.addEventListener('ended', () => this.#mark(this.#marks.end()), { signal });
    // A page that is not seen shows no frames, and is heard all the same.
    video.addEventListener('timeupdate', () => document.hidden && this.#framed(video.currentTime, performance.now()), {
      signal,
    });
    this.#started = this.#start();
  }

  /** Resolves when the browser has let it start, or has not: after `onStart`. At once where it does not start by itself. */
  get started(): Promise<void> {
    return this.#started;
  }

  get engine(): Playback['engine'] {
    return this.#playback.engine;
  }

  /** The stream goes on: it is live, and not only not yet whole. */
  get isLive(): boolean {
    return this.#playback.isLive;
  }

  /** The playlist keeps all of the stream: it can be played again in place. */
  get listsAll(): boolean {
    return this.#playback.listsAll();
  }

  /** Playback position on the session's timeline, in seconds; undefined while it is not known. */
  mediaTime(): number | undefined {
    const dateMs = this.#playback.playingDateMs();
    return dateMs === undefined ? undefined : this.#clock.mediaTimeAt(dateMs);
  }

  /** Program date time of what is on screen, in milliseconds since the epoch; undefined while it is not known. */
  dateMs(): number | undefined {
    return this.#playback.playingDateMs();
  }

  /** Program date time of a moment on the session's timeline; undefined while nothing is published. */
  dateMsAt(mediaTime: number): number | undefined {
    return this.#clock.dateMsAt(mediaTime);
  }

  /** Program date time of a position of the media element, in milliseconds since the epoch. */
  dateMsOf(position: number): number | undefined {
    return this.#playback.dateAt(position);
  }

  figures(): QualityFigures {
    return this.#quality.figures();
  }

  seekToLive(): void {
    this.#playback.seekToLive();
  }

  /** To be called from a tap or key press. */
  unmute(): Promise<void> {
    this.#hush.muted = false;
    return this.#hush.active ? Promise.resolve() : unmute(this.video);
  }

  /** What the listener wants; an interruption may silence the element beside. */
  get muted(): boolean {
    return this.#hush.muted;
  }

  set muted(muted: boolean) {
    this.#hush.muted = muted;
  }

  get hasCaptions(): boolean {
    return this.#playback.hasCaptions();
  }

  showCaptions(shown: boolean): void {
    this.#playback.showCaptions(shown);
  }

  /**
   * Silent at once: interrupts what is being said, and skips to the cut as soon as that is here.
   *
   * @param ask - Makes the server interrupt, and tells where the cut lies; undefined when there was nothing to cut. Absent: a POST
   *   to `interruptUrl`.
   * @throws what `ask` throws, with the sound back.
   */
  interrupt(ask: () => Promise<Cut | undefined> = () => this.#askServer()): Promise<Cut | undefined> {
    return this.#interruptions.run(ask);
  }

  /** Idempotent; leaves the media element empty. */
  close(): void {
    this.#abort.abort();
    clearTimeout(this.#trimTimer);
    this.#interruptions.close();
    this.#level?.close();
    this.#events?.close();
    this.#reporter?.close();
    this.#quality.close();
    this.#playback.close();
  }

  #connected(connection: Connection): void {
    if (connection !== 'ok' && connection !== 'reconnecting') {
      this.#reporter?.failed(connection);
    }
    this.#options.onConnection?.(connection);
  }

  #report(viewId: string): QualityReporter | undefined {
    const { reportUrl: url, contentId } = this.#options;
    const figures = (): QualityFigures => this.#quality.figures();
    return url === undefined
      ? undefined
      : new QualityReporter(this.video, { url, viewId, figures, ...(contentId !== undefined && { contentId }) });
  }

  #makeInterruptions(): Interruptions {
    const { video } = this;
    return new Interruptions({
      hush: { begin: () => this.#hush.begin(!document.hidden), end: () => this.#hush.end() },
      position: () => video.currentTime,
      seeking: () => video.seeking,
      seek(position) {
        video.currentTime = position;
      },
      positionOf: ({ at, programDateTime }) => this.#positionOf(at, programDateTime),
      liveEdge: () => this.#playback.liveEdge(),
      bufferedUntil: (position) => bufferedUntil(video, position),
    });
  }

  #follow(): EventStream | undefined {
    const { eventsUrl: url, onEventsConnected: onConnected } = this.#options;
    const onEvent = (event: PlayerEvent): void => this.#happened(event);
    return url === undefined ? undefined : followEvents({ url, onEvent, ...(onConnected && { onConnected }) });
  }

  async #start(): Promise<void> {
    const { autoplay = 'any', onStart } = this.#options;
    if (autoplay === 'none') {
      return;
    }
    // NotSupportedError and the like: the media element's own error event says it, and playback recovers from it.
    const start = await startPlaying(this.video, autoplay).catch(() => 'refused' as const);
    if (!this.#abort.signal.aborted) {
      onStart?.(start);
    }
  }

  #framed(position: number, nowMs: number): void {
    const dateMs = this.#playback.dateAt(position);
    if (dateMs !== undefined) {
      this.#mark(this.#marks.at(dateMs));
      this.#options.onFrame?.(dateMs, nowMs);
    }
  }

  #mark(marks: readonly ChunkMark[]): void {
    for (const mark of marks) {
      this.#options.onChunkMark?.(mark);
    }
  }

  #happened(event: PlayerEvent): void {
    if (event.type === 'chunk.published') {
      this.#quality.addChunk(event.start, event.duration);
      if (event.programDateTime !== undefined) {
        this.#clock.add({ start: event.start, dateMs: event.programDateTime.getTime() });
      }
    } else if (event.type === 'interrupted') {
      this.#trimAt(event.cutAt, event.programDateTime);
    }
    this.#options.onEvent?.(event);
  }

  #trimAt(cutAt: number, date: string | undefined): void {
    const position = this.#positionOf(cutAt, date);
    if (position !== undefined) {
      const { textTracks } = this.video;
      trimCues(textTracks, position);
      clearTimeout(this.#trimTimer);
      this.#trimTimer = setTimeout(() => trimCues(textTracks, position), TRIM_AGAIN_MS);
    }
  }

  /** @param mediaTime - On the session's timeline. @param date - The same as a program date time, where it is known. */
  #positionOf(mediaTime: number, date?: string): number | undefined {
    const dateMs = date === undefined ? this.#clock.dateMsAt(mediaTime) : Date.parse(date);
    return dateMs === undefined || Number.isNaN(dateMs) ? undefined : this.#playback.positionAt(dateMs);
  }

  #askServer(): Promise<Cut> {
    const { interruptUrl } = this.#options;
    return interruptUrl === undefined
      ? Promise.reject(new Error('interrupt() needs the option interruptUrl'))
      : interruptAt(interruptUrl);
  }
}

export function attachPlayer(video: HTMLVideoElement, options: PlayerOptions): Player {
  return new Player(video, options);
}
