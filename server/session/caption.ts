import type { DateRange } from '../playlist/types.ts';
import type { Cue } from '../playlist/webvtt.ts';
import type { ChunkOnAir, TimedWord } from './chunk-date-range.ts';
import type { WordTime } from './types.ts';

/** A chunk and what is said in it. */
export type Caption = {
  readonly id: string;
  readonly turn?: string;
  readonly index: number;
  readonly text: string;
  /** When each word is said, if that is known. */
  readonly words?: readonly WordTime[];
  /** How long it is planned to be. */
  readonly frames: number;
};

/** A stretch of the timeline in which a chunk, or what was left of it, is on air. */
export type Piece = {
  /** The chunk's id, with `.2`, `.3`... when it goes on after filler. */
  readonly id: string;
  readonly startFrame: number;
  /** First frame of the chunk, and how many are planned from there on. */
  readonly played: number;
  readonly frames: number;
  readonly onAir: ChunkOnAir;
  /** As planned; media times. */
  readonly cues: readonly PlannedCue[];
  /** Once nothing of it follows on the timeline. */
  endFrame?: number;
  /** Segments up to this frame were shown before its end was known. */
  shownUntil?: number;
  range: DateRange;
};

export type PlannedCue = Cue & { readonly words?: readonly TimedWord[] };

export type Talk = {
  readonly caption: Caption;
  readonly words: readonly TimedWord[] | undefined;
  readonly pieces: Piece[];
  ended: boolean;
};

/** A caption track as data. */
export type CaptionState = {
  readonly talks: readonly TalkState[];
  readonly said: readonly Cue[];
};

type TalkState = { readonly caption: Caption; readonly ended: boolean; readonly pieces: readonly PieceState[] };

/** See `Piece`; `startMs` is its date. */
type PieceState = Pick<Piece, 'startFrame' | 'played' | 'endFrame' | 'shownUntil'> & { readonly startMs: number };
