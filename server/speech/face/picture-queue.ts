import type { StreamError } from '../../errors.ts';

type Waiter = PromiseWithResolvers<IteratorResult<Uint8Array>>;

export type PictureQueueHooks = {
  /** The consumer asks for its first picture. */
  readonly begin: () => void;
  /** A picture was taken: one more may be made. */
  readonly taken: () => void;
  /** No more pictures are wanted. Called once. */
  readonly ended: () => void;
};

/** Pictures of one job between the worker and the one consumer; it holds no more than were granted. */
export class PictureQueue implements AsyncIterableIterator<Uint8Array> {
  readonly #hooks: PictureQueueHooks;
  #remaining: number;
  #ready: Uint8Array[] = [];
  #waiters: Waiter[] = [];
  #failure: StreamError | undefined;
  #ended = false;

  constructor(pictures: number, hooks: PictureQueueHooks) {
    this.#remaining = pictures;
    this.#hooks = hooks;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  push(pixels: Uint8Array): void {
    if (this.#ended) return;
    this.#ready.push(pixels);
    this.#serve();
  }

  /** Ends the queue; waiting and later reads reject with `failure`. */
  fail(failure: StreamError): void {
    if (this.#ended) return;
    this.#failure = failure;
    this.#end();
  }

  async next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#remaining === 0) this.#end();
    if (!this.#ended) this.#hooks.begin();
    // To begin can fail: only a queue that is still open may be waited for.
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#ended) return { done: true, value: undefined };
    const waiter: Waiter = Promise.withResolvers();
    this.#waiters.push(waiter);
    this.#serve();
    return await waiter.promise;
  }

  async return(): Promise<IteratorResult<Uint8Array>> {
    this.#end();
    return { done: true, value: undefined };
  }

  #serve(): void {
    while (this.#waiters.length > 0 && this.#ready.length > 0) {
      const value = this.#ready.shift();
      const waiter = this.#waiters.shift();
      if (value === undefined || waiter === undefined) return;
      this.#remaining--;
      waiter.resolve({ done: false, value });
      if (this.#remaining > 0) this.#hooks.taken();
      else this.#end();
    }
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#ready = [];
    for (const waiter of this.#waiters.splice(0)) {
      if (this.#failure === undefined) waiter.resolve({ done: true, value: undefined });
      else waiter.reject(this.#failure);
    }
    this.#hooks.ended();
  }
}
