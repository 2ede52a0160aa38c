type Waiter = { readonly bytes: number; begin(): void };

/** Memory that was set aside. */
export type MemoryShare = {
  /** Idempotent. */
  giveBack(): void;
};

/** Bounds the memory of several programs together: each takes the most that it may use before it starts, or waits in order. */
export class MemoryBudget {
  readonly totalBytes: number;
  #freeBytes: number;
  #waiting: Waiter[] = [];

  constructor(totalBytes: number) {
    this.totalBytes = totalBytes;
    this.#freeBytes = totalBytes;
  }

  /** In use. */
  get takenBytes(): number {
    return this.totalBytes - this.#freeBytes;
  }

  /**
   * Waits until so much is free.
   *
   * @param bytes - At most `totalBytes`.
   * @throws `signal.reason` when aborted before its turn; {RangeError} for more than there is.
   */
  async take(bytes: number, signal?: AbortSignal): Promise<MemoryShare> {
    signal?.throwIfAborted();
    if (bytes > this.totalBytes) throw new RangeError(`${bytes} bytes are more than all ${this.totalBytes}`);
    // In order: who wants much must not wait for ever behind those who want little.
    if (this.#waiting.length === 0 && bytes <= this.#freeBytes) this.#freeBytes -= bytes;
    else await this.#turn(bytes, signal);
    let isHeld = true;
    return {
      giveBack: () => {
        if (!isHeld) return;
        isHeld = false;
        this.#freeBytes += bytes;
        this.#serve();
      },
    };
  }

  #serve(): void {
    for (let next = this.#waiting[0]; next && next.bytes <= this.#freeBytes; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#freeBytes -= next.bytes;
      next.begin();
    }
  }

  #turn(bytes: number, signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter: Waiter = {
      bytes,
      begin: () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      },
    };
    const leave = (): void => {
      this.#waiting = this.#waiting.filter((other) => other !== waiter);
      reject(signal?.reason);
      this.#serve();
    };
    this.#waiting.push(waiter);
    signal?.addEventListener('abort', leave, { once: true });
    return promise;
  }
}
