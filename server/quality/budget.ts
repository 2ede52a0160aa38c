/** Lets so much through at once, and so much per second after that. */
export class Budget {
  readonly #perSecond: number;
  readonly #burst: number;
  #left: number;
  #atMs = Number.NEGATIVE_INFINITY;

  constructor(options: { readonly perSecond: number; readonly burst: number }) {
    this.#perSecond = options.perSecond;
    this.#burst = options.burst;
    this.#left = options.burst;
  }

  /** True when one more may pass. */
  take(nowMs: number): boolean {
    const gained = (Math.max(0, nowMs - this.#atMs) * this.#perSecond) / 1000;
    this.#left = Math.min(this.#burst, this.#left + gained);
    this.#atMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
