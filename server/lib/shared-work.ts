import { AwaitedWork } from './awaited-work.ts';

type Running<T> = { readonly work: AwaitedWork<T>; readonly abort: AbortController };

/** Work that many ask for by a key and that is done once; it is called off when the last one who asked has left. */
export class SharedWork<T> {
  readonly #running = new Map<string, Running<T>>();

  /** Keys that are worked on now. */
  get size(): number {
    return this.#running.size;
  }

  /**
   * Joins the work for a key, or begins it.
   *
   * @throws what the work throws; `signal.reason` when this asker leaves before its end.
   */
  async join(key: string, signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    const running = this.#running.get(key) ?? this.#begin(key, work);
    try {
      return await running.work.wait(signal);
    } finally {
      if (running.work.waiting === 0 && this.#running.get(key) === running) {
        // Whoever asks from now on gets work of its own.
        this.#running.delete(key);
        running.abort.abort(signal?.reason);
      }
    }
  }

  #begin(key: string, begin: (signal: AbortSignal) => Promise<T>): Running<T> {
    const abort = new AbortController();
    const work = new AwaitedWork(begin(abort.signal));
    const running: Running<T> = { work, abort };
    this.#running.set(key, running);
    void work.done.then(() => {
      if (this.#running.get(key) === running) this.#running.delete(key);
    });
    return running;
  }
}
