import type { Simulation } from './simulation.ts';

/** Node's timers are no finer. */
const MIN_SLEEP_MS = 1;

/** Keeps a simulation at the wall clock. What comes from outside goes through `enter`. */
export class WallClock {
  readonly #simulation: Simulation;
  readonly #startMs = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;
  /** How late events ran, at worst, since it was last asked: the relay's own error, in ms. */
  #latestMs = 0;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
  }

  /** Brings the simulation up to now, lets something happen, and wakes for what follows from it. */
  enter(run: () => void): void {
    this.#catchUp();
    run();
    this.#arm();
  }

  takeLatestMs(): number {
    const latest = this.#latestMs;
    this.#latestMs = 0;
    return latest;
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #catchUp(): void {
    const nowMs = performance.now() - this.#startMs;
    const { nextMs } = this.#simulation;
    if (nextMs !== undefined) this.#latestMs = Math.max(this.#latestMs, nowMs - nextMs);
    this.#simulation.runUntil(nowMs);
  }

  #arm(): void {
    const { nextMs } = this.#simulation;
    if (nextMs === undefined || nextMs >= this.#timerAtMs) return;
    clearTimeout(this.#timer);
    this.#timerAtMs = nextMs;
    const waitMs = nextMs - (performance.now() - this.#startMs);
    this.#timer = setTimeout(() => this.#wake(), Math.max(MIN_SLEEP_MS, Math.floor(waitMs)));
  }

  #wake(): void {
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    this.#catchUp();
    this.#arm();
  }
}
