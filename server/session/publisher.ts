import type { FillerClip } from '../encode/types.ts';
import type { Grid } from '../timeline/cut.ts';
import type { Chunk } from './chunk.ts';
import type { Clock } from './clock.ts';
import type { MediaCursor } from './media-cursor.ts';
import type { Playout } from './playout.ts';

/** What a publisher asks of its session, and tells it. */
export type PublisherHost = {
  readonly clock: Clock;
  readonly playout: Playout;
  readonly grid: Grid;
  /** The chunk that is due and has begun to be encoded; it stays in the queue until `started`. */
  nextChunk(nowMs: number): Chunk | undefined;
  /** When a chunk that is missing in the order will be given up, if one is waited for. */
  gapEndsMs(): number | undefined;
  /** What to show while nothing is said; `undefined`: nothing. */
  filler(): FillerClip | undefined;
  /** What the last part shows when the stream ends in a pause. */
  closing(): FillerClip;
  /** No more chunks will come. */
  readonly ending: boolean;
  /** No chunk waits. */
  readonly drained: boolean;
  /** Nobody watches and nothing is to come: a pause needs no filler. */
  readonly idle: boolean;
  /** A step threw: the chunk on air is given up. */
  failed(error: unknown): void;
  started(chunk: Chunk, startFrame: number): void;
  finished(chunk: Chunk): void;
  /** The chunk was cut off where the timeline ends. */
  cutOff(chunk: Chunk): void;
  /** Filler came between when `played` frames of the chunk were out, or it goes on after that, from a sample of its sound. */
  paused(chunk: Chunk, played: number): void;
  resumed(chunk: Chunk, played: number, sample: number): void;
  fillerChanged(playing: boolean): void;
  published(): void;
  /** A part went out by the clock, so many milliseconds after it was due: less than 0, before that. */
  partPublished?(lagMs: number): void;
  ended(): void;
};

/** A chunk that filler interrupted because its encode fell behind, and the sample of its sound that comes next. */
export type PausedChunk = { readonly chunk: Chunk; readonly cursor: MediaCursor; readonly sample: number };

/** Where a stream goes on that was published by an earlier server. */
export type PublisherState = {
  /** Wall clock of frame 0, in ms since the epoch. */
  readonly anchorMs: number | undefined;
  /** Filler plays: that was told. */
  readonly fillerPlaying: boolean;
  /** Sound that fades out is still to be published. */
  readonly fading: boolean;
  /** The last part is out. */
  readonly over: boolean;
};

/** After a fault, so that one that repeats does not spin. */
const RETRY_MS = 1_000;

/**
 * EXT-X-ENDLIST comes so long after the last part: hls.js 1.7 may never load parts that come together with it, and then does not end.
 */
const END_AFTER_PART_MS = 300;

/** What one step came to (`Publisher.step`). */
export type Step = boolean | Promise<void>;

/** Decides what is published when; one per session, driven by the session's events and the clock. */
export abstract class Publisher {
  protected readonly host: PublisherHost;
  protected chunk: Chunk | undefined;
  protected paused: PausedChunk | undefined;
  /** The fade of what was cut off is still to be published: nothing is said before that. */
  protected fading: boolean;
  #running = false;
  #again = false;
  #stopped = false;
  /** The last part is out; the stream ends at this time. */
  #endsAtMs: number | undefined;
  #fillerPlaying: boolean;

  constructor(host: PublisherHost, from?: PublisherState) {
    this.host = host;
    this.#fillerPlaying = from?.fillerPlaying ?? false;
    this.fading = from?.fading ?? false;
    if (from?.over) this.#endsAtMs = host.clock.now();
  }

  /** The chunk on air, or the one that filler stands in for. */
  get onAir(): Chunk | undefined {
    return this.chunk ?? this.paused?.chunk;
  }

  /**
   * Publishes all that is due, at once as far as no sound has to be encoded. Call it whenever something changed; calls during a
   * run are taken up by that run.
   */
  run(): void {
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    this.#drive();
  }

  /**
   * What is on air or paused ends here; filler follows. What is published stays.
   *
   * @returns the chunk that was cut off.
   */
  cut(): Chunk | undefined {
    const { playout } = this.host;
    const paused = this.paused?.chunk;
    this.paused = undefined;
    const cut = this.chunk ?? paused;
    if (!cut || this.isOver) return undefined;
    if (this.chunk) {
      const clip = this.host.closing();
      playout.cut(clip);
      this.fading = true;
      this.fillsPause();
      this.setFiller(true);
    }
    this.chunk = undefined;
    this.host.cutOff(cut);
    return cut;
  }

  /** No step is taken any more. */
  stop(): void {
    this.#stopped = true;
    this.host.clock.cancel(this);
  }

  /** Wall clock, in ms since the epoch, at which a frame is presented. */
  abstract presentationMs(frame: number): number;

  /** Takes one step. True: there may be another one at once. False: nothing to do now. A promise: go on when it settles. */
  protected abstract step(): Step;

  /** The last part is out. */
  protected get isOver(): boolean {
    return this.#endsAtMs !== undefined;
  }

  /** Called when a cut put filler on air. */
  protected abstract fillsPause(): void;

  protected wakeAt(atMs: number): void {
    this.host.clock.at(this, atMs, () => this.run());
  }

  protected begin(chunk: Chunk, from?: PausedChunk): void {
    const { encoded } = chunk;
    if (!encoded) return;
    this.setFiller(false);
    this.chunk = chunk;
    const { playout } = this.host;
    playout.startChunk(encoded, encoded, from);
    if (from) this.host.resumed(chunk, from.cursor.frame, from.sample);
    else this.host.started(chunk, playout.timeline.endFrame);
  }

  /** Filler comes between: the chunk on air goes on later. */
  protected pause(): void {
    const { chunk } = this;
    const { cursor } = this.host.playout;
    if (!chunk || !cursor) return;
    this.paused = { chunk, cursor, sample: this.host.playout.chunkSamples };
    this.chunk = undefined;
    this.host.paused(chunk, cursor.frame);
  }

  protected finish(): void {
    const { chunk } = this;
    this.chunk = undefined;
    if (chunk) this.host.finished(chunk);
  }

  protected setFiller(playing: boolean): void {
    if (this.#fillerPlaying === playing) return;
    this.#fillerPlaying = playing;
    this.host.fillerChanged(playing);
  }

  /** Publishes `frames` frames of what plays; a promise when their sound is still to be encoded: they are published after it. */
  protected publish(frames: number, final: boolean): true | Promise<void> {
    const { playout } = this.host;
    if (!playout.publish(frames, final)) return playout.soundReady(frames, final);
    this.fading = false;
    if (final) this.#last();
    return true;
  }

  /** The playlist has parts, which want to be loaded before the end is known. */
  protected abstract readonly hasParts: boolean;

  /** Everything is out. */
  #last(): void {
    this.setFiller(false);
    this.finish();
    this.host.playout.stop();
    this.#endsAtMs = this.host.clock.now() + (this.hasParts ? END_AFTER_PART_MS : 0);
  }

  #end(endsAtMs: number): Step {
    if (this.host.clock.now() < endsAtMs) {
      this.wakeAt(endsAtMs);
      return false;
    }
    this.host.playout.end();
    this.stop();
    this.host.ended();
    return true;
  }

  #drive(): void {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      for (let step = this.#safeStep(); step !== false; step = this.#safeStep()) {
        this.#tellPublished();
        if (step !== true) {
          void this.#driveAfter(step);
          return;
        }
        if (this.#stopped) break;
      }
    }
    this.#running = false;
  }

  /** Whoever is told may fail: the stream goes on. */
  #tellPublished(): void {
    try {
      this.host.published();
    } catch (error) {
      // Not `#fault`: the chunk on air is not to blame.
      this.host.failed(error);
    }
  }

  /** A fault of ours costs the chunk on air, not the stream: it is told, and the next step comes a little later. */
  #safeStep(): Step {
    try {
      return this.#endsAtMs === undefined ? this.step() : this.#end(this.#endsAtMs);
    } catch (error) {
      this.#fault(error);
      return false;
    }
  }

  async #driveAfter(step: Promise<unknown>): Promise<void> {
    try {
      await step;
      this.#again = true;
    } catch (error) {
      this.#fault(error);
    }
    this.#drive();
  }

  #fault(error: unknown): void {
    this.host.failed(error);
    this.finish();
    if (!this.#stopped) this.wakeAt(this.host.clock.now() + RETRY_MS);
  }
}
