/**
 * One piece of work that many wait for. Who leaves leaves nothing behind: a promise would keep everything that ever waited for it, until
 * it settles.
 */
export class AwaitedWork<T> {
  readonly #waiting = new Set<PromiseWithResolvers<T>>();
  readonly #done: Promise<void>;
  /** Passes the outcome on, once there is one. */
  #tell: ((waiter: PromiseWithResolvers<T>) => void) | undefined;

  constructor(work: Promise<T>) {
    this.#done = work.then(
      (result) => this.#settle((waiter) => waiter.resolve(result)),
      (error: unknown) => this.#settle((waiter) => waiter.reject(error)),
    );
  }

  /** Those who wait now. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Resolves when the work is done, however it ended. */
  get done(): Promise<void> {
    return this.#done;
  }

  /** @throws What the work throws; `signal.reason` for who leaves. */
  async wait(signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const waiter = Promise.withResolvers<T>();
    const leave = (): void => {
      this.#waiting.delete(waiter);
      waiter.reject(signal?.reason);
    };
    if (this.#tell === undefined) this.#waiting.add(waiter);
    else this.#tell(waiter);
    signal?.addEventListener('abort', leave, { once: true });
    try {
      return await waiter.promise;
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  #settle(tell: (waiter: PromiseWithResolvers<T>) => void): void {
    this.#tell = tell;
    for (const waiter of this.#waiting) tell(waiter);
    this.#waiting.clear();
  }
}
