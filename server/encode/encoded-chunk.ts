import { StreamError } from '../errors.ts';
import type { Sample, VideoTrackInit } from '../isobmff/types.ts';
import { FRAME_TICKS } from '../timeline/axis.ts';
import { segmentStarts } from '../timeline/cut.ts';
import { pictureSizes } from '../timeline/profile.ts';
import { namedClip } from './clip-file.ts';
import type { Difference } from './differences.ts';
import { chunkSamples } from './filter-scripts.ts';
import type { ChunkPlan, FillerClip } from './types.ts';

/** Frames come every few milliseconds; an encoder that pauses for longer has stalled. */
const STALLED_AFTER_MS = 1_000;
/**
 * Pictures of a face that is drawn in real time come two or three at once, and some are there when the encoder begins: for so long
 * they look up to 1.5 times as fast as they are, and whoever believes that breaks off in the middle of the sentence.
 */
const UNCERTAIN = { forMs: 400, belowSpeed: 2 };

/** What is missing by no more than this is held. */
const TOLERANCE_SECONDS = 0.1;
/** Of held frames that came behind all sound, before it is believed that no more sound will come: it is on its way through a pipe. */
const SPARE_SECONDS = 2;

/**
 * A chunk on its way out of the encoder: frames and PCM grow until it is `done` or `failed`. Read it at any time.
 */
export class EncodedChunk {
  readonly plan: ChunkPlan;
  /** Shown instead of pictures of its own, for sound alone: they are there from the start. */
  readonly pictures: FillerClip | undefined;
  /** Per rendition, coded frames so far, those for holding the last picture included. */
  readonly video: Sample[][];
  readonly init: (VideoTrackInit | undefined)[];
  /** All the sound there will be; the first `samplesReady` are known. */
  readonly pcm: Int16Array;
  samplesReady = 0;
  state: 'encoding' | 'done' | 'failed' = 'encoding';
  error: StreamError | undefined;
  /** How what came differs from what the file's header promised; known at the end. */
  differences: readonly Difference[] = [];
  /** What its decoders complained about first; for the log. */
  complaints = '';
  /** Called when something was added or the state changed. */
  onProgress: () => void = () => undefined;
  readonly #idrFrames: ReadonlySet<number>;
  #startedMs: number | undefined;
  #lastFrameMs: number | undefined;
  #hold: FillerClip | undefined;
  #segmentFrames: readonly number[];
  #frames: number;
  /** Per rendition, the first frame that holds the last picture of the source. */
  readonly #heldFrom: (number | undefined)[];
  /** Frame up to which the last picture of the source is shown by its own length. */
  #standsUntil = 0;
  /** Known sound that came from the source, and did not have to be made up. */
  #samplesCame = 0;

  /** @param pictures - As above; the plan is cut like they are. */
  constructor(plan: ChunkPlan, pictures?: FillerClip) {
    this.plan = plan;
    this.#segmentFrames = plan.segmentFrames;
    this.#frames = sumOf(plan.segmentFrames);
    this.pictures = pictures;
    const renditions = pictureSizes(plan.profile).length;
    this.#heldFrom = Array.from({ length: renditions }, () => undefined);
    this.video = Array.from({ length: renditions }, (_, rendition) =>
      repeated(pictures?.video[rendition] ?? [], this.frames),
    );
    this.init = Array.from({ length: renditions }, (_, rendition) => pictures?.init[rendition]);
    this.pcm = new Int16Array(chunkSamples(plan.profile, this.frames));
    this.#idrFrames = new Set(segmentStarts(plan.segmentFrames));
  }

  /** Length of each segment, in frames: as planned, until fewer came than were promised. */
  get segmentFrames(): readonly number[] {
    return this.#segmentFrames;
  }

  /** Length in frames, without what is held behind the end. It may become less, never than what `framesReady` has said. */
  get frames(): number {
    return this.#frames;
  }

  /**
   * Frames that every rendition has, as far as they are certain to belong to the chunk: the last picture is held for as long as there is
   * sound, and beyond that only if all came that was planned, which is known at the end.
   */
  get framesReady(): number {
    const certain = this.state === 'encoding' ? this.#framesCame : this.frames;
    return Math.min(this.frames, certain, ...this.video.map((samples) => samples.length));
  }

  /** Frame from which on the last picture is certain to be held; `undefined` while pictures come. */
  get heldFrom(): number | undefined {
    const held = this.#heldFrom.filter((frame) => frame !== undefined);
    return held.length < this.#heldFrom.length ? undefined : Math.min(...held);
  }

  /** All that can come has come, long before what was planned: an encoder that is stopped now loses nothing. */
  get hasEnded(): boolean {
    const { heldFrom } = this;
    if (heldFrom === undefined) return false;
    const needed = Math.max(this.#framesCame, heldFrom + this.plan.holdFrames) + SPARE_SECONDS * this.plan.profile.fps;
    return this.video.every((samples) => samples.length >= needed);
  }

  /** Frames that pictures or sound of the source came for. */
  get #framesCame(): number {
    const { audioRate, fps } = this.plan.profile;
    const sound = Math.floor((this.#samplesCame * fps) / audioRate);
    const pictures = Math.max(this.heldFrom ?? Number.POSITIVE_INFINITY, this.#standsUntil);
    return this.pictures ? sound : Math.max(pictures, sound);
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
    const { holdFrames, segmentFrames } = this.plan;
    const init = this.init.filter((track) => track !== undefined);
    if (holdFrames === 0 || this.state !== 'done' || init.length < this.init.length) return undefined;
    // Held frames all look alike: those that begin with a sync sample will do, even where the first of them belong to the chunk.
    const from = this.heldFrom ?? sumOf(segmentFrames);
    return namedClip({
      segmentFrames: [holdFrames],
      video: this.video.map((samples) => samples.slice(from, from + holdFrames)),
      init,
    });
  }

  /**
   * @param isHeld - It shows the last picture of the source once more.
   * @throws {StreamError} `ENCODER_FAILED` when the encoder did not start a segment with a sync sample.
   */
  addFrame(rendition: number, sample: Sample, nowMs: number, isHeld = false): void {
    const samples = this.video[rendition];
    if (!samples) throw new StreamError('INTERNAL', `no rendition ${rendition}`);
    if (this.#idrFrames.has(samples.length) && !sample.isSync) {
      throw new StreamError('ENCODER_FAILED', `frame ${samples.length} starts a segment but is no sync sample`);
    }
    if (isHeld) this.#heldFrom[rendition] ??= samples.length;
    samples.push({ ...sample, durationTicks: FRAME_TICKS, compositionOffsetTicks: 0 });
    this.#lastFrameMs = nowMs;
    this.onProgress();
  }

  /** The last picture of the source has come, and is to be shown up to this frame: a slide, that stands for seconds. */
  lastPictureStands(untilFrame: number): void {
    this.#standsUntil = untilFrame;
  }

  addPcm(pcm: Int16Array): void {
    const room = this.pcm.length - this.samplesReady;
    this.pcm.set(pcm.length > room ? pcm.subarray(0, room) : pcm, this.samplesReady);
    this.samplesReady += Math.min(pcm.length, room);
    this.#samplesCame += pcm.length;
    this.onProgress();
  }

  /** Forgets what an encoder gave that failed before anything could be published: another one tries. */
  restart(): void {
    this.samplesReady = 0;
    this.#samplesCame = 0;
    if (this.pictures) return;
    for (const samples of this.video) samples.length = 0;
    this.init.fill(undefined);
    this.#heldFrom.fill(undefined);
  }

  /** No sound comes from the encoder: all of it is silence. */
  silent(): void {
    this.samplesReady = this.pcm.length;
  }

  /**
   * All there is has come; where that is less than was planned, the chunk is shorter.
   *
   * @throws {StreamError} `ENCODER_FAILED` when frames are missing.
   */
  finish(): void {
    this.#shorten();
    const { holdFrames } = this.plan;
    const needed = Math.max(this.frames, holdFrames > 0 ? (this.heldFrom ?? this.frames) + holdFrames : 0);
    const missing = this.video.find((samples) => samples.length < needed);
    if (missing) throw new StreamError('ENCODER_FAILED', `the encoder gave ${missing.length} of ${needed} frames`);
    for (const samples of this.video) samples.length = needed;
    this.samplesReady = this.pcm.length;
    this.state = 'done';
    this.onProgress();
  }

  /** Containers round, and lossy codecs fill up their blocks: what is missing of that size is held. */
  #shorten(): void {
    const { fps } = this.plan.profile;
    const came = Math.max(1, this.#framesCame);
    if (this.frames - came <= Math.max(2, TOLERANCE_SECONDS * fps)) return;
    this.#segmentFrames = cutAt(this.#segmentFrames, came);
    this.#frames = came;
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

/** The first `frames` frames of what is cut into segments. */
function cutAt(segmentFrames: readonly number[], frames: number): number[] {
  let left = frames;
  return segmentFrames.flatMap((length) => {
    const kept = Math.min(length, left);
    left -= kept;
    return kept > 0 ? [kept] : [];
  });
}

function sumOf(lengths: readonly number[]): number {
  return lengths.reduce((sum, length) => sum + length, 0);
}
