import { StreamError } from '../errors.ts';
import type { Sample, VideoTrackInit } from '../isobmff/types.ts';
import { FRAME_TICKS } from '../timeline/axis.ts';
import { cutShort, framesIn, segmentStarts } from '../timeline/cut.ts';
import { pictureSizes } from '../timeline/profile.ts';
import { heldClip } from './clip-file.ts';
import type { Difference } from './differences.ts';
import { EncodeSpeed } from './encode-speed.ts';
import { chunkSamples } from './filter-scripts.ts';
import type { MediaMemory } from './media-memory.ts';
import { MediaPages } from './media-pages.ts';
import type { ChunkPlan, FillerClip } from './types.ts';

/** What is missing by no more than this is held. */
const TOLERANCE_SECONDS = 0.1;
/** Of held frames that came behind all sound, before it is believed that no more sound will come: it is on its way through a pipe. */
const SPARE_SECONDS = 2;

/** A chunk on its way out of the encoder: frames and PCM grow until it is `done` or `failed`. Read it at any time. */
export class EncodedChunk {
  readonly plan: ChunkPlan;
  /** Shown instead of pictures of its own, for sound alone: they are there from the start. */
  readonly pictures: FillerClip | undefined;
  readonly init: (VideoTrackInit | undefined)[];
  /** Of the sound, what is known. */
  samplesReady = 0;
  state: 'encoding' | 'done' | 'failed' = 'encoding';
  error: StreamError | undefined;
  /** How what came differs from what the file's header promised; known at the end. */
  differences: readonly Difference[] = [];
  /** What its decoders complained about first; for the log. */
  complaints = '';
  /** Called when media is lost that was known: it `failed`. */
  onLost: (error: StreamError) => void = () => undefined;
  /** Called when something was added or the state changed. */
  onProgress: () => void = () => undefined;
  readonly #idrFrames: ReadonlySet<number>;
  readonly #pages: MediaPages;
  readonly #memory: MediaMemory | undefined;
  readonly #speed = new EncodeSpeed();
  /** The last picture, standing still; `undefined` until it is encoded or when none was planned. */
  hold: FillerClip | undefined;
  #segmentFrames: readonly number[];
  #frames: number;
  /** Per rendition, the first frame that holds the last picture of the source. */
  readonly #heldFrom: (number | undefined)[];
  /** Frame up to which the last picture of the source is shown by its own length. */
  #standsUntil = 0;
  /** Known sound that came from the source, and did not have to be made up. */
  #samplesCame = 0;
  #hasAllSound = false;

  /**
   * @param pictures - As above; the plan is cut like they are.
   * @param memory - Bounds what all chunks hold: `release` this one then. Without it, all of it is held.
   */
  constructor(plan: ChunkPlan, pictures?: FillerClip, memory?: MediaMemory) {
    this.plan = plan;
    this.#segmentFrames = plan.segmentFrames;
    this.#frames = framesIn(plan.segmentFrames);
    this.pictures = pictures;
    const renditions = pictureSizes(plan.profile).length;
    this.#heldFrom = Array.from({ length: renditions }, () => undefined);
    this.init = Array.from({ length: renditions }, (_, rendition) => pictures?.init[rendition]);
    const { fps, audioRate } = plan.profile;
    const samples = chunkSamples(plan.profile, this.frames);
    const shared = pictures && { video: pictures.video, frames: this.frames };
    this.#pages = new MediaPages({ fps, audioRate, renditions, samples, shared });
    this.#memory = memory;
    this.#pages.onBack = (error) => this.#cameBack(error);
    this.#pinHeld();
    memory?.hold(this.#pages);
    this.#idrFrames = new Set(segmentStarts(plan.segmentFrames));
  }

  /** Per rendition, coded frames so far, those for holding the last picture included. To be read where they are at hand. */
  get video(): readonly (readonly Sample[])[] {
    return this.#pages.video;
  }

  /** Length of the sound, in samples; the first `samplesReady` are known. */
  get samples(): number {
    return this.#pages.samples;
  }

  /** Sound from one sample to another, silence where it is not known; to be read where it is at hand. Default: all of it. */
  sound(from?: number, to?: number): Int16Array {
    return this.#pages.sound(from, to);
  }

  /** Sample up to which sound is known and in memory, from a sample on; at most 10 s ahead of the air. */
  soundAtHand(from: number): number {
    return Math.min(this.samplesReady, this.#pages.soundHere(from));
  }

  /** Frames are in memory; those that are not come by themselves once they are near (`onProgress`). */
  isAtHand(frame: number, count: number): boolean {
    return this.#pages.isHere(frame, count);
  }

  /** @param frame - Goes on air next: those before it leave the memory. */
  readUpTo(frame: number): void {
    this.#pages.read(frame);
    this.#memory?.read(this.#pages);
  }

  /** The encoder has to wait: there is too much in memory, and of this chunk enough. */
  get mustWait(): boolean {
    return this.state === 'encoding' && this.#memory?.mustWait(this.#pages) === true;
  }

  /** The encoder begins to wait because of `mustWait`, or goes on: `speed` leaves that time out. */
  waits(isWaiting: boolean, nowMs: number): void {
    this.#speed.waits(isWaiting, nowMs);
  }

  /** Stops counting its memory, and closes its file on disk. `hold` is still made at the end. Idempotent. */
  release(): void {
    this.#memory?.release(this.#pages);
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

  /** Media seconds encoded per second of wall clock (`EncodeSpeed`). @param nowMs - On the clock of `started` and `addFrame`. */
  speed(nowMs: number): number {
    return this.#speed.of(this.framesReady / this.plan.profile.fps, nowMs);
  }

  /** The encoder begins; time spent waiting for it does not count. */
  started(nowMs: number): void {
    this.#speed.startedMs = nowMs;
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
    if (isHeld) this.#held(rendition, samples.length);
    this.#pages.addFrame(rendition, { ...sample, durationTicks: FRAME_TICKS, compositionOffsetTicks: 0 });
    this.#speed.lastFrameMs = nowMs;
    this.#progressed();
  }

  /** The last picture of the source has come, and is to be shown up to this frame: a slide, that stands for seconds. */
  lastPictureStands(untilFrame: number): void {
    this.#standsUntil = untilFrame;
  }

  addPcm(pcm: Int16Array): void {
    const room = this.samples - this.samplesReady;
    this.#pages.addSound(this.samplesReady, pcm.length > room ? pcm.subarray(0, room) : pcm);
    this.samplesReady += Math.min(pcm.length, room);
    this.#samplesCame += pcm.length;
    this.#progressed();
  }

  /** No more sound comes: what is missing of it is silence, if the encoder ends well. */
  soundEnds(): void {
    this.#hasAllSound = true;
  }

  /** Forgets what an encoder gave that failed before anything could be published: another one tries. */
  restart(): void {
    this.samplesReady = 0;
    this.#samplesCame = 0;
    this.#hasAllSound = false;
    this.#pages.reset();
    if (this.pictures) return;
    this.init.fill(undefined);
    this.#heldFrom.fill(undefined);
    this.#pinHeld();
  }

  /** No sound comes from the encoder: all of it is silence. */
  silent(): void {
    this.samplesReady = this.samples;
  }

  /**
   * All there is has come; where that is less than was planned, the chunk is shorter.
   *
   * @param judge - Called when length and sound are final, before `onProgress`.
   * @throws {StreamError} `ENCODER_FAILED` when frames are missing.
   */
  finish(judge: () => void = () => undefined): void {
    if (this.state === 'failed') throw this.error ?? new StreamError('INTERNAL', 'the chunk failed');
    this.#shorten();
    const { holdFrames } = this.plan;
    const needed = Math.max(this.frames, holdFrames > 0 ? (this.heldFrom ?? this.frames) + holdFrames : 0);
    const missing = this.video.find((samples) => samples.length < needed);
    if (missing) throw new StreamError('ENCODER_FAILED', `the encoder gave ${missing.length} of ${needed} frames`);
    for (const rendition of this.video.keys()) this.#pages.truncate(rendition, needed);
    this.samplesReady = this.samples;
    judge();
    this.state = 'done';
    const from = this.heldFrom ?? framesIn(this.plan.segmentFrames);
    if (holdFrames > 0) this.hold = heldClip(this.video, this.init, from, holdFrames);
    this.#pages.unpin();
    this.#progressed();
  }

  #held(rendition: number, frame: number): void {
    if (this.#heldFrom[rendition] !== undefined) return;
    this.#heldFrom[rendition] = frame;
    this.#pinHeld();
  }

  /** The frames that hold the last picture are looked at once more when all is there. */
  #pinHeld(): void {
    const from = Math.min(this.frames, ...this.#heldFrom.filter((frame) => frame !== undefined));
    this.#pages.pin(from, this.plan.holdFrames);
  }

  #progressed(): void {
    this.#pages.came(this.#hasAllSound ? this.samples : this.samplesReady, this.state === 'done');
    this.#memory?.changed(this.#pages);
    this.onProgress();
  }

  /** Media is at hand again; or never will be: the chunk ends there, and what still comes of it is nobody's. */
  #cameBack(error: unknown): void {
    if (error !== undefined) {
      this.state = 'failed';
      this.error = new StreamError('INTERNAL', 'media that was put aside could not be read again', { cause: error });
      this.onLost(this.error);
    }
    this.onProgress();
  }

  /** Containers round, and lossy codecs fill up their blocks: what is missing of that size is held. */
  #shorten(): void {
    const came = Math.max(1, this.#framesCame);
    if (this.frames - came <= Math.max(2, TOLERANCE_SECONDS * this.plan.profile.fps)) return;
    this.#segmentFrames = cutShort(this.#segmentFrames, came);
    this.#frames = came;
  }

  fail(error: StreamError): void {
    if (this.state !== 'encoding') return;
    this.state = 'failed';
    this.error = error;
    this.onProgress();
  }
}
