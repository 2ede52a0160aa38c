import { StreamError } from '../errors.ts';
import type { Sample, VideoTrackInit } from '../isobmff/types.ts';
import { FRAME_TICKS } from '../timeline/axis.ts';
import { segmentStarts } from '../timeline/cut.ts';
import { pictureSizes } from '../timeline/profile.ts';
import { namedClip } from './clip-file.ts';
import { chunkSamples } from './filter-scripts.ts';
import type { ChunkPlan, FillerClip } from './types.ts';

/** Frames come every few milliseconds; an encoder that pauses for longer has stalled. */
const STALLED_AFTER_MS = 1_000;
/**
 * Pictures of a face that is drawn in real time come two or three at once, and some are there when the encoder begins: for so long
 * they look up to 1.5 times as fast as they are, and whoever believes that breaks off in the middle of the sentence.
 */
const UNCERTAIN = { forMs: 400, belowSpeed: 2 };

/**
 * A chunk on its way out of the encoder: frames and PCM grow until it is `done` or `failed`. Read it at any time.
 */
export class EncodedChunk {
  readonly plan: ChunkPlan;
  /** Shown instead of pictures of its own, for sound alone: they are there from the start. */
  readonly pictures: FillerClip | undefined;
  /** Length in frames, without what is held behind the end. */
  readonly frames: number;
  /** Per rendition, coded frames so far, those for holding the last picture included. */
  readonly video: Sample[][];
  readonly init: (VideoTrackInit | undefined)[];
  /** All the sound there will be; the first `samplesReady` are known. */
  readonly pcm: Int16Array;
  samplesReady = 0;
  state: 'encoding' | 'done' | 'failed' = 'encoding';
  error: StreamError | undefined;
  /** Called when something was added or the state changed. */
  onProgress: () => void = () => undefined;
  readonly #idrFrames: ReadonlySet<number>;
  #startedMs: number | undefined;
  #lastFrameMs: number | undefined;
  #hold: FillerClip | undefined;

  /** @param pictures - As above; the plan is cut like they are. */
  constructor(plan: ChunkPlan, pictures?: FillerClip) {
    this.plan = plan;
    this.pictures = pictures;
    this.frames = plan.segmentFrames.reduce((sum, length) => sum + length, 0);
    const renditions = pictureSizes(plan.profile).length;
    this.video = Array.from({ length: renditions }, (_, rendition) =>
      repeated(pictures?.video[rendition] ?? [], this.frames),
    );
    this.init = Array.from({ length: renditions }, (_, rendition) => pictures?.init[rendition]);
    this.pcm = new Int16Array(chunkSamples(plan.profile, this.frames));
    this.#idrFrames = new Set(segmentStarts(plan.segmentFrames));
  }

  /** Frames that every rendition has. */
  get framesReady(): number {
    return Math.min(this.frames, ...this.video.map((samples) => samples.length));
  }

  /** The encoder gave something that may be published already. */
  get isBegun(): boolean {
    return this.pictures ? this.samplesReady > 0 : this.framesReady > 0;
  }

  /** Length of the sound that is known, in seconds. */
  get secondsOfSound(): number {
    return this.samplesReady / this.plan.profile.audioRate;
  }

  /**
   * Media seconds encoded per second of wall clock, from the encoder's begin to its last frame; or to now, once it has stalled. Real
   * time at most while it is uncertain.
   *
   * @param nowMs - On the clock that `started` and `addFrame` were told by.
   */
  speed(nowMs: number): number {
    const startedMs = this.#startedMs ?? nowMs;
    const lastMs = this.#lastFrameMs ?? startedMs;
    const elapsedMs = (nowMs - lastMs > STALLED_AFTER_MS ? nowMs : lastMs) - startedMs;
    if (elapsedMs <= 0) return Number.POSITIVE_INFINITY;
    const speed = this.framesReady / this.plan.profile.fps / (elapsedMs / 1000);
    return elapsedMs < UNCERTAIN.forMs && speed < UNCERTAIN.belowSpeed ? Math.min(speed, 1) : speed;
  }

  /** The encoder begins; time spent waiting for it does not count. */
  started(nowMs: number): void {
    this.#startedMs = nowMs;
  }

  /** The last picture, standing still; `undefined` until it is encoded or when none was planned. */
  get hold(): FillerClip | undefined {
    this.#hold ??= this.#makeHold();
    return this.#hold;
  }

  #makeHold(): FillerClip | undefined {
    const { holdFrames } = this.plan;
    const init = this.init.filter((track) => track !== undefined);
    if (holdFrames === 0 || this.state !== 'done' || init.length < this.init.length) return undefined;
    return namedClip({
      segmentFrames: [holdFrames],
      video: this.video.map((samples) => samples.slice(this.frames, this.frames + holdFrames)),
      init,
    });
  }

  /** @throws {StreamError} `ENCODER_FAILED` when the encoder did not start a segment with a sync sample. */
  addFrame(rendition: number, sample: Sample, nowMs: number): void {
    const samples = this.video[rendition];
    if (!samples) throw new StreamError('INTERNAL', `no rendition ${rendition}`);
    if (this.#idrFrames.has(samples.length) && !sample.isSync) {
      throw new StreamError('ENCODER_FAILED', `frame ${samples.length} starts a segment but is no sync sample`);
    }
    samples.push({ ...sample, durationTicks: FRAME_TICKS, compositionOffsetTicks: 0 });
    this.#lastFrameMs = nowMs;
    this.onProgress();
  }

  addPcm(pcm: Int16Array): void {
    const room = this.pcm.length - this.samplesReady;
    this.pcm.set(pcm.length > room ? pcm.subarray(0, room) : pcm, this.samplesReady);
    this.samplesReady += Math.min(pcm.length, room);
    this.onProgress();
  }

  /** Forgets what an encoder gave that failed before anything could be published: another one tries. */
  restart(): void {
    this.samplesReady = 0;
    if (this.pictures) return;
    for (const samples of this.video) samples.length = 0;
    this.init.fill(undefined);
  }

  /** No sound comes from the encoder: all of it is silence. */
  silent(): void {
    this.samplesReady = this.pcm.length;
  }

  /** @throws {StreamError} `ENCODER_FAILED` when frames are missing. */
  finish(): void {
    const missing = this.video.find((samples) => samples.length < this.frames + this.plan.holdFrames);
    if (missing) {
      throw new StreamError(
        'ENCODER_FAILED',
        `the encoder gave ${missing.length} of ${this.frames + this.plan.holdFrames} frames`,
      );
    }
    this.samplesReady = this.pcm.length;
    this.state = 'done';
    this.onProgress();
  }

  fail(error: StreamError): void {
    if (this.state !== 'encoding') return;
    this.state = 'failed';
    this.error = error;
    this.onProgress();
  }
}

/** `samples` again and again until there are `length` of them. */
function repeated(samples: readonly Sample[], length: number): Sample[] {
  return samples.length === 0 ? [] : Array.from({ length }, (_, index) => samples[index % samples.length] as Sample);
}
