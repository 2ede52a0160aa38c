import type { RawClip } from '../../encode/types.ts';
import { StreamError } from '../../errors.ts';
import type { SpeakingOptions } from '../face/renderer.ts';
import type { Avatar, Look, Picture, Speech } from '../providers.ts';
import { avatarFailure, ClipPictures } from './clip-pictures.ts';

/** What is used of a `FaceRenderer`. */
export type DrawnFace = {
  speech(speech: Speech, picture: Picture, options: SpeakingOptions): RawClip;
  idle(picture: Picture, look?: string): RawClip;
};

export type DrawnLooks = {
  /** The first is the default. */
  readonly looks: readonly Look[];
  /** Names the drawing and the movement of a look. */
  lookVersion(name: string): string;
};

/** One thread draws, far faster than real time: the next sentence is begun while one is being read. */
const CONCURRENCY = 2;

/** The face that this server draws itself. The renderer is its owner's to close. */
export function createDrawnAvatar(renderer: DrawnFace, { looks, lookVersion }: DrawnLooks): Avatar {
  const life = new AbortController();
  /** An unknown look is the default one. */
  const known = (look?: string): string | undefined =>
    looks.some(({ name }) => name === look) ? look : looks[0]?.name;

  return {
    name: 'drawn',
    concurrency: CONCURRENCY,
    looks,
    async render(job) {
      const signal = AbortSignal.any([job.signal, life.signal]);
      if (signal.aborted) throw avatarFailure(undefined, signal);
      const clip = renderer.speech(job.speech, job.picture, { signal, look: known(job.look), joins: job.joins });
      const reader = clip.pictures[Symbol.asyncIterator]();
      const next = async (): Promise<Uint8Array | undefined> => {
        const { done, value } = await reader.next();
        return done ? undefined : value;
      };
      const leave = async (): Promise<void> => void (await reader.return?.());
      try {
        const first = await next();
        const source = { next, finish: leave, stop: leave };
        const pictures = new ClipPictures({ frames: clip.frames, source, signal, ...(first && { first }) });
        if (signal.aborted) throw avatarFailure(undefined, signal);
        return { ...clip, pictures };
      } catch (error) {
        throw avatarFailure(error, signal);
      }
    },
    idle: (picture, look) => renderer.idle(picture, known(look)),
    idleLook: (look) => lookVersion(known(look) ?? ''),
    async close() {
      life.abort(new StreamError('ABORTED', 'the drawn avatar was closed'));
    },
  };
}
