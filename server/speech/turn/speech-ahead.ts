import { StreamError } from '../../errors.ts';

/** @param number - Of the sentence: work may begin, and fail, before `add` has returned it. */
type Work<T> = (signal: AbortSignal, number: number) => Promise<T>;

type Task<T> = {
  readonly number: number;
  readonly work: Work<T>;
  readonly abort: AbortController;
  result?: Promise<T>;
  done: boolean;
};

/**
 * Work for the sentences of one turn, in order: as many as `ahead` are begun before they are asked for, the others when their turn
 * comes.
 */
export class SpeechAhead<T> {
  readonly #ahead: number;
  readonly #tasks: Task<T>[] = [];

  constructor(ahead: number) {
    this.#ahead = ahead;
  }

  /** @returns the sentence's number. */
  add(work: Work<T>): number {
    const number = this.#tasks.length;
    this.#tasks.push({ number, work, abort: new AbortController(), done: false });
    this.#begin();
    return number;
  }

  /**
   * The result for a sentence; it is forgotten then. Aborting gives the sentence up.
   *
   * @throws {StreamError} `ABORTED`; whatever the work throws.
   */
  async take(number: number, signal: AbortSignal): Promise<T> {
    const task = this.#tasks[number];
    if (task === undefined || task.done) throw new StreamError('ABORTED', `sentence ${number} was given up`);
    const onAbort = (): void => task.abort.abort(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await this.#start(task);
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new StreamError('ABORTED', `speaking sentence ${number} was aborted`, { cause: error });
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#close(task);
    }
  }

  /** Gives a sentence up, wherever it is; its place goes to the next one. */
  drop(number: number): void {
    const task = this.#tasks[number];
    if (task === undefined || task.done) return;
    task.abort.abort(new StreamError('ABORTED', `sentence ${number} was dropped`));
    this.#close(task);
  }

  #close(task: Task<T>): void {
    task.done = true;
    delete task.result;
    this.#begin();
  }

  #begin(): void {
    const waiting = this.#tasks.filter((task) => !task.done);
    for (const task of waiting.slice(0, this.#ahead)) void this.#start(task);
  }

  #start(task: Task<T>): Promise<T> {
    if (task.result !== undefined) return task.result;
    const result = task.work(task.abort.signal, task.number);
    // Whoever takes the sentence hears of the failure; until then nobody listens.
    result.catch(() => undefined);
    task.result = result;
    return result;
  }
}
