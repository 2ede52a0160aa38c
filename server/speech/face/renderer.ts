import { availableParallelism } from 'node:os';
import type { RawClip } from '../../encode/types.ts';
import { StreamError } from '../../errors.ts';
import type { Speech } from '../voice/speech.ts';
import type { FaceAct } from './face-job.ts';
import { FaceThread } from './face-thread.ts';
import type { Joins } from './join-pose.ts';
import { lookNamed } from './looks.ts';
import { PictureQueue } from './picture-queue.ts';
import { frameCount } from './poses.ts';

export { LOOKS, lookVersion } from './looks.ts';

export type Picture = { readonly width: number; readonly height: number; readonly fps: number };

/** Pictures made before they are asked for, per clip: a third of a second, 8 MB at 512 x 512; fewer of larger ones. */
const LOOK_AHEAD = { pictures: 8, bytes: 16 * 2 ** 20 };
const BYTES_PER_PIXEL = 4;
/** As long as can be drawn and encoded beside talk on two cores: twice as long, and the first answer of a new look is late. */
const IDLE_SECONDS = 12;
const IDLE_AUDIO_RATE = 48_000;
/** One thread draws ten times faster than pictures are shown; the encoders need the other cores more. */
const MAX_THREADS = availableParallelism() > 2 ? 2 : 1;

export type SpeakingOptions = {
  readonly signal: AbortSignal;
  readonly look?: string | undefined;
  /** How it goes over from the clip before, and into the next. Absent: the head rests at both ends. */
  readonly joins?: Joins | undefined;
};

type Opened = { readonly queue: PictureQueue; readonly begin: () => void };

function lookAhead(width: number, height: number): number {
  const fitting = Math.floor(LOOK_AHEAD.bytes / (width * height * BYTES_PER_PIXEL));
  return Math.max(2, Math.min(LOOK_AHEAD.pictures, fitting));
}

async function* repeated(pictures: PictureQueue, times: number): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const pixels of pictures) for (let count = 0; count < times; count++) yield pixels;
}

/**
 * Draws clips of the face in worker threads, which start with the first picture and end with `close()`.
 * `look` is the name of one of `LOOKS`, absent for the first. Each method throws `StreamError` `REQUEST_INVALID` for
 * any other.
 */
export class FaceRenderer {
  #threads: FaceThread[] = [];
  #closed = false;
  #lastId = 0;

  /** The face saying `speech`. Drawing starts at once and ends with `signal`, the last picture or the reader's leaving. */
  speech(speech: Speech, picture: Picture, { signal, look, joins }: SpeakingOptions): RawClip {
    const frames = frameCount(speech, picture.fps);
    const onAbort = (): void => {
      queue.fail(new StreamError('ABORTED', 'drawing the face was aborted', { cause: signal.reason }));
    };
    const act = { speech, ...(joins !== undefined && { joins }) };
    const { queue, begin } = this.#open(act, frames, picture, look, () => signal.removeEventListener('abort', onAbort));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    else if (frames > 0) begin();
    return { ...picture, frames, pictures: queue, pcm: speech.pcm, audioRate: speech.audioRate };
  }

  /** The face listening: a loop of 12 s with silence. Drawing starts with the first read. */
  idle(picture: Picture, look?: string): RawClip {
    const frames = IDLE_SECONDS * picture.fps;
    const { queue } = this.#open({ idle: IDLE_SECONDS }, frames, picture, look);
    return this.#silent(frames, picture, queue);
  }

  /**
   * The face holding still, as long as `idle()`: the picture at which every clip begins and ends. It is drawn once,
   * with the first read; all pictures are the same memory, for reading only.
   */
  still(picture: Picture, look?: string): RawClip {
    const frames = IDLE_SECONDS * picture.fps;
    const { queue } = this.#open({ still: true }, 1, picture, look);
    return this.#silent(frames, picture, repeated(queue, frames));
  }

  /** Ends all clips that are still being read, and the workers. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #silent(frames: number, picture: Picture, pictures: AsyncIterable<Uint8Array>): RawClip {
    const pcm = new Int16Array(IDLE_SECONDS * IDLE_AUDIO_RATE);
    return { ...picture, frames, pictures, pcm, audioRate: IDLE_AUDIO_RATE };
  }

  /** The thread with the least to do; a further one when all are busy. */
  #threadForJob(): FaceThread {
    const [least] = this.#threads.toSorted((one, other) => one.load - other.load);
    if (least !== undefined && (least.load === 0 || this.#threads.length >= MAX_THREADS)) return least;
    const thread = new FaceThread();
    this.#threads.push(thread);
    return thread;
  }

  #open(
    act: FaceAct,
    frames: number,
    { width, height, fps }: Picture,
    lookName: string | undefined,
    onEnd?: () => void,
  ): Opened {
    const look = lookNamed(lookName).name;
    const id = ++this.#lastId;
    let thread: FaceThread | undefined;
    const begin = (): void => {
      if (thread !== undefined) return;
      if (this.#closed) {
        queue.fail(new StreamError('ABORTED', 'the face renderer is closed'));
        return;
      }
      thread = this.#threadForJob();
      thread.start({ id, width, height, fps, look, act }, queue, lookAhead(width, height));
    };
    const queue = new PictureQueue(frames, {
      begin,
      taken: () => thread?.grant(id),
      ended: () => {
        thread?.stop(id);
        onEnd?.();
      },
    });
    return { queue, begin };
  }
}
