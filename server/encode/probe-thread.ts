import { Worker } from 'node:worker_threads';
import { StreamError } from '../errors.ts';
import { isExhausted } from '../lib/exhaustion.ts';
import type { MediaProbe } from './types.ts';

export type HeaderRequest = { readonly id: number; readonly path: string };
/** `undefined`: the thread has begun. `refusal`: why the header is not believed. */
export type HeaderAnswer =
  | { readonly id: number; readonly probe: MediaProbe | undefined; readonly refusal?: string }
  | undefined;

/** Reading headers takes 1 to 15 ms; a file that takes this long was made to. */
const LIMIT_MS = 1_500;
/** Starting the thread takes 100 ms, and much longer while a server starts that has a lot to go on with. */
const START_LIMIT_MS = 10_000;
/** A 10 kB file whose `stts` counts 2 G samples takes all there is. */
const MEMORY_LIMIT_MIB = 128;

/**
 * Reads headers in a thread of its own, so that a table which counts to 2 G neither blocks this event loop nor ends this process.
 * The thread is started when it is needed, kept, and holds no process up.
 */
export class ProbeThread {
  #worker: Worker | undefined;
  #ready = Promise.resolve();
  #nextId = 0;
  readonly #waiting = new Map<number, (probe: MediaProbe | undefined, refusal?: string) => void>();

  /** Starts the thread, so that the first file does not wait for it. */
  warm(): void {
    this.#running();
  }

  /**
   * `undefined` when the headers can't be read, or not within time and memory; also for others that wait behind such a file.
   *
   * @throws {StreamError} `MEDIA_UNSUPPORTED` for a header that is not believed.
   */
  read(path: string): Promise<MediaProbe | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<MediaProbe | undefined>();
    const worker = this.#running();
    if (!worker) return Promise.resolve(undefined);
    const id = this.#nextId++;
    let limit: NodeJS.Timeout | undefined;
    this.#waiting.set(id, (probe, refusal) => {
      clearTimeout(limit);
      if (refusal === undefined) resolve(probe);
      else reject(new StreamError('MEDIA_UNSUPPORTED', refusal));
    });
    void this.#ready.then(() => {
      if (this.#waiting.has(id)) limit = setTimeout(() => this.#drop(worker), LIMIT_MS);
    });
    worker.postMessage({ id, path } satisfies HeaderRequest);
    return promise;
  }

  /** @returns `undefined` when the system gives no thread now. */
  #running(): Worker | undefined {
    if (this.#worker) return this.#worker;
    const worker = startWorker();
    if (!worker) return undefined;
    const ready = Promise.withResolvers<void>();
    const limit = setTimeout(() => this.#drop(worker), START_LIMIT_MS).unref();
    this.#ready = ready.promise;
    worker.on('message', (answer: HeaderAnswer) => {
      if (answer === undefined) {
        clearTimeout(limit);
        ready.resolve();
        return;
      }
      this.#waiting.get(answer.id)?.(answer.probe, answer.refusal);
      this.#waiting.delete(answer.id);
    });
    // Out of memory, or not able to start: ffprobe takes over.
    worker.on('error', () => this.#drop(worker));
    worker.on('exit', () => this.#drop(worker));
    // After the listeners: a listener for messages holds the process up again.
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  #drop(worker: Worker): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    void worker.terminate();
    for (const answer of this.#waiting.values()) answer(undefined);
    this.#waiting.clear();
  }
}

function startWorker(): Worker | undefined {
  try {
    return new Worker(new URL('./probe-worker.ts', import.meta.url), {
      name: 'probe',
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MEMORY_LIMIT_MIB, maxYoungGenerationSizeMb: 16 },
    });
  } catch (error) {
    if (isExhausted(error)) return undefined;
    throw error;
  }
}
