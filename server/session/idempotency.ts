import { StreamError } from '../errors.ts';

/** Keys that are remembered; the oldest is forgotten first. */
const REMEMBERED = 1_000;
/** Longest key, in characters. */
export const MAX_KEY_LENGTH = 200;

/** Answers a request that is sent again with the first result. */
export class IdempotencyKeys<T> {
  readonly #results: Map<string, Promise<T>>;

  /** @param known - What was answered before, oldest first. */
  constructor(known: Iterable<readonly [key: string, answer: T]> = []) {
    this.#results = new Map(Array.from(known, ([key, answer]) => [key, Promise.resolve(answer)]));
  }

  /**
   * Runs `work` once per key; without a key, always. A failure is not remembered, so that it can be tried again.
   *
   * @throws {StreamError} `REQUEST_INVALID` for a key that is too long; whatever `work` throws.
   */
  once(key: string | undefined, work: () => Promise<T>): Promise<T> {
    if (key === undefined) return work();
    if (key.length > MAX_KEY_LENGTH) {
      throw new StreamError(
        'REQUEST_INVALID',
        `Idempotency-Key may have ${MAX_KEY_LENGTH} characters, got ${key.length}`,
      );
    }
    const known = this.#results.get(key);
    if (known) return known;
    const result = work();
    this.#results.set(key, result);
    result.catch(() => this.#results.delete(key));
    const [oldest] = this.#results.keys();
    if (this.#results.size > REMEMBERED && oldest !== undefined) this.#results.delete(oldest);
    return result;
  }
}
