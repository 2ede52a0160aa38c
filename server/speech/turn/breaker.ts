/** Failures in a row after which a provider is not asked for a while. */
const FAILURES = 2;
const REST_MS = 30_000;

/** Spares every sentence the wait for a provider that just failed: it rests, then one may try it again. */
export class Breaker {
  #failures = 0;
  #restsUntilMs = 0;
  #lastError: unknown;

  /** Why the provider is not to be asked now; `undefined`: it may be. */
  rests(nowMs: number): unknown {
    return nowMs < this.#restsUntilMs ? this.#lastError : undefined;
  }

  succeeded(): void {
    this.#failures = 0;
    this.#restsUntilMs = 0;
  }

  failed(nowMs: number, error: unknown): void {
    this.#lastError = error;
    this.#failures += 1;
    if (this.#failures >= FAILURES) this.#restsUntilMs = nowMs + REST_MS;
  }
}
