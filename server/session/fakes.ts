import { AacEncoder } from '../encode/aac-encoder.ts';
import { EncodedChunk } from '../encode/encoded-chunk.ts';
import type { FillerClip } from '../encode/types.ts';
import { StreamError } from '../errors.ts';
import type { Sample, VideoTrackInit } from '../isobmff/types.ts';
import { AAC_BLOCK, FRAME_TICKS, sampleAt } from '../timeline/axis.ts';
import { cutSegments, type Grid, segmentStarts } from '../timeline/cut.ts';
import { type BlockRun, PRE_ROLL_BLOCKS } from '../timeline/pcm-axis.ts';
import { DEFAULT_PROFILE, type Profile } from '../timeline/profile.ts';
import { Chunk } from './chunk.ts';
import { Clock } from './clock.ts';
import { audioSample } from './sound-lane.ts';
import { StorageAccount } from './storage-account.ts';
import { StorageBudget } from './storage-budget.ts';

/** What sessions are made of in tests without ffmpeg: time is set by hand, a packet of sound is its block of PCM, a frame says whose it is. */

export const PROFILE: Profile = { ...DEFAULT_PROFILE, fps: 25, audioRate: 48_000 };
export const SILENCE = audioSample(new Uint8Array(2 * AAC_BLOCK));
/** Frames of the idle loop: eight segments. */
const LOOP_FRAMES = 200;

export class FakeClock extends Clock {
  nowMs: number;
  override startedMs: number;
  readonly #appointments = new Map<object, { atMs: number; run: () => void }>();

  constructor(nowMs = 1_000_000) {
    super(nowMs);
    this.startedMs = nowMs;
    this.nowMs = nowMs;
  }

  override now(): number {
    return this.nowMs;
  }
  override at(owner: object, atMs: number, run: () => void): void {
    this.#appointments.set(owner, { atMs, run });
  }
  override waits(owner: object): boolean {
    return this.#appointments.has(owner);
  }
  override cancel(owner: object): void {
    this.#appointments.delete(owner);
  }

  /** Lets `ms` pass, with all appointments on the way and what they set going. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    await settle();
    for (let calls = 0; ; calls++) {
      const [owner, next] = [...this.#appointments].sort(([, a], [, b]) => a.atMs - b.atMs)[0] ?? [];
      if (!owner || !next || next.atMs > untilMs) break;
      if (calls > 100_000) throw new Error('an appointment is made again and again without time going by');
      this.#appointments.delete(owner);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.run();
      await settle();
    }
    this.nowMs = untilMs;
    await settle();
  }
}

/** Lets everything that waits for nothing but its turn happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** The packet of a block is the block. */
export class FakeAac extends AacEncoder {
  readonly runs: BlockRun[] = [];
  /** Set to hold runs back until they are let go. */
  gate: Promise<void> | undefined;
  failing = false;

  constructor() {
    super({ ffmpegPath: 'none', audioRate: PROFILE.audioRate });
  }

  override async encode(run: BlockRun): Promise<Uint8Array[]> {
    this.runs.push(run);
    await this.gate;
    if (this.failing) throw new StreamError('ENCODER_FAILED', 'no encoder');
    return Array.from({ length: run.count }, (_, index) => {
      const start = (PRE_ROLL_BLOCKS + index) * AAC_BLOCK;
      return new Uint8Array(run.pcm.slice(start, start + AAC_BLOCK).buffer);
    });
  }
}

const INIT: VideoTrackInit = {
  kind: 'video',
  trackId: 1,
  timescale: 12_800,
  width: 512,
  height: 512,
  avcC: new Uint8Array([1, 100, 0, 31, 255, 225, 0, 0, 0]),
};

function frame(name: string, isSync: boolean): Sample {
  return { data: new TextEncoder().encode(name), durationTicks: FRAME_TICKS, isSync, compositionOffsetTicks: 0 };
}

/** Filler whose frames are `~0`, `~1`, ...; each segment starts with a sync sample. */
export function fillerClip(grid: Grid, frames = LOOP_FRAMES): FillerClip {
  const segmentFrames = cutSegments(frames, grid);
  const starts = new Set(segmentStarts(segmentFrames));
  return {
    id: `fake-${frames}`,
    segmentFrames,
    video: [Array.from({ length: frames }, (_, index) => frame(`~${index}`, starts.has(index)))],
    init: [INIT],
  };
}

/** A chunk that is encoded by hand; its frames are `a0`, `a1`, ... and its sound counts up from 1. */
export class HandMadeChunk extends Chunk {
  readonly media: EncodedChunk;
  readonly #name: string;
  readonly #idr: ReadonlySet<number>;

  constructor(
    name: string,
    frames: number,
    options: { grid: Grid; nowMs: number; minSegments?: number; holdFrames?: number },
  ) {
    super({
      id: name,
      index: 0,
      place: 0,
      turn: undefined,
      text: name,
      acceptedMs: options.nowMs,
      origin: { kind: 'upload', path: '' },
    });
    this.#name = name;
    const segmentFrames = cutSegments(frames, options.grid, options.minSegments);
    this.#idr = new Set(segmentStarts(segmentFrames));
    this.media = new EncodedChunk({ profile: PROFILE, segmentFrames, holdFrames: options.holdFrames ?? 0 });
    this.media.started(options.nowMs);
    this.encoded = this.media;
  }

  /** The next `frames` frames with their sound come out of the encoder. */
  encode(frames: number, nowMs: number): this {
    const from = this.media.framesReady;
    this.media.init[0] = INIT;
    const start = this.media.samplesReady;
    const end = sampleAt(PROFILE, from + frames);
    this.media.addPcm(Int16Array.from({ length: end - start }, (_, index) => pcmOf(this.#name, start + index)));
    for (let index = from; index < from + frames; index++)
      this.media.addFrame(0, frame(`${this.#name}${index}`, this.#idr.has(index)), nowMs);
    if (this.media.framesReady === this.media.frames && this.media.plan.holdFrames === 0) this.media.finish();
    return this;
  }

  /** Nothing more of the source comes: frames that show its last picture, without sound. */
  encodeHeld(frames: number, nowMs: number): this {
    const from = this.media.video[0]?.length ?? 0;
    for (let index = from; index < from + frames; index++)
      this.media.addFrame(0, frame(`${this.#name}${index}`, this.#idr.has(index)), nowMs, true);
    return this;
  }

  /** The frames that hold the last picture come out of the encoder too: `a=0`, `a=1`, ... */
  encodeHold(nowMs: number): void {
    const { holdFrames } = this.media.plan;
    for (let index = 0; index < holdFrames; index++)
      this.media.addFrame(0, frame(`${this.#name}=${index}`, index === 0), nowMs);
    this.media.finish();
  }
}

/** Sample of a chunk's sound: never 0, and another one for each chunk and place. */
export function pcmOf(name: string, sample: number): number {
  return 1 + ((sample + 977 * name.charCodeAt(0)) % 30_011);
}

/** The account of a session that may keep what it wants. */
export function anyRoom(): StorageAccount {
  return new StorageAccount(new StorageBudget({ maxBytes: 1e15, onFull: () => undefined }));
}
