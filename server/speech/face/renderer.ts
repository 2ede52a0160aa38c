import { Worker } from 'node:worker_threads';
import type { RawClip } from '../../encode/types.ts';
import { StreamError } from '../../errors.ts';
import type { Speech } from '../voice/speech.ts';
import type { FaceAct, FaceOrder, FaceReport } from './face-job.ts';
import { frameCount } from './mouth.ts';
import { PictureQueue } from './picture-queue.ts';

export type Picture = { readonly width: number; readonly height: number; readonly fps: number };

/** Pictures made before they are asked for, per clip: a third of a second, 8 MB at 512 x 512. */
const LOOK_AHEAD = 8;
const IDLE_SECONDS = 8;
const IDLE_AUDIO_RATE = 48_000;

/** Draws clips of the face in a worker thread, which starts with the first picture and ends with `close()`. */
export class FaceRenderer {
  #worker: Worker | undefined;
  #stopping: Promise<unknown> | undefined;
  #jobs = new Map<number, PictureQueue>();
  #lastId = 0;

  /** The face saying `speech`. Drawing starts at once and ends with `signal`, the last picture or the reader's leaving. */
  speech(speech: Speech, picture: Picture, signal: AbortSignal): RawClip {
    const frames = frameCount(speech, picture.fps);
    const onAbort = (): void => {
      queue.fail(new StreamError('ABORTED', 'drawing the face was aborted', { cause: signal.reason }));
    };
    const { queue, begin } = this.#open({ speech }, frames, picture, () =>
      signal.removeEventListener('abort', onAbort),
    );
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    else if (frames > 0) begin();
    return { ...picture, frames, pictures: queue, pcm: speech.pcm, audioRate: speech.audioRate };
  }

  /** The face listening: a loop of exactly 8 s with silence. Drawing starts with the first read. */
  idle(picture: Picture): RawClip {
    const frames = IDLE_SECONDS * picture.fps;
    const { queue } = this.#open({ idle: IDLE_SECONDS }, frames, picture);
    const pcm = new Int16Array(IDLE_SECONDS * IDLE_AUDIO_RATE);
    return { ...picture, frames, pictures: queue, pcm, audioRate: IDLE_AUDIO_RATE };
  }

  /** Ends all clips that are still being read, and the worker. Idempotent. */
  async close(): Promise<void> {
    this.#stopping ??= this.#worker?.terminate() ?? Promise.resolve();
    this.#failAll(new StreamError('ABORTED', 'the face renderer was closed'));
    await this.#stopping;
    this.#worker = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #open(
    act: FaceAct,
    frames: number,
    picture: Picture,
    onEnd?: () => void,
  ): { queue: PictureQueue; begin: () => void } {
    const { width, height, fps } = picture;
    const id = ++this.#lastId;
    let begun = false;
    const begin = (): void => {
      if (begun) return;
      begun = true;
      if (this.#stopping !== undefined) {
        queue.fail(new StreamError('ABORTED', 'the face renderer is closed'));
        return;
      }
      this.#jobs.set(id, queue);
      this.#order({ type: 'start', job: { id, width, height, fps, act }, credit: LOOK_AHEAD });
      this.#worker?.ref();
    };
    const queue = new PictureQueue(frames, {
      begin,
      taken: () => this.#order({ type: 'grant', id, credit: 1 }),
      ended: () => {
        this.#forget(id);
        onEnd?.();
      },
    });
    return { queue, begin };
  }

  #forget(id: number): void {
    if (!this.#jobs.delete(id)) return;
    if (this.#worker === undefined || this.#stopping !== undefined) return;
    this.#order({ type: 'stop', id });
    // An idle worker must not keep the process alive.
    if (this.#jobs.size === 0) this.#worker.unref();
  }

  #order(order: FaceOrder): void {
    this.#worker ??= this.#startWorker();
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
