import type { RawClip } from '../../encode/types.ts';
import { StreamError } from '../../errors.ts';
import { Slots } from '../../lib/slots.ts';
import type { AvatarJob } from '../providers.ts';
import { avatarFailure, ClipPictures, type PictureSource } from './clip-pictures.ts';

/** A clip whose first picture is there. */
export type OpenClip = PictureSource & { readonly first: Uint8Array };

/** Tells that a service gave fewer pictures than were wanted: the last one is shown instead of those. */
export type OnShort = (job: AvatarJob, got: number, wanted: number) => void;

type OpenJob = (frames: number, signal: AbortSignal) => Promise<OpenClip>;

/** The jobs of one avatar service: so many at once, the others in order. A job keeps its place until its last picture was read. */
export class ClipJobs {
  readonly #places: Slots;
  readonly #life = new AbortController();
  readonly #onShort: OnShort | undefined;

  constructor(concurrency: number, onShort?: OnShort) {
    this.#places = new Slots(concurrency);
    this.#onShort = onShort;
  }

  /**
   * @param open - Asks the service; must leave nothing behind when it throws. Called when the job's turn has come.
   * @throws {StreamError} `AVATAR_FAILED`, `ABORTED`.
   */
  async render(job: AvatarJob, open: OpenJob): Promise<RawClip> {
    const { speech, picture } = job;
    const signal = AbortSignal.any([job.signal, this.#life.signal]);
    const frames = Math.ceil((speech.pcm.length * picture.fps) / speech.audioRate);
    const clip = { width: picture.width, height: picture.height, fps: picture.fps, frames };
    const sound = { pcm: speech.pcm, audioRate: speech.audioRate };
    if (signal.aborted) throw avatarFailure(undefined, signal);
    if (frames === 0) return { ...clip, ...sound, pictures: noPictures() };
    const leave = await this.#places.take(signal).catch((error: unknown) => {
      throw avatarFailure(error, signal);
    });
    const source = await open(frames, signal).catch((error: unknown) => {
      leave();
      throw avatarFailure(error, signal);
    });
    const onShort = this.#onShort && ((got: number) => this.#onShort?.(job, got, frames));
    const pictures = new ClipPictures({ frames, source, first: source.first, signal, onShort, onEnd: leave });
    // Aborted at the last moment: the pictures are being put away already.
    if (signal.aborted) throw avatarFailure(undefined, signal);
    return { ...clip, ...sound, pictures };
  }

  /** Aborts all jobs; resolves when nothing of them is left. Idempotent. */
  async close(): Promise<void> {
    this.#life.abort(new StreamError('ABORTED', 'the avatar was closed'));
    await this.#places.empty();
  }
}

async function* noPictures(): AsyncGenerator<Uint8Array> {
  // Speech without a sample has none.
}
