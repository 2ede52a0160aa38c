import { Worker } from 'node:worker_threads';
import { StreamError } from '../../errors.ts';
import type { FaceJob, FaceOrder, FaceReport } from './face-job.ts';
import type { PictureQueue } from './picture-queue.ts';

/** One worker that draws: it starts with the first job and starts again when it was lost. */
export class FaceThread {
  #worker: Worker | undefined;
  #stopping: Promise<unknown> | undefined;
  #jobs = new Map<number, PictureQueue>();

  /** Jobs that are being drawn. */
  get load(): number {
    return this.#jobs.size;
  }

  /** Draws `job` into `queue`, at first up to `credit` pictures. */
  start(job: FaceJob, queue: PictureQueue, credit: number): void {
    if (this.#stopping !== undefined) {
      queue.fail(new StreamError('ABORTED', 'the face renderer is closed'));
      return;
    }
    this.#jobs.set(job.id, queue);
    this.#order({ type: 'start', job, credit });
    this.#worker?.ref();
  }

  /** Allows one more picture. */
  grant(id: number): void {
    if (this.#jobs.has(id)) this.#order({ type: 'grant', id, credit: 1 });
  }

  /** Forgets a job whose queue has ended. */
  stop(id: number): void {
    if (!this.#jobs.delete(id)) return;
    if (this.#worker === undefined || this.#stopping !== undefined) return;
    this.#order({ type: 'stop', id });
    // An idle worker must not keep the process alive.
    if (this.#jobs.size === 0) this.#worker.unref();
  }

  /** Ends all jobs and the worker. Idempotent. */
  async close(): Promise<void> {
    this.#stopping ??= this.#worker?.terminate() ?? Promise.resolve();
    this.#failAll(new StreamError('ABORTED', 'the face renderer was closed'));
    await this.#stopping;
    this.#worker = undefined;
  }

  #order(order: FaceOrder): void {
    try {
      this.#worker ??= this.#startWorker();
    } catch (cause) {
      this.#failAll(new StreamError('SPEECH_FAILED', 'the thread that draws the face could not be started', { cause }));
      return;
    }
    this.#worker.postMessage(order);
  }

  #startWorker(): Worker {
    const worker = new Worker(new URL('./face-worker.ts', import.meta.url), { name: 'face', execArgv: [] });
    worker.on('message', (report: FaceReport) => {
      const queue = this.#jobs.get(report.id);
      if (report.type === 'picture') queue?.push(report.pixels);
      else queue?.fail(new StreamError('SPEECH_FAILED', `the face could not be drawn: ${report.message}`));
    });
    worker.on('error', (cause) => this.#lost(worker, cause));
    worker.on('exit', () => this.#lost(worker, undefined));
    return worker;
  }

  /** A worker that ended by itself fails its clips; the next clip starts another. */
  #lost(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker || this.#stopping !== undefined) return;
    this.#worker = undefined;
    this.#failAll(new StreamError('SPEECH_FAILED', 'the thread that draws the face ended', { cause }));
  }

  #failAll(failure: StreamError): void {
    for (const queue of [...this.#jobs.values()]) queue.fail(failure);
    this.#jobs.clear();
  }
}
