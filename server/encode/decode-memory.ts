import { totalmem } from 'node:os';
import { type Profile, pictureSizes } from '../timeline/profile.ts';
import type { MediaProbe } from './types.ts';

const MIB = 2 ** 20;

/** Of an ffmpeg that decodes and encodes next to nothing, with its stacks and libraries: 30 MiB, measured. */
const BASE_BYTES = 64 * MIB;
/** Pictures that a decoder keeps: 16 for reference, some on the way (measured: 22 of 1080p and 4K). */
const PICTURES_KEPT = 26;
/** Per pixel of what is encoded: pictures on the way, x264's own (measured: 29). */
const BYTES_PER_CODED_PIXEL = 40;
/** YUV 4:4:4 of 16 bits, or RGB. */
const MOST_BYTES_PER_PIXEL = 6;
/** Packets on their way and the demuxer's parser of one more stream (measured: 0.7 of sound). */
const BYTES_PER_STREAM = MIB;

/**
 * The memory that most uploads are given, and the least that any is: pictures may grow on the way, and this is enough for 4K of 8 bits
 * into 512x512.
 */
export const ORDINARY_MEMORY_BYTES = 512 * MIB;

/** What all that read foreign media may take together by default: half of what there is. */
export function mediaMemoryBytes(): number {
  // 0 or beyond all there is where nothing constrains this process.
  const constrained = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  return Math.max(ORDINARY_MEMORY_BYTES, Math.floor(Math.min(totalmem(), constrained) / 2));
}

/**
 * Memory for data that ffmpeg may take to make a chunk of a file, a power of two: each size that is ever asked for has processes of its
 * own waiting.
 */
export function encodeMemoryBytes(probe: MediaProbe, profile: Profile): number {
  const { width = 0, height = 0, bytesPerPixel = MOST_BYTES_PER_PIXEL } = probe.video ?? {};
  const decoding = width * height * bytesPerPixel * PICTURES_KEPT;
  const coded = probe.video ? pictureSizes(profile).reduce((sum, size) => sum + size.width * size.height, 0) : 0;
  const needed = BASE_BYTES + decoding + coded * BYTES_PER_CODED_PIXEL + (probe.streams ?? 0) * BYTES_PER_STREAM;
  return 2 ** Math.ceil(Math.log2(Math.max(ORDINARY_MEMORY_BYTES, needed)));
}
