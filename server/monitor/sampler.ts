import type { Clock } from '../session/clock.ts';

/** Milliseconds between two samples. */
export const SAMPLE_EVERY_MS = 5_000;
/** Somebody who looked does so again within this time, or looks no more. */
const LOOKING_MS = 30_000;

export type SamplerOptions = {
  readonly clock: Pick<Clock, 'now' | 'at' | 'cancel'>;
  /** Takes a sample. @returns true when nothing runs, so that the next would be the same. */
  sample(nowMs: number): boolean;
  onWake(): void;
  onSleep(): void;
};

/** Takes samples while something runs or somebody looks; else there is no appointment with the clock. */
export class Sampler {
  readonly #options: SamplerOptions;
  #isAwake = false;
  #isClosed = false;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #sampledMs = Number.NEGATIVE_INFINITY;

  constructor(options: SamplerOptions) {
    this.#options = options;
  }

  get isAwake(): boolean {
    return this.#isAwake;
  }

  /** Something happens: on the path of every request. */
  wake(): void {
    if (this.#isAwake || this.#isClosed) return;
    this.#isAwake = true;
    this.#options.onWake();
    // What wakes and sleeps all the time is not sampled more often than what stays awake.
    this.#meetAt(Math.max(this.#options.clock.now(), this.#sampledMs + SAMPLE_EVERY_MS));
  }

  /** Somebody wants to see how it is. */
  look(): void {
    this.#lookedMs = this.#options.clock.now();
    this.wake();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#isAwake) this.#sleep();
    this.#options.clock.cancel(this);
  }

  #meetAt(atMs: number): void {
    this.#options.clock.at(this, atMs, () => this.#tick());
  }

  #tick(): void {
    const nowMs = this.#options.clock.now();
    this.#sampledMs = nowMs;
    const isIdle = this.#options.sample(nowMs);
    if (isIdle && nowMs - this.#lookedMs >= LOOKING_MS) this.#sleep();
    else this.#meetAt(nowMs + SAMPLE_EVERY_MS);
  }

  #sleep(): void {
    this.#isAwake = false;
    this.#options.onSleep();
  }
}
