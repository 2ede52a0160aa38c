import { StreamError } from '../../errors.ts';
import type { Speech, SpeechRequest, Tts } from '../voice/speech.ts';
import type { Slots } from './slots.ts';

/** A sentence's sound and how long the engine took, in milliseconds. */
export type Prepared = { readonly speech: Speech; readonly ttsMs: number };

type Task = { readonly controller: AbortController; result?: Promise<Prepared>; done: boolean };

export type PreparationOptions = {
  readonly tts: Tts;
  readonly slots: Slots;
  /** Sentences whose sound is made before it is asked for. */
  readonly ahead: number;
  readonly now: () => number;
  /** The speaker's life: all its sentences are given up with it. */
  readonly life: AbortSignal;
};

/** The sentences of one turn on their way to sound: a few are spoken ahead, in order, the rest when their turn comes. */
export class Preparation {
  readonly #options: PreparationOptions;
  readonly #requests: readonly SpeechRequest[];
  readonly #tasks: Task[];
  #accepted = -1;

  constructor(requests: readonly SpeechRequest[], options: PreparationOptions) {
    this.#options = options;
    this.#requests = requests;
    this.#tasks = requests.map(() => ({ controller: new AbortController(), done: false }));
  }

  /** Allows the sentences up to and including `accepted` to be spoken ahead. */
  advance(accepted: number): void {
    this.#accepted = Math.max(this.#accepted, accepted);
    const waiting = this.#tasks.slice(0, this.#accepted + 1).filter((task) => !task.done);
    for (const task of waiting.slice(0, this.#options.ahead)) void this.#start(task);
  }

  /** The sound of sentence `index`. Aborting gives the sentence up. */
  async take(index: number, signal: AbortSignal): Promise<Prepared> {
    const task = this.#tasks[index];
    if (task === undefined) throw new RangeError(`sentence ${index} of ${this.#tasks.length}`);
    const onAbort = (): void => task.controller.abort(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await this.#start(task);
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new StreamError('ABORTED', `speaking sentence ${index} was aborted`, { cause: error });
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.drop(index);
    }
  }

  /** Gives sentence `index` up, wherever it is; its place goes to the next one. */
  drop(index: number): void {
    const task = this.#tasks[index];
    if (task === undefined || task.done) return;
    task.done = true;
    task.controller.abort(new StreamError('ABORTED', `sentence ${index} was dropped`));
    delete task.result;
    this.advance(this.#accepted);
  }

  #start(task: Task): Promise<Prepared> {
    if (task.result !== undefined) return task.result;
    const request = this.#requests[this.#tasks.indexOf(task)];
    const signal = AbortSignal.any([task.controller.signal, this.#options.life]);
    const result =
      request === undefined
        ? Promise.reject(new RangeError('no such sentence'))
        : this.#options.slots.use(signal, () => this.#speak(request, signal));
    // Whoever takes the sentence hears of the failure; until then nobody listens.
    result.catch(() => undefined);
    task.result = result;
    return result;
  }

  async #speak(request: SpeechRequest, signal: AbortSignal): Promise<Prepared> {
    const started = this.#options.now();
    const speech = await this.#options.tts.speak({ ...request, signal });
    return { speech, ttsMs: this.#options.now() - started };
  }
}
