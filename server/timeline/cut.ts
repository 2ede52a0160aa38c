import { StreamError } from '../errors.ts';

/** How media is cut into segments and parts: fixed for a session's life. */
export type Grid = {
  /** Frames in a part; only the last part of a segment may have fewer. */
  readonly partFrames: number;
  /** Parts in the longest segment. */
  readonly segmentParts: number;
};

/** Seconds that a part aims at: three of them are the least that a low-latency player keeps in hand. */
const PART_SECONDS = 0.2;

/** @param targetDuration - In seconds; no segment is longer. */
export function gridFor(fps: number, targetDuration: number): Grid {
  const partFrames = Math.max(1, Math.round(fps * PART_SECONDS));
  return { partFrames, segmentParts: Math.max(1, Math.floor((fps * targetDuration) / partFrames)) };
}

/**
 * Cuts a chunk into segments of as equal length as whole parts allow, so that no runt segment trails it, and only the very last
 * part may be short (RFC 8216bis 4.4.4.9: a part is at least 85 % of PART-TARGET unless it is the last of its segment).
 *
 * @param frames - Length of the chunk.
 * @param minSegments - Cut into at least so many, if there are parts enough.
 * @returns Length of each segment, in frames.
 * @throws {StreamError} `TIMELINE_BROKEN` for a chunk without frames.
 */
export function cutSegments(frames: number, grid: Grid, minSegments = 1): number[] {
  if (!Number.isInteger(frames) || frames < 1) {
    throw new StreamError('TIMELINE_BROKEN', `a chunk must have at least one frame, got ${frames}`);
  }
  const parts = Math.ceil(frames / grid.partFrames);
  const segments = Math.min(parts, Math.max(minSegments, Math.ceil(parts / grid.segmentParts)));
  const boundary = (index: number) => Math.min(frames, Math.floor((index * parts) / segments) * grid.partFrames);
  return Array.from({ length: segments }, (_, index) => boundary(index + 1) - boundary(index));
}

/** Frames at which segments start, the first being 0. */
export function segmentStarts(segmentFrames: readonly number[]): number[] {
  let start = 0;
  return segmentFrames.map((frames) => {
    const at = start;
    start += frames;
    return at;
  });
}

/** The first `frames` frames of what is cut into segments. */
export function cutShort(segmentFrames: readonly number[], frames: number): number[] {
  let left = frames;
  return segmentFrames.flatMap((length) => {
    const kept = Math.min(length, left);
    left -= kept;
    return kept > 0 ? [kept] : [];
  });
}

/** Length of what is cut into segments. */
export function framesIn(segmentFrames: readonly number[]): number {
  return segmentFrames.reduce((sum, length) => sum + length, 0);
}
