import { StreamError } from '../errors.ts';
import { Heap } from '../lib/heap.ts';

type Waiter = { readonly deadlineMs: number; readonly order: number; start(): void };

/** Processes that wait cost memory and descriptors, too. */
export const LENT = 2;

/** Bounds how many encodes run at once; who waits is served nearest deadline first. */
export class EncodePool {
  readonly #limit: number;
  readonly #waiting = new Heap<Waiter>(
    (a, b) => a.deadlineMs < b.deadlineMs || (a.deadlineMs === b.deadlineMs && a.order < b.order),
  );
  #running = 0;
  #order = 0;
  #lent = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Encodes that may run at once. */
  get limit(): number {
    return this.#limit;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Runs `task` once there is room for it.
   *
   * @param deadlineMs - Wall clock at which its first frame is needed.
   * @throws {StreamError} `ABORTED` when the signal aborts while it waits; whatever `task` throws.
   */
  async run<T>(deadlineMs: number, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    await this.#turn(deadlineMs, signal);
    try {
      return await task();
    } finally {
      this.#running -= 1;
      this.#next();
    }
  }

  /**
   * Somebody else may run in the place of a task that is going to wait, up to `LENT` times as many as may run.
   *
   * @returns takes it back, at once.
   */
  lend(): () => void {
    if (this.#lent >= this.#limit * LENT) return () => undefined;
    this.#lent += 1;
    this.#running -= 1;
    this.#next();
    return () => {
      this.#lent -= 1;
      this.#running += 1;
    };
  }

  #turn(deadlineMs: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const aborted = () => new StreamError('ABORTED', 'the encode was called off before it began');
    if (signal.aborted) return Promise.reject(aborted());
    const waiter: Waiter = { deadlineMs, order: this.#order++, start: resolve };
    const leave = () => {
      this.#waiting.remove((other) => other === waiter);
      reject(aborted());
    };
    signal.addEventListener('abort', leave, { once: true });
    this.#waiting.push(waiter);
    this.#next();
    return promise.finally(() => signal.removeEventListener('abort', leave));
  }

  #next(): void {
    if (this.#running >= this.#limit) return;
    const waiter = this.#waiting.pop();
    if (!waiter) return;
    this.#running += 1;
    waiter.start();
  }
}
