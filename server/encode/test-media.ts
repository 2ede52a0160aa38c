import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeInitSegment } from '../isobmff/init-segment.ts';
import { writePart } from '../isobmff/media-segment.ts';
import { Jail } from '../lib/jail.ts';
import { MemoryBudget } from '../lib/memory-budget.ts';
import { cutSegments, gridFor } from '../timeline/cut.ts';
import type { Profile } from '../timeline/profile.ts';
import { ChunkEncoder } from './chunk-encoder.ts';
import { EncodedChunk } from './encoded-chunk.ts';
import { chunkFrames } from './filter-scripts.ts';
import { EncodePool } from './pool.ts';
import { probeMedia } from './probe.ts';
import type { ChunkPlan, ChunkSource, FillerClip, RawClip } from './types.ts';
import { WarmProcesses } from './warm-processes.ts';

/** For tests: media made by ffmpeg, encodes of it, and their pictures read back. */

export const SMALL: Profile = { width: 128, height: 128, fps: 25, audioRate: 48_000, renditions: [] };
export const NEVER = new AbortController().signal;

/** Bits of a frame's number, one column each; columns survive scaling and coding. */
const NUMBER_BITS = 8;

export function ffmpeg(args: readonly string[], input?: Uint8Array): Buffer {
  return execFileSync('ffmpeg', ['-v', 'error', '-y', ...args], { ...(input && { input }), maxBuffer: 2 ** 28 });
}

/** Arguments of a test picture input. */
export function pictures(options: { size?: string; fps?: number; seconds?: number } = {}): string[] {
  const { size = '160x120', fps = 25, seconds = 1 } = options;
  return ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=${fps}:d=${seconds}`];
}

/** Arguments of a test tone input. */
export function tone(options: { rate?: number; seconds?: number } = {}): string[] {
  const { rate = 48_000, seconds = 1 } = options;
  return ['-f', 'lavfi', '-i', `sine=440:d=${seconds}:r=${rate}`];
}

/** Raw gray pictures that carry their number. */
export function numberedPictures(count: number, side = 128): Buffer {
  const bytes = Buffer.alloc(count * side * side);
  for (let frame = 0; frame < count; frame++) {
    for (let bit = 0; bit < NUMBER_BITS; bit++) {
      if (!((frame >> bit) & 1)) continue;
      const column = (bit * side) / NUMBER_BITS;
      for (let y = 0; y < side; y++) {
        const row = (frame * side + y) * side + column;
        bytes.fill(255, row, row + side / NUMBER_BITS);
      }
    }
  }
  return bytes;
}

/** The numbers that gray pictures of `side` x `side` carry. */
export function numbersOf(gray: Uint8Array, side = 128): number[] {
  return Array.from({ length: gray.length / (side * side) }, (_, frame) => {
    let number = 0;
    for (let bit = 0; bit < NUMBER_BITS; bit++) {
      const x = Math.round(((bit + 0.5) * side) / NUMBER_BITS);
      if ((gray[(frame * side + side / 2) * side + x] ?? 0) > 127) number |= 1 << bit;
    }
    return number;
  });
}

/** A clip of one colour, with a tone. */
export function rawClip(frames: number, size = { width: 128, height: 128 }, audioRate = 48_000): RawClip {
  const pcm = Int16Array.from({ length: Math.round((frames * audioRate) / 25) }, (_, at) => 8000 * Math.sin(at / 20));
  const pictures = async function* () {
    for (let frame = 0; frame < frames; frame++) {
      yield new Uint8Array(size.width * size.height * 4).fill((frame * 7) & 0xff);
    }
  };
  return { ...size, fps: 25, frames, pictures: pictures(), pcm, audioRate };
}

/** An MP4 of a rendition's frames. */
export function toMp4(chunk: EncodedChunk, rendition = 0): Buffer {
  const init = chunk.init[rendition];
  if (!init) throw new Error(`rendition ${rendition} has no init segment`);
  const track = { trackId: init.trackId, baseMediaDecodeTime: 0n, samples: chunk.video[rendition] ?? [] };
  return Buffer.concat([writeInitSegment([init]), writePart({ sequenceNumber: 1, tracks: [track] })]);
}

/** A rendition's frames, decoded. */
export function decoded(chunk: EncodedChunk, pixelFormat = 'gray', rendition = 0): Buffer {
  const output = ['-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt', pixelFormat, 'pipe:1'];
  return ffmpeg(['-i', 'pipe:0', ...output], toMp4(chunk, rendition));
}

/** Frames that are sync samples. */
export function syncFrames(chunk: EncodedChunk, rendition = 0): number[] {
  return (chunk.video[rendition] ?? []).flatMap((sample, frame) => (sample.isSync ? [frame] : []));
}

/** Root mean square of a stretch of sound, in parts of full scale. */
export function loudness(pcm: Int16Array, from = 0, to = pcm.length): number {
  const part = pcm.subarray(from, to);
  return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / part.length) / 32_768;
}

/** A box of ISO/IEC 14496-12. */
export function box(type: string, ...parts: readonly Uint8Array[]): Buffer {
  const sizeBytes = 8 + parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([words(sizeBytes), Buffer.from(type), ...parts]);
}

/** Integers of 32 bits, as boxes have them. */
export function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, at * 4);
  return bytes;
}

/** Process ids of this process's living children. */
export function childProcesses(): number[] {
  const text = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8');
  return text.split(' ').filter(Boolean).map(Number);
}

type LabEncode = {
  profile?: Profile;
  plan?: Partial<ChunkPlan>;
  pictures?: FillerClip;
  signal?: AbortSignal;
};

/** A chunk encoder in a directory of its own. */
export class Lab {
  readonly directory = mkdtempSync(join(tmpdir(), 'encode-'));
  readonly pool = new EncodePool(2);
  readonly jobs = join(this.directory, 'jobs');
  readonly #stallMs: number;
  processes: WarmProcesses;
  chunks: ChunkEncoder;

  constructor(options: { stallMs?: number } = {}) {
    this.#stallMs = options.stallMs ?? 10_000;
    [this.processes, this.chunks] = this.#open();
  }

  /** Starts anew with no process waiting, after `processes.close()`. */
  reopen(): void {
    [this.processes, this.chunks] = this.#open();
  }

  #open(): [WarmProcesses, ChunkEncoder] {
    const processes = new WarmProcesses({
      ffmpegPath: 'ffmpeg',
      encoder: 'libx264',
      jobsDirectory: this.jobs,
      jail: Jail.OPEN,
    });
    const chunks = new ChunkEncoder({
      pool: this.pool,
      processes,
      memory: new MemoryBudget(4 * 2 ** 30),
      stallMs: this.#stallMs,
      now: () => performance.now(),
    });
    return [processes, chunks];
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** A file made by ffmpeg. */
  make(name: string, args: readonly string[], input?: Uint8Array): string {
    ffmpeg([...args, this.path(name)], input);
    return this.path(name);
  }

  write(name: string, content: string | Uint8Array): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  /** Probes, plans and encodes a file as a session does. */
  async encode(path: string, options: LabEncode = {}): Promise<EncodedChunk> {
    const probe = await probeMedia(path, options.signal ?? NEVER);
    const { fps } = options.profile ?? SMALL;
    return await this.encodeSource({ kind: 'file', path, probe }, chunkFrames(probe, fps), options);
  }

  async encodeSource(source: ChunkSource, frames: number, options: LabEncode = {}): Promise<EncodedChunk> {
    const profile = options.profile ?? SMALL;
    const segmentFrames = cutSegments(frames, gridFor(profile.fps, 1));
    const chunk = new EncodedChunk({ profile, segmentFrames, holdFrames: 0, ...options.plan }, options.pictures);
    await this.chunks.encode(source, chunk, { deadlineMs: 0, signal: options.signal ?? NEVER });
    return chunk;
  }

  /** Directories of jobs that are not gone. */
  get jobsLeft(): string[] {
    try {
      return readdirSync(this.jobs);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.processes.close();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
