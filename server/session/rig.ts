import { AacEncoder } from '../encode/aac-encoder.ts';
import { EncodedChunk } from '../encode/encoded-chunk.ts';
import type { FillerClip } from '../encode/types.ts';
import { StreamError } from '../errors.ts';
import type { Sample, VideoTrackInit } from '../isobmff/types.ts';
import { AAC_BLOCK, FRAME_TICKS, sampleAt } from '../timeline/axis.ts';
import { cutSegments, type Grid, gridFor } from '../timeline/cut.ts';
import { type BlockRun, PRE_ROLL_BLOCKS } from '../timeline/pcm-axis.ts';
import { DEFAULT_PROFILE, type Profile } from '../timeline/profile.ts';
import { type Segment, Timeline } from '../timeline/timeline.ts';
import { AsapPublisher } from './asap-publisher.ts';
import { Chunk } from './chunk.ts';
import { Clock } from './clock.ts';
import { type LiveOptions, LivePublisher } from './live-publisher.ts';
import { Playout } from './playout.ts';
import type { Publisher, PublisherHost } from './publisher.ts';
import { audioSample, SoundLane } from './sound-lane.ts';

/** Sessions for tests without ffmpeg: time is set by hand, a packet of sound is its block of PCM, a frame says whose it is. */

export const PROFILE: Profile = { ...DEFAULT_PROFILE, fps: 25, audioRate: 48_000 };
export const SILENCE = audioSample(new Uint8Array(2 * AAC_BLOCK));
/** Frames of the idle loop: eight segments. */
const LOOP_FRAMES = 200;

export class FakeClock extends Clock {
  nowMs = 1_000_000;
  readonly #appointments = new Map<object, { atMs: number; run: () => void }>();

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
  const starts = new Set(segmentFrames.map((_, index) => segmentFrames.slice(0, index).reduce((sum, n) => sum + n, 0)));
  return {
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

  constructor(name: string, frames: number, options: { grid: Grid; nowMs: number; minSegments?: number }) {
    super({
      id: name,
      index: 0,
      turn: undefined,
      text: name,
      acceptedMs: options.nowMs,
      origin: { kind: 'upload', path: '' },
    });
    this.#name = name;
    const segmentFrames = cutSegments(frames, options.grid, options.minSegments);
    this.#idr = new Set(segmentFrames.map((_, at) => segmentFrames.slice(0, at).reduce((sum, n) => sum + n, 0)));
    this.media = new EncodedChunk({ profile: PROFILE, segmentFrames, holdFrames: 0 }, options.nowMs);
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
    if (this.media.framesReady === this.media.frames) this.media.finish();
    return this;
  }
}

/** Sample of a chunk's sound: never 0, and another one for each chunk and place. */
export function pcmOf(name: string, sample: number): number {
  return 1 + ((sample + 977 * name.charCodeAt(0)) % 30_011);
}

export type RigOptions = { pacing: 'live' | 'asap'; filler?: boolean; windowSeconds?: number; watched?: boolean };

/** Timeline, sound, playout and publisher of one session, wired as `SessionStream` does it. */
export class Rig {
  readonly clock: FakeClock;
  readonly aac = new FakeAac();
  readonly grid: Grid;
  readonly timeline: Timeline;
  readonly lane: SoundLane;
  readonly playout: Playout;
  readonly publisher: Publisher;
  readonly waiting: Chunk[] = [];
  readonly log: string[] = [];
  readonly segments: Segment[] = [];
  readonly filler: FillerClip;
  /** Length of the timeline at each part, and when it was published. */
  readonly published: { atMs: number; endFrame: number; segments: number }[] = [];
  ending = false;
  watched: boolean;
  gapEndsMs: number | undefined;

  constructor(options: RigOptions, clock = new FakeClock()) {
    this.clock = clock;
    this.watched = options.watched ?? true;
    const targetDuration = options.pacing === 'live' ? 1 : 4;
    this.grid = gridFor(PROFILE.fps, targetDuration);
    this.filler = fillerClip(this.grid);
    const windowFrames =
      options.pacing === 'live' ? (options.windowSeconds ?? 10) * PROFILE.fps : Number.POSITIVE_INFINITY;
    this.timeline = new Timeline({ axis: PROFILE, windowFrames });
    this.lane = new SoundLane(this.aac, SILENCE, () => this.log.push('sound failed'));
    this.playout = new Playout({
      timeline: this.timeline,
      lane: this.lane,
      presentationMs: (at) => this.publisher.presentationMs(at),
      onSegment: (segment) => this.segments.push(segment),
      initId: () => 0,
    });
    const host = this.#host(options.filler ?? true);
    const live: LiveOptions = { leadMs: 500, headStartFrames: options.filler === false ? 0 : 100, windowFrames };
    this.publisher =
      options.pacing === 'live' ? new LivePublisher(host, live) : new AsapPublisher(host, { targetDuration });
  }

  /** A chunk that is already encoded, unless `encoded` says how much of it is. */
  push(name: string, frames: number, options: { encoded?: number; minSegments?: number } = {}): HandMadeChunk {
    const nowMs = this.clock.now();
    const chunk = new HandMadeChunk(name, frames, { grid: this.grid, nowMs, ...options });
    const encoded = options.encoded ?? frames;
    if (encoded > 0) chunk.encode(encoded, nowMs);
    chunk.media.onProgress = () => this.publisher.run();
    this.waiting.push(chunk);
    this.publisher.run();
    return chunk;
  }

  end(): void {
    this.ending = true;
    this.publisher.run();
  }

  /** Names of all frames that are still on the timeline. */
  get frames(): string[] {
    return this.#parts().flatMap((part) =>
      (part.media?.video[0] ?? []).map((sample) => new TextDecoder().decode(sample.data)),
    );
  }

  /** Stretches of what was published: `~` for filler, else the chunk's name, with the number of frames. */
  get stretches(): string[] {
    const found: { name: string; frames: number }[] = [];
    for (const name of this.frames) {
      const last = found.at(-1);
      if (last?.name === name.charAt(0)) last.frames += 1;
      else found.push({ name: name.charAt(0), frames: 1 });
    }
    return found.map((stretch) => `${stretch.name}${stretch.frames}`);
  }

  /** Sound of all blocks that are still on the timeline. */
  get pcm(): Int16Array {
    const packets = this.#parts().flatMap((part) => part.media?.audio ?? []);
    const pcm = new Int16Array(packets.length * AAC_BLOCK);
    packets.forEach((packet, index) => {
      pcm.set(new Int16Array(packet.data.buffer, packet.data.byteOffset, AAC_BLOCK), index * AAC_BLOCK);
    });
    return pcm;
  }

  /** The sound that belongs to `frames`, as far as it is published. */
  get wantedPcm(): Int16Array {
    const perFrame = PROFILE.audioRate / PROFILE.fps;
    const wanted = new Int16Array(this.pcm.length);
    this.frames.forEach((name, index) => {
      if (name.startsWith('~')) return;
      const from = Number(name.slice(1)) * perFrame;
      for (let at = 0; at < perFrame; at++) wanted[index * perFrame + at] = pcmOf(name, from + at);
    });
    return wanted;
  }

  #parts() {
    return this.segmentsNow().flatMap((segment) => segment.parts);
  }

  /** Complete segments and the open one. */
  segmentsNow(): Segment[] {
    const { open } = this.timeline;
    return open ? [...this.segments, open] : this.segments;
  }

  #host(filler: boolean): PublisherHost {
    const rig = this;
    return {
      clock: this.clock,
      playout: this.playout,
      grid: this.grid,
      nextChunk: () => this.waiting[0],
      gapEndsMs: () => this.gapEndsMs,
      filler: () => (filler ? this.filler : undefined),
      closing: () => this.filler,
      get ending() {
        return rig.ending;
      },
      get drained() {
        return rig.waiting.length === 0;
      },
      get idle() {
        return !rig.watched && rig.waiting.length === 0 && !rig.ending;
      },
      started: (chunk) => {
        this.waiting.splice(this.waiting.indexOf(chunk), 1);
        this.log.push(`start ${chunk.id}`);
      },
      finished: (chunk) => this.log.push(`finish ${chunk.id}`),
      fillerChanged: (playing) => this.log.push(playing ? 'filler' : 'no filler'),
      published: () => this.#notePublished(),
      ended: () => this.log.push('end'),
    };
  }

  #notePublished(): void {
    const { endFrame } = this.timeline;
    if (this.published.at(-1)?.endFrame === endFrame) return;
    this.published.push({ atMs: this.clock.now(), endFrame, segments: this.segments.length });
  }
}
