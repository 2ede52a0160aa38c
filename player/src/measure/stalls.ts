/** One look at the playhead. */
export type PlayheadSample = {
  /** Monotonic clock. */
  readonly nowMs: number;
  /** The media element's currentTime, in seconds. */
  readonly position: number;
  /** Not paused, not seeking, not ended, first frame shown. */
  readonly shouldPlay: boolean;
};

/** A playhead that stands still for longer is a stall; shorter is the granularity of currentTime. */
const STALL_MS = 100;
/** Samples further apart say nothing: the page was suspended (sleep, frozen tab), not the stream. */
const SUSPENDED_MS = 5_000;

/** Counts how often and how long playback stood still although it should have moved. Reads no clock. */
export class StallDetector {
  #previous: PlayheadSample | undefined;
  /** How long the playhead has stood still by now. */
  #stillMs = 0;
  #open = false;
  #count = 0;
  #closedMs = 0;

  get count(): number {
    return this.#count;
  }

  /** One is going on. */
  get open(): boolean {
    return this.#open;
  }

  /** How long the one that is going on has lasted. */
  get openMs(): number {
    return this.#open ? this.#stillMs : 0;
  }

  /** Of all stalls, the one going on included. */
  get totalMs(): number {
    return this.#closedMs + (this.#open ? this.#stillMs : 0);
  }

  sample(sample: PlayheadSample): void {
    const previous = this.#previous;
    this.#previous = sample;
    if (previous === undefined || !comparable(previous, sample)) {
      this.#settle(this.#open ? this.#stillMs : 0);
      return;
    }
    const stepMs = sample.nowMs - previous.nowMs;
    const advancedMs = (sample.position - previous.position) * 1000;
    this.#stillMs += stepMs;
    if (advancedMs > 0) {
      // More than the time that passed was not played but jumped over.
      this.#settle(this.#stillMs - Math.min(advancedMs, stepMs));
    } else if (this.#stillMs > STALL_MS) {
      this.#begin();
    }
  }

  #begin(): void {
    if (!this.#open) {
      this.#open = true;
      this.#count++;
    }
  }

  /** Ends a stretch of standing still; `lostMs` is the part of it that was not played. */
  #settle(lostMs: number): void {
    if (lostMs > STALL_MS) {
      this.#begin();
      this.#closedMs += lostMs;
    }
    this.#open = false;
    this.#stillMs = 0;
  }
}

function comparable(previous: PlayheadSample, sample: PlayheadSample): boolean {
  return (
    previous.shouldPlay &&
    sample.shouldPlay &&
    sample.position >= previous.position &&
    sample.nowMs - previous.nowMs < SUSPENDED_MS
  );
}
