import type { EncodedChunk } from '../encode/encoded-chunk.ts';
import type { FillerClip } from '../encode/types.ts';
import { type Grid, gridFor } from '../timeline/cut.ts';
import { Timeline } from '../timeline/timeline.ts';
import { AsapPublisher } from './asap-publisher.ts';
import { CaptionTrack } from './caption-track.ts';
import type { Chunk } from './chunk.ts';
import type { ChunkDesk } from './chunk-desk.ts';
import { Inits } from './inits.ts';
import { LivePublisher } from './live-publisher.ts';
import { SessionOutput } from './output.ts';
import { Playout } from './playout.ts';
import type { PreparerOptions } from './preparer.ts';
import type { Publisher } from './publisher.ts';
import { Recorder } from './recorder.ts';
import type { SessionParts } from './session-parts.ts';
import type { SessionSettings } from './settings.ts';
import { SoundLane } from './sound-lane.ts';
import type { EventType } from './types.ts';
import { Viewers } from './viewers.ts';

/** Segments of filler that a live session starts with: Chromium wants three, Apple HOLD-BACK seconds (-16832) and six (8.11). */
const HEAD_START_SEGMENTS = 6;
/** Segments that players want to see before they start. */
const SEGMENTS_AT_ONCE = 3;

export type StreamHooks = {
  desk(): ChunkDesk;
  ending(): boolean;
  emit(type: EventType, fields: Readonly<Record<string, unknown>>): void;
  onStarted(chunk: Chunk, startFrame: number): void;
  /** @param said - Undefined: all of it; else what was heard of it. */
  onFinished(chunk: Chunk, said?: string): void;
  onEnded(): void;
  onFault(error: unknown): void;
  onStorageFailure(error: unknown): void;
  onSoundFailure(error: unknown): void;
};

/** The right half of a session: from encoded chunks to published bytes. Wires timeline, sound, publisher, output and recorder. */
export class SessionStream {
  readonly output: SessionOutput;
  readonly #settings: SessionSettings;
  readonly #parts: SessionParts;
  readonly #hooks: StreamHooks;
  readonly #grid: Grid;
  readonly #timeline: Timeline;
  readonly #inits: Inits;
  readonly #playout: Playout;
  readonly #publisher: Publisher;
  readonly #recorder: Recorder;
  readonly #captions: CaptionTrack;
  readonly #viewers = new Viewers();
  #idle: FillerClip;
  /** The last picture of the last chunk, for `hold`. */
  #hold: FillerClip | undefined;
  /** The last chunk, until its last picture is encoded for holding: a chunk is played out before that. */
  #lastShown: EncodedChunk | undefined;
  #announcedPart = -1;
  /** On air, but nothing of it is published yet: nobody was told. */
  #untold: { readonly chunk: Chunk; readonly startFrame: number } | undefined;

  constructor(settings: SessionSettings, parts: SessionParts, hooks: StreamHooks) {
    this.#settings = settings;
    this.#parts = parts;
    this.#hooks = hooks;
    const { profile, targetDuration } = settings;
    const live = settings.pacing === 'live';
    this.#grid = gridFor(profile.fps, targetDuration);
    this.#timeline = new Timeline({
      axis: profile,
      windowFrames: live ? Math.ceil(settings.window * profile.fps) : Number.POSITIVE_INFINITY,
    });
    this.#inits = new Inits(profile);
    this.#idle = parts.filler;
    this.#captions = new CaptionTrack({
      fps: profile.fps,
      enabled: settings.captions !== undefined,
      language: settings.captions?.language ?? 'en',
      presentationMs: (frame) => this.#publisher.presentationMs(frame),
    });
    const output: SessionOutput = new SessionOutput({
      profile,
      grid: this.#grid,
      timeline: this.#timeline,
      inits: this.#inits,
      captions: this.#captions,
      store: parts.store,
      targetDuration,
      event: !live,
      mainInitId: this.#inits.idOf(parts.filler.init),
      onWatch: (viewer) => this.#watched(viewer),
    });
    this.output = output;
    this.#recorder = new Recorder({ store: parts.store, output, profile, onFailure: hooks.onStorageFailure });
    this.#playout = new Playout({
      timeline: this.#timeline,
      lane: new SoundLane(parts.encoder.sound(profile.audioRate), parts.silence, hooks.onSoundFailure),
      presentationMs: (frame) => this.#publisher.presentationMs(frame),
      onSegment: (segment) => this.#recorder.add(segment),
      initId: (tracks) => this.#inits.idOf(tracks),
    });
    this.#publisher = this.#makePublisher(live);
  }

  preparerOptions(): Omit<PreparerOptions, 'onStart' | 'onProgress'> {
    const { encoder, clock, limits } = this.#parts;
    const { profile } = this.#settings;
    return {
      encoder,
      profile,
      grid: this.#grid,
      holdFrames: this.#holdFrames(),
      maxChunkSeconds: limits.maxChunkSeconds,
      pictures: () => this.#idle,
      minSegments: () => (this.#settings.pacing === 'asap' && this.#timeline.nextMsn === 0 ? SEGMENTS_AT_ONCE : 1),
      now: () => clock.now(),
    };
  }

  /** Publishes what is due. */
  run(): void {
    this.#publisher.run();
  }

  /** Another idle loop, from the next filler on. */
  show(idle: FillerClip): void {
    this.#idle = idle;
    this.#publisher.run();
  }

  /**
   * Ends what is on air where the timeline ends, with its sound faded out.
   *
   * @returns the media time of the cut in seconds, and the chunk that was cut off with what was heard of it: `undefined` when
   * nothing of it is published.
   */
  cut(): { at: number; chunk: Chunk | undefined; said: string | undefined } {
    // An idle session publishes when asked: what it owes comes before the cut.
    this.#publisher.run();
    const chunk = this.#publisher.cut();
    const at = chunk ? this.#timeline.endFrame / this.#settings.profile.fps : this.publishedUntil();
    const unheard = chunk !== undefined && this.#untold?.chunk === chunk;
    const said = !chunk || unheard ? undefined : this.#captions.spokenText(chunk.id, this.#timeline.endFrame);
    if (unheard) this.#untold = undefined;
    this.#publisher.run();
    return { at, chunk, said };
  }

  /** The chunk on air, or the one that filler stands in for. */
  get onAir(): Chunk | undefined {
    return this.#publisher.onAir;
  }

  presentationMs(frame: number): number {
    return this.#publisher.presentationMs(frame);
  }

  /** End of what is published, in seconds. */
  publishedUntil(): number {
    const frames =
      this.#publisher instanceof LivePublisher
        ? this.#publisher.publishedFrames(this.#parts.clock.now())
        : this.#timeline.endFrame;
    return frames / this.#settings.profile.fps;
  }

  /** What is left to publish of the chunk on air, in seconds. */
  secondsLeftOnAir(): number {
    const chunk = this.#playout.chunk;
    return chunk ? (chunk.frames - (this.#playout.cursor?.frame ?? 0)) / this.#settings.profile.fps : 0;
  }

  viewers(): number {
    return this.#viewers.count(this.#parts.clock.now());
  }

  async recording(keepFiller: boolean): Promise<string> {
    const tracks = this.#inits.tracks(0, 0);
    if (!tracks) throw new Error('a session has an init segment from its filler');
    const { silence } = this.#parts;
    const { runs } = this.#playout;
    return await this.#recorder.recording(
      { axis: this.#timeline.axis, tracks, runs, endFrame: this.#timeline.endFrame, silence },
      keepFiller,
    );
  }

  async close(): Promise<void> {
    this.#publisher.stop();
    this.output.close();
    await this.#recorder.close();
  }

  #makePublisher(live: boolean): Publisher {
    const host = this.#host();
    if (!live) return new AsapPublisher(host, { targetDuration: this.#settings.targetDuration });
    const { leadMs, window, profile, filler } = this.#settings;
    const headStart = this.#parts.filler.segmentFrames
      .slice(0, HEAD_START_SEGMENTS)
      .reduce((sum, length) => sum + length, 0);
    return new LivePublisher(host, {
      leadMs,
      headStartFrames: filler === 'none' ? 0 : headStart,
      windowFrames: Math.ceil(window * profile.fps),
    });
  }

  #host(): ConstructorParameters<typeof LivePublisher>[0] {
    const { clock } = this.#parts;
    const hooks = this.#hooks;
    const isIdle = () =>
      this.output.listeners === 0 && !this.#viewers.watched(clock.now()) && hooks.desk().empty && !hooks.ending();
    return {
      clock,
      playout: this.#playout,
      grid: this.#grid,
      nextChunk: (nowMs) => hooks.desk().next(nowMs),
      gapEndsMs: () => hooks.desk().gapEndsMs(),
      filler: () => this.#filler(),
      closing: () => this.#filler() ?? this.#holdClip() ?? this.#idle,
      get ending() {
        return hooks.ending();
      },
      get drained() {
        return hooks.desk().empty;
      },
      get idle() {
        return isIdle();
      },
      failed: (error) => hooks.onFault(error),
      started: (chunk, startFrame) => {
        this.#captions.begin(chunk.caption(), startFrame);
        hooks.desk().take(chunk);
        this.#untold = { chunk, startFrame };
      },
      // What failed on air was heard as far as it came.
      finished: (chunk) => {
        const { endFrame } = this.#timeline;
        const said = chunk.state === 'failed' ? this.#captions.spokenText(chunk.id, endFrame) : undefined;
        this.#leftAir(chunk);
        hooks.onFinished(chunk, said);
      },
      cutOff: (chunk) => this.#leftAir(chunk),
      paused: (chunk, played) => this.#captions.pause(chunk.id, this.#timeline.endFrame, played),
      resumed: (chunk, played) => this.#captions.resume(chunk.id, this.#timeline.endFrame, played),
      fillerChanged: (playing) =>
        hooks.emit(playing ? 'filler.started' : 'filler.stopped', { start: this.publishedUntil() }),
      published: () => this.#published(),
      partPublished: (lagMs) => this.#parts.observer?.partPublished(lagMs),
      ended: () => hooks.onEnded(),
    };
  }

  #leftAir(chunk: Chunk): void {
    this.#captions.end(chunk.id, this.#timeline.endFrame);
    this.#lastShown = chunk.encoded;
    this.#hooks.desk().done(chunk);
  }

  /** What is shown in a pause. */
  #filler(): FillerClip | undefined {
    const { filler, pacing } = this.#settings;
    if (filler === 'none') return undefined;
    if (pacing === 'asap' || filler === 'hold') return this.#holdClip() ?? this.#idle;
    return this.#idle;
  }

  #holdClip(): FillerClip | undefined {
    this.#hold = this.#lastShown?.hold ?? this.#hold;
    if (this.#lastShown?.state !== 'encoding') this.#lastShown = undefined;
    return this.#hold;
  }

  #holdFrames(): number {
    const { filler, pacing, profile } = this.#settings;
    if (filler === 'none') return this.#grid.partFrames;
    return pacing === 'asap' || filler === 'hold' ? profile.fps : 0;
  }

  #watched(viewer: string): void {
    const { clock } = this.#parts;
    this.#viewers.note(viewer, clock.now());
    // A session that slept has no appointment with the clock: it wakes, and catches up before the answer is made.
    if (!clock.waits(this.#publisher)) this.#publisher.run();
  }

  #published(): void {
    const { nextPart, ended } = this.#timeline;
    if (nextPart === this.#announcedPart && !ended) return;
    this.#announcedPart = nextPart;
    this.output.changed();
    const { chunk, startFrame } = this.#untold ?? {};
    if (!chunk || startFrame === undefined || this.#timeline.endFrame <= startFrame) return;
    this.#untold = undefined;
    this.#hooks.onStarted(chunk, startFrame);
  }
}
