import type { StallEvidence } from '../analyse/evidence.ts';
import type { Analysed } from '../analyse/run-figures.ts';
import type { Summary } from '../analyse/summary.ts';
import type { PlayerName } from '../run/players.ts';
import type { LinkProfile } from '../shaper/profiles.ts';
import type { RelayReport } from '../shaper/relay.ts';

/** One look at the buffer: ms from the start of the conversation, and seconds ahead of the playhead. */
export type BufferPoint = readonly [number, number];

/** One run as it is written down. */
export type RunResult = Analysed & {
  readonly player: PlayerName;
  readonly link: string;
  readonly seed: number;
  readonly evidence: readonly StallEvidence[];
  readonly buffer: readonly BufferPoint[];
  /** Media events that tell of trouble: ms from the start, and type. */
  readonly events: readonly { readonly atMs: number; readonly type: string }[];
  readonly droppedFrames: number;
  readonly network: Pick<RelayReport, 'down' | 'up' | 'connections' | 'latestMs'> & {
    readonly fastRetransmits: number;
    readonly timeouts: number;
    /** Of media, playlists and the rest, as the page received them over the whole visit. */
    readonly mediaBytes: number;
    readonly requests: number;
  };
  /** From the navigation to the end. */
  readonly visitSeconds: number;
  /** Cores that other work kept busy meanwhile. */
  readonly otherCores: number;
};

export type CellResult = {
  readonly player: PlayerName;
  readonly link: string;
  readonly summary: Summary;
};

/** All that one call of the benchmark found: what is written as JSON. */
export type StallResults = {
  readonly at: string;
  readonly machine: string;
  readonly browser: string;
  readonly form: string;
  readonly script: {
    readonly turns: number;
    readonly sentences: number;
    readonly speechSeconds: number;
    /** Of the clips, sound and picture. */
    readonly clipKilobitsPerSecond: number;
  };
  readonly links: readonly (LinkProfile & { readonly oneConnectionMegabits: number })[];
  readonly cells: readonly CellResult[];
  readonly runs: readonly RunResult[];
};
