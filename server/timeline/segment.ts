import type { Sample } from '../isobmff/types.ts';

/** Coded media of one part. */
export type PartMedia = {
  /** Per rendition: the same number of frames each, in order. */
  readonly video: readonly (readonly Sample[])[];
  /** One sample per AAC block. */
  readonly audio: readonly Sample[];
};

export type Part = {
  /** Running number over the session; names the part's URI. */
  readonly number: number;
  readonly startFrame: number;
  readonly frames: number;
  /** First audio block; its decode time is `firstBlock * AAC_BLOCK` ticks. */
  readonly firstBlock: number;
  readonly blocks: number;
  readonly independent: boolean;
  /** `undefined` once the samples are only on disk. */
  media: PartMedia | undefined;
  /** Bytes of each rendition in its segment's file; `undefined` for a part that can be made again. */
  sizes?: readonly number[];
};

export type Segment = {
  /** Media sequence number. */
  readonly msn: number;
  readonly startFrame: number;
  readonly parts: Part[];
  frames: number;
  complete: boolean;
  /** Which init segment it needs. */
  readonly initId: number;
  readonly discontinuity: boolean;
  /** Wall clock of the first frame, in ms since the epoch. */
  readonly programDateTimeMs: number;
  /** True while all of it is filler and silence: it can be made again at any time and need not be stored. */
  derived: boolean;
};

/** A timeline as data; parts are without media. */
export type TimelineState = {
  /** Retired and listed ones, oldest first. */
  readonly segments: readonly Segment[];
  /** Index of the first listed segment. */
  readonly listedFrom: number;
  /** Length of the longest playlist there was, in frames. */
  readonly longestListed: number;
  readonly endFrame: number;
  readonly endBlock: number;
  readonly nextMsn: number;
  readonly nextPart: number;
  readonly discontinuitySequence: number;
  readonly lastInitId?: number;
  readonly ended: boolean;
};
