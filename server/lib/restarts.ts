const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 10_000;
/** What ran for so long was well: the next end of it is the first one again. */
const WELL_AFTER_MS = 30_000;

/** Paces the starts of something that lives long: at once after its first end, then after a pause that doubles with each further one. */
export class Restarts {
  readonly #now: () => number;
  /** Until it does its work again. */
  #ends = 0;
  #startedMs = 0;
  #restsUntilMs = 0;

  /** @param now - In ms. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Milliseconds until it may be started; 0: now. */
  get pauseMs(): number {
    return Math.max(0, this.#restsUntilMs - this.#now());
  }

  started(): void {
    this.#startedMs = this.#now();
  }

  /** It ended, or could not be started. @returns how long it rests, in ms. */
  ended(): number {
    if (this.#now() - this.#startedMs >= WELL_AFTER_MS) this.#ends = 0;
    const pauseMs = this.#ends === 0 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (this.#ends - 1), MAX_PAUSE_MS);
    this.#ends += 1;
    this.#restsUntilMs = this.#now() + pauseMs;
    return pauseMs;
  }

  /** It does its work. @returns true when it did not before. */
  worked(): boolean {
    const wasDown = this.#ends > 0;
    this.#ends = 0;
    return wasDown;
  }
}
