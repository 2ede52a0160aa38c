import type { RawClip } from '../../encode/types.ts';
import { StreamError } from '../../errors.ts';
import { Slots } from '../../lib/slots.ts';
import type { Avatar, AvatarJob } from '../providers.ts';
import { Breaker } from './breaker.ts';
import type { Degraded } from './degraded.ts';

export type ResilientFaceOptions = {
  readonly avatar: Avatar;
  /** Speaks when `avatar` does not. */
  readonly fallback?: Avatar | undefined;
  now(): number;
};

/** A face that goes on when its service does not: another avatar, then the voice over the idle picture. */
export class ResilientFace {
  readonly #options: ResilientFaceOptions;
  readonly #slots = new Map<Avatar, Slots>();
  readonly #breaker = new Breaker();

  constructor(options: ResilientFaceOptions) {
    this.#options = options;
    for (const avatar of [options.avatar, options.fallback])
      if (avatar) this.#slots.set(avatar, new Slots(avatar.concurrency));
  }

  /**
   * Pictures to a sentence; `undefined` when the voice alone is to be heard.
   *
   * @param job - Its signal must be aborted when the pictures are not going to be read to their end.
   * @param onDone - The last picture was read, or none will be: the next face may begin.
   * @throws {StreamError} `ABORTED`.
   */
  async render(job: AvatarJob, on: { degraded(degraded: Degraded): void; done(): void }): Promise<RawClip | undefined> {
    const { avatar, fallback, now } = this.#options;
    const resting = this.#breaker.rests(now());
    if (resting) on.degraded({ stage: 'avatar', to: fallback?.name ?? 'voice', error: resting });
    const avatars = [...(resting ? [] : [avatar]), ...(fallback ? [fallback] : [])];
    for (const [index, candidate] of avatars.entries()) {
      try {
        const clip = await this.#use(candidate, job, on.done);
        if (candidate === avatar) this.#breaker.succeeded();
        return clip;
      } catch (error) {
        if (job.signal.aborted) throw new StreamError('ABORTED', 'the face was aborted', { cause: error });
        if (candidate === avatar) this.#breaker.failed(now(), error);
        on.degraded({ stage: 'avatar', to: avatars[index + 1]?.name ?? 'voice', error });
      }
    }
    on.done();
    return undefined;
  }

  async #use(avatar: Avatar, job: AvatarJob, onDone: () => void): Promise<RawClip | undefined> {
    const giveBack = await this.#slots.get(avatar)?.take(job.signal);
    if (!giveBack) throw new StreamError('AVATAR_FAILED', `${avatar.name} has no place to work in`);
    let clip: RawClip | undefined;
    try {
      clip = await avatar.render(job);
    } catch (error) {
      giveBack();
      throw error;
    }
    const done = (): void => {
      job.signal.removeEventListener('abort', done);
      giveBack();
      onDone();
    };
    if (!clip || job.signal.aborted) done();
    else job.signal.addEventListener('abort', done, { once: true });
    // The place is free once the last picture is taken, not once it is encoded.
    return clip && { ...clip, pictures: untilRead(clip.pictures, done) };
  }
}

/** Passes pictures on, and tells when no more will be read. */
function untilRead(pictures: AsyncIterable<Uint8Array>, done: () => void): AsyncIterable<Uint8Array> {
  return {
    [Symbol.asyncIterator]() {
      const source = pictures[Symbol.asyncIterator]();
      return {
        async next() {
          try {
            const result = await source.next();
            if (result.done) done();
            return result;
          } catch (error) {
            done();
            throw error;
          }
        },
        async return() {
          done();
          await source.return?.();
          return { done: true as const, value: undefined };
        },
      };
    },
  };
}
