/** Lets `size` tasks run at once; the others wait in order. A task that is no longer wanted is not begun. */
export class Slots {
  #free: number;
  #waiting: (() => void)[] = [];
  #running = new Set<Promise<unknown>>();

  constructor(size: number) {
    this.#free = size;
  }

  /** @throws what `task` throws, or `signal.reason` when aborted before its turn. */
  async use<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await this.#turn(signal);
    try {
      signal.throwIfAborted();
      const running = task();
      this.#running.add(running);
      try {
        return await running;
      } finally {
        this.#running.delete(running);
      }
    } finally {
      this.#pass();
    }
  }

  /** Resolves when what runs now has ended, well or not. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  /** Hands the slot to the next in line, or puts it back. */
  #pass(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free++;
    else next();
  }

  #turn(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const begin = (): void => {
      signal.removeEventListener('abort', leave);
      resolve();
    };
    const leave = (): void => {
      this.#waiting = this.#waiting.filter((waiter) => waiter !== begin);
      reject(signal.reason);
    };
    this.#waiting.push(begin);
    signal.addEventListener('abort', leave, { once: true });
    return promise;
  }
}
