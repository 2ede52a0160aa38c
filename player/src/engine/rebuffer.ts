/** Media to have in hand before playback goes on after it ran out, in seconds: at first, and at most. */
const FIRST = 0.4;
const MOST = 4;
/** Longer apart, one stall says nothing about the next. */
const TOGETHER_MS = 60_000;
/** Nobody waits longer for more, if there is anything. */
const PATIENCE_MS = 10_000;

/** What holds decide by. */
export type HoldState = {
  readonly nowMs: number;
  /** Buffered ahead of the playhead, in seconds. */
  readonly bufferAhead: number;
  /** Nothing more comes: what is there is all there is. */
  readonly isAll: boolean;
};

/**
 * Holds playback that ran out of media until it can go on for a while: browsers go on with a few frames and stand still again, which
 * is one stall after the other. Each stall soon after another wants twice as much. Reads no clock.
 */
export class Rebuffer {
  #wanted = FIRST;
  #lastMs = Number.NEGATIVE_INFINITY;
  #heldSinceMs: number | undefined;

  get holding(): boolean {
    return this.#heldSinceMs !== undefined;
  }

  /** When it began; undefined while nothing is held. */
  get heldSinceMs(): number | undefined {
    return this.#heldSinceMs;
  }

  /** Playback has run out of media. */
  begin(nowMs: number): void {
    if (this.#heldSinceMs !== undefined) {
      return;
    }
    const isSoon = nowMs - this.#lastMs < TOGETHER_MS;
    this.#wanted = isSoon ? Math.min(MOST, this.#wanted * 2) : FIRST;
    this.#lastMs = nowMs;
    this.#heldSinceMs = nowMs;
  }

  /** True once playback may go on; then nothing is held any more. */
  release({ nowMs, bufferAhead, isAll }: HoldState): boolean {
    const sinceMs = this.#heldSinceMs;
    if (sinceMs === undefined) {
      return true;
    }
    const isEnough = bufferAhead >= this.#wanted || isAll;
    const isLate = nowMs - sinceMs >= PATIENCE_MS && bufferAhead > 0;
    if (isEnough || isLate) {
      this.#heldSinceMs = undefined;
      this.#lastMs = nowMs;
      return true;
    }
    return false;
  }

  /** A seek or a new source: what was held is not to be played any more. */
  cancel(): void {
    this.#heldSinceMs = undefined;
  }
}
