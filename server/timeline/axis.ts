/**
 * The two integer axes of a session (README.md beside this file): video counts frames at a constant rate, audio counts AAC blocks.
 * All sample durations come from here, never from an encoder's clock, so that nothing can drift.
 */
export type Axis = {
  /** Frames per second. */
  readonly fps: number;
  /** Samples per second. */
  readonly audioRate: number;
};

/** Samples in one AAC-LC block (ISO/IEC 14496-3, frameLength). */
export const AAC_BLOCK = 1024;

/** Ticks that one frame lasts; the video timescale is `fps * FRAME_TICKS`. */
export const FRAME_TICKS = 512;

/**
 * Whole blocks of PCM that must be known behind a block before its packet may be emitted: a packet windows its own block and the
 * next one, and the encoder chooses the window by looking at the one after. With only one held back, a cut in a tone looks like
 * an attack to the encoder, the window shape changes, and the join loses 40 dB (measured, see timeline/README.md).
 */
export const HOLD_BACK_BLOCKS = 2;

/** Audio sample at which a frame starts. Exact for every integer rate; rounding never adds up. */
export function sampleAt(axis: Axis, frame: number): number {
  return Math.floor((frame * axis.audioRate) / axis.fps);
}

/** Number of blocks, from the start of the axis, whose packets may be emitted when PCM is known up to `sample`. */
export function blocksReady(sample: number): number {
  return Math.max(0, Math.floor(sample / AAC_BLOCK) - HOLD_BACK_BLOCKS);
}

/** Number of blocks, from the start of the axis, that cover everything up to `sample`: what the last part of a stream carries. */
export function blocksCovering(sample: number): number {
  return Math.ceil(sample / AAC_BLOCK);
}

/** Timescale of the video track, in ticks per second. */
export function videoTimescale(axis: Axis): number {
  return axis.fps * FRAME_TICKS;
}
