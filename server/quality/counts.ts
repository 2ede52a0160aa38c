/** What adds up: of one viewer, of a session, of all. Only ever grows. */
export type Counts = {
  /** Playbacks, told apart by `sid`. */
  playbacks: number;
  /** Those that told how long they took to start, and the sum of it. */
  starts: number;
  startDelayMs: number;
  stalls: number;
  rebufferMs: number;
  /** Time in which something was playing or meant to: see `viewer.ts`. */
  watchMs: number;
  /** That part of it in which rebuffering is timed, too. */
  timedWatchMs: number;
  droppedFrames: number;
  /** Errors that players reported. */
  errors: number;
};

export function noCounts(): Counts {
  return {
    playbacks: 0,
    starts: 0,
    startDelayMs: 0,
    stalls: 0,
    rebufferMs: 0,
    watchMs: 0,
    timedWatchMs: 0,
    droppedFrames: 0,
    errors: 0,
  };
}

/** One set of counts that are kept together: what is added to the first is added to all. */
export type Ledger = readonly Counts[];

export function credit(ledger: Ledger, field: keyof Counts, amount: number): void {
  for (const counts of ledger) counts[field] += amount;
}

const HOUR_MS = 3_600_000;

/** @returns `undefined` while nobody watched. */
export function stallsPerHour({ stalls, watchMs }: Pick<Counts, 'stalls' | 'watchMs'>): number | undefined {
  return watchMs > 0 ? (stalls * HOUR_MS) / watchMs : undefined;
}

/** Share of the timed watch time that was spent waiting for the buffer, 0 to 1. @returns `undefined` while none is timed. */
export function rebufferRatio({
  rebufferMs,
  timedWatchMs,
}: Pick<Counts, 'rebufferMs' | 'timedWatchMs'>): number | undefined {
  // A stall is told when it is over, a little before the watch time it fell into.
  return timedWatchMs > 0 ? Math.min(1, rebufferMs / timedWatchMs) : undefined;
}
