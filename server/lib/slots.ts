/** Lets `size` hold a slot at once; the others wait in order. Who is no longer wanted leaves the line at once. */
export class Slots {
  #free: number;
  #waiting: (() => void)[] = [];
  readonly #held = new Set<Promise<void>>();

  constructor(size: number) {
    this.#free = size;
  }

  /**
   * Waits for a slot.
   *
   * @returns the way to give it back; idempotent.
   * @throws `signal.reason` when aborted before its turn.
   */
  async take(signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#free > 0) this.#free--;
    else await this.#turn(signal);
    const givenBack = Promise.withResolvers<void>();
    this.#held.add(givenBack.promise);
    return () => {
      if (!this.#held.delete(givenBack.promise)) return;
      givenBack.resolve();
      this.#pass();
    };
  }

  /** Resolves when all slots that are held now were given back. */
  async empty(): Promise<void> {
    await Promise.all(this.#held);
  }

  /** @throws what `task` throws, or `signal.reason` when aborted before its turn. */
  async use<T>(signal: AbortSignal | undefined, task: () => Promise<T>): Promise<T> {
    const giveBack = await this.take(signal);
    try {
      return await task();
    } finally {
      giveBack();
    }
  }

  /** Hands the slot to the next in line, or puts it back. */
  #pass(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }

  #turn(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const begin = (): void => {
      signal?.removeEventListener('abort', leave);
      resolve();
    };
    const leave = (): void => {
      this.#waiting = this.#waiting.filter((waiter) => waiter !== begin);
      reject(signal?.reason);
    };
    this.#waiting.push(begin);
    signal?.addEventListener('abort', leave, { once: true });
    return promise;
  }
}
