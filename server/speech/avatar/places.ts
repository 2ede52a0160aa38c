import { avatarFailure } from './clip-pictures.ts';

/** So many at once; the others wait in order. */
export class Places {
  #free: number;
  #waiting: (() => void)[] = [];
  #taken = new Set<Promise<void>>();

  constructor(size: number) {
    this.#free = size;
  }

  /**
   * Takes a place, given back by the function that this resolves with (calling it again does nothing).
   * @throws {StreamError} `ABORTED`: who does not want it any more leaves the queue at once.
   */
  async enter(signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) throw avatarFailure(undefined, signal);
    if (this.#free > 0) this.#free--;
    else await this.#turn(signal);
    const left = Promise.withResolvers<void>();
    this.#taken.add(left.promise);
    return () => {
      if (!this.#taken.delete(left.promise)) return;
      left.resolve();
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    };
  }

  /** Resolves when all places that are taken now were given back. */
  async empty(): Promise<void> {
    await Promise.all(this.#taken);
  }

  #turn(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const begin = (): void => {
      signal.removeEventListener('abort', leave);
      resolve();
    };
    const leave = (): void => {
      this.#waiting = this.#waiting.filter((waiter) => waiter !== begin);
      reject(avatarFailure(undefined, signal));
    };
    this.#waiting.push(begin);
    signal.addEventListener('abort', leave, { once: true });
    return promise;
  }
}
