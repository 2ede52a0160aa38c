import type { RenderSpec } from '../chunk.ts';
import type { SessionSettings } from '../settings.ts';
import type { ChunkStatus, Preferences, SessionEvent, WordTime } from '../types.ts';
import type { SavedState } from './saved-session.ts';

/** Of what a journal's records mean; a server reads the versions it knows. */
export const JOURNAL_VERSION = 1;

/** A chunk that was accepted and how to get at its media. */
export type SavedChunk = {
  readonly id: string;
  readonly index: number;
  /** In the queue: lower places are published first. Absent in journals of before December 2026. */
  readonly place?: number;
  readonly turn?: string;
  readonly text?: string;
  /** In ms since the epoch. */
  readonly acceptedMs: number;
  readonly origin:
    | { readonly kind: 'upload'; readonly sizeBytes: number }
    | { readonly kind: 'render'; readonly spec: RenderSpec };
};

/** Requests whose first answer is given again: chunks, text to say, turns. */
export type KeyKind = 'chunk' | 'say' | 'turn';

/** An idle loop or held picture goes on air at `frame`: where its parts begin and what they are follows from it and the clock. */
export type FillerRecord = {
  readonly t: 'filler';
  readonly clip: string;
  /** Length of each of its segments, in frames. */
  readonly cut: readonly number[];
  readonly frame: number;
  readonly init: number;
  /** Wall clock of frame 0, in ms since the epoch. */
  readonly anchorMs: number;
  /** Which slot of the sound file belongs to it, if something is still to be heard over it. */
  readonly slot?: number;
  readonly atMs: number;
};

/** A chunk goes on air at `frame`, from its own frame `played` on. */
export type AirRecord = {
  readonly t: 'air';
  readonly chunk: string;
  readonly frame: number;
  readonly played: number;
  /** Samples of its sound that were played before. */
  readonly sample: number;
  /** Length of all of it, in frames. */
  readonly frames: number;
  readonly words?: readonly WordTime[];
  readonly init: number;
  readonly anchorMs: number;
  readonly atMs: number;
};

/** A part was published. Live filler that can be made again has no such record, unless it ends the stream. */
export type PartRecord = {
  readonly t: 'part';
  /** Its number. */
  readonly n: number;
  /** Its frames. */
  readonly f: number;
  /** Independent, though not the first of its segment. */
  readonly i?: 1;
  /** The last of its segment. */
  readonly k?: 1;
  /** The last of the stream. */
  readonly z?: 1;
  /** Bytes and their CRC-32 of each rendition in the segment's file; absent for what can be made again. */
  readonly s?: readonly number[];
  readonly c?: readonly number[];
  /** Which slot of the sound file belongs to it, if its sound is not silence. */
  readonly l?: number;
};

/** A chunk leaves the air: for filler, to go on later, or for good, which its fate says. */
export type OffRecord = {
  readonly t: 'off';
  readonly chunk: string;
  /** End of the last complete segment that players had been shown, in frames. */
  readonly shown: number;
};

/**
 * What became of a chunk. `failed` on air is followed by `cut` when it leaves it; one that is `refused` was never accepted.
 */
export type FateRecord = {
  readonly t: 'fate';
  readonly chunk: string;
  readonly fate: 'said' | 'cut' | 'failed' | 'dropped' | 'refused';
  /** Of `cut`: the words that were heard. */
  readonly said?: string;
  readonly shown: number;
};

/** The server was started again: what was on air is not any more. */
export type ReopenRecord = {
  readonly t: 'reopen';
  readonly atMs: number;
  /** The end of the journal can't be trusted: numbers below these may have been used. */
  readonly leap?: { readonly frame: number; readonly msn: number; readonly part: number; readonly clip: string };
  /** As above, of events: those before it are forgotten. */
  readonly seq?: number;
};

export type OpenRecord = {
  readonly t: 'open';
  readonly version: number;
  readonly id: string;
  readonly createdMs: number;
  readonly settings: SessionSettings;
  readonly preferences: Preferences;
  /** Makes entity tags of this session differ from those of an earlier one with the same id. */
  readonly tag: string;
  /** Who opened it (`SessionOptions`). */
  readonly owner?: string;
  /** Wall clock of frame 0 in ms since the epoch, of a live session. */
  readonly anchorMs?: number;
  /** The packet of silence, base64. */
  readonly silence: string;
  /** Of the first init segment. */
  readonly tracks: readonly SavedTrack[];
};

export type JournalRecord =
  | OpenRecord
  | { readonly t: 'snapshot'; readonly version: number; readonly state: SavedState }
  | { readonly t: 'preferences'; readonly preferences: Preferences }
  | { readonly t: 'event'; readonly event: SessionEvent }
  | { readonly t: 'accept'; readonly chunk: SavedChunk; readonly key?: string; readonly answer?: ChunkStatus }
  | { readonly t: 'key'; readonly kind: KeyKind; readonly key: string; readonly answer: unknown }
  /** Somebody makes sentences for a turn from now on. */
  | { readonly t: 'turn'; readonly turn: string; readonly startedMs: number }
  /** What the model was asked in a turn. */
  | { readonly t: 'asked'; readonly turn: string; readonly user: string }
  /** Nobody makes sentences for it any more. */
  | { readonly t: 'made'; readonly turn: string }
  | { readonly t: 'over'; readonly turn: string }
  /** Names of turns that take nothing more. */
  | { readonly t: 'barred'; readonly turns: readonly string[] }
  /** The next init segment: tracks of all renditions. */
  | { readonly t: 'init'; readonly tracks: readonly SavedTrack[] }
  | FillerRecord
  | AirRecord
  | PartRecord
  | OffRecord
  | FateRecord
  | { readonly t: 'state'; readonly state: 'ending' | 'ended'; readonly atMs: number }
  /** A segment that could not be stored. */
  | { readonly t: 'lost'; readonly msn: number }
  | ReopenRecord;

/** `avcC` as base64. */
export type SavedTrack = { readonly width: number; readonly height: number; readonly avcC: string };
