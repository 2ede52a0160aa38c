type Running<T> = { readonly result: Promise<T>; readonly abort: AbortController; askers: number };

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
    running.askers += 1;
    const left = Promise.withResolvers<never>();
    const leave = (): void => left.reject(signal?.reason);
    signal?.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([running.result, left.promise]);
    } finally {
      signal?.removeEventListener('abort', leave);
      running.askers -= 1;
      if (running.askers === 0 && this.#running.get(key) === running) {
        // Whoever asks from now on gets work of its own.
        this.#running.delete(key);
        running.abort.abort(signal?.reason);
      }
    }
  }

  #begin(key: string, work: (signal: AbortSignal) => Promise<T>): Running<T> {
    const abort = new AbortController();
    const running: Running<T> = { result: work(abort.signal), abort, askers: 0 };
    this.#running.set(key, running);
    const done = (): void => {
      if (this.#running.get(key) === running) this.#running.delete(key);
    };
    running.result.then(done, done);
    return running;
  }
}
