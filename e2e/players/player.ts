import type { Stall } from './standstills.ts';

/** What a playlist turns out to be: `asap` is one that grows from its beginning on (EVENT) and has not ended. */
export type StreamKind = 'live' | 'asap' | 'ended';
export const STREAM_KINDS: readonly StreamKind[] = ['live', 'asap', 'ended'];

/** All there is to play of a stream that has ended, counted in its segments, without any HLS player. */
export type WholeStream = {
  /** In seconds. */
  readonly duration: number;
  readonly frames: number;
  /** AAC packets, and the sum of their sizes in bytes. */
  readonly audioPackets: number;
  readonly audioBytes: number;
  /** Samples per channel that a decoder makes of them. */
  readonly samples: number;
  /** Of its sound, the loudest sample of each 10 ms: see heard-sound.ts. */
  readonly peaks: readonly number[];
};

export type Stream = {
  readonly url: string;
  /** Of its first variant stream, or the same: a media playlist has no other renditions. */
  readonly mediaUrl: string;
  readonly kind: StreamKind;
  /** In Hz. */
  readonly frameRate: number;
  readonly audioRate: number;
  /** Absent: it has not ended, or is too long to be played to its end. */
  readonly whole?: WholeStream;
};

/** Samples per channel that the player counted; or how much of what sounds in the stream was heard where the player's sound comes out. */
export type Sound =
  | { readonly measured: 'decoded'; readonly samples: number }
  | { readonly measured: 'heard'; readonly share: number };

/** Fewer frames than there are, though all were shown: the player's own counter can not tell the rest. */
export type Allowance = { readonly frames: number; readonly because: string };

/** What became of playing a stream once. */
export type Playback = {
  /** Name and version of what played. */
  readonly version: string;
  /** From the command, or the click, to the first picture, in ms. Absent: there was none. */
  readonly startedMs?: number;
  /** What frames and samples could have filled, in seconds: the time since the first picture, or the media that was asked for. */
  readonly seconds: number;
  /** Absent: the player does not tell. */
  readonly frames?: number;
  readonly allowance?: Allowance;
  readonly sound?: Sound;
  /** Each time the playhead stood still when it should have moved. Absent: the player has no playhead, it decodes what comes. */
  readonly stalls?: readonly Stall[];
  /** What ended the playback, or would have for a viewer. */
  readonly errors: readonly string[];
  /** What the player complained of and played on. */
  readonly warnings: readonly string[];
};

export type Run = {
  /** How long a stream without an end is played. */
  readonly seconds: number;
  /** An empty folder, removed afterwards. Other users may enter it. */
  readonly dir: string;
  /** Ends the playback, whatever it does. */
  readonly signal: AbortSignal;
};

/** One row of the table. */
export type Player = {
  /** For `--only`. */
  readonly id: string;
  readonly title: string;
  /** How it is set up, where that is not as it comes, and why. */
  readonly note?: string;
  /** What this machine lacks to run it; `undefined`: nothing. */
  missing(): string | undefined;
  /** Resolves with what was seen, also when that is a failure; nothing it started is left then. */
  play(stream: Stream, run: Run): Promise<Playback>;
};
