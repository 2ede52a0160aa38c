import type { PartReport } from './figures.ts';

/** What every part of the benchmark is given. */
export type BenchContext = {
  /** Folder for whatever a part writes; gone after the run. */
  readonly dir: string;
  /** Data folder of the servers that parts start, one after the other: the drawn idle loop is made once. */
  readonly dataDir: string;
  /** The 5 s talking clip, 512x512 at 25 frames per second with sound. */
  readonly clip: string;
  /** Fewer repetitions. */
  readonly quick: boolean;
  /** Tells the person who waits how far it is. */
  log(line: string): void;
};

/** One part: starts what it needs, measures, and leaves nothing running. */
export type BenchPart = (context: BenchContext) => Promise<PartReport>;
