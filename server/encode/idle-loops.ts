import { SharedWork } from '../lib/shared-work.ts';
import { Slots } from '../lib/slots.ts';
import { WeakValues } from '../lib/weak-values.ts';
import { gridFor } from '../timeline/cut.ts';
import type { Profile } from '../timeline/profile.ts';
import type { ChunkEncoder } from './chunk-encoder.ts';
import { encodeLoop, encodeStill, type FillerRequest, readFiller } from './filler-clip.ts';
import type { FillerClip, RawClip, VideoEncoderName } from './types.ts';

/** Clips that stay in memory when no session shows them: at 512 x 512 a loop has 0.5 MB, at 1920 x 1080 and 60 fps 8 MB. */
const KEPT_CLIPS = 8;

export type IdleLoopsOptions = {
  readonly chunks: ChunkEncoder;
  readonly encoder: VideoEncoderName;
  readonly cacheDirectory: string;
  /** Draws the idle loop of a profile; `version` names a look's drawing, for the cache. */
  readonly idle: {
    version(look: string | undefined): string;
    draw(profile: Profile, look: string | undefined): RawClip;
  };
  now(): number;
  readonly signal: AbortSignal;
};

/** Which filler: of a profile, cut for a target duration in seconds, of a look. */
export type FillerKey = {
  readonly profile: Profile;
  readonly targetDuration: number;
  readonly look?: string | undefined;
};

/**
 * Idle loops by profile and look. Drawing and encoding one takes as long as 12 seconds of talk, so a session begins with the loop's
 * first picture, standing still; the loop itself is made when somebody watches, one at a time and after all that is said.
 */
export class IdleLoops {
  readonly #options: IdleLoopsOptions;
  readonly #clips = new WeakValues<FillerClip>(KEPT_CLIPS);
  readonly #work = new SharedWork<FillerClip>();
  readonly #oneAtATime = new Slots(1);

  constructor(options: IdleLoopsOptions) {
    this.#options = options;
  }

  /**
   * What can be shown at once: the loop where it was made before, else its first picture.
   *
   * @throws {StreamError} `ENCODER_FAILED`, `AVATAR_FAILED`; the signal's reason.
   */
  async filler(key: FillerKey, signal?: AbortSignal): Promise<FillerClip> {
    const request = this.#request(key);
    const name = nameOf(request);
    const known = this.#clips.get(name) ?? this.#clips.get(`${name} still`);
    return (
      known ??
      (await this.#work.join(`${name} still`, signal, async (ending) => {
        const cached = await readFiller(request);
        if (cached) return this.#keep(name, cached);
        const still = await encodeStill(request, this.#options.chunks, {
          deadlineMs: this.#options.now(),
          signal: AbortSignal.any([ending, this.#options.signal]),
        });
        return this.#keep(`${name} still`, still);
      }))
    );
  }

  /**
   * The loop. It is called off when all who ask for it have left.
   *
   * @throws {StreamError} `ENCODER_FAILED`, `AVATAR_FAILED`; the signal's reason.
   */
  async loop(key: FillerKey, signal?: AbortSignal): Promise<FillerClip> {
    const request = this.#request(key);
    const name = nameOf(request);
    return (
      this.#clips.get(name) ??
      (await this.#work.join(name, signal, async (ending) => {
        const cached = await readFiller(request);
        if (cached) return this.#keep(name, cached);
        const either = AbortSignal.any([ending, this.#options.signal]);
        const loop = await this.#oneAtATime.use(either, () => encodeLoop(request, this.#options.chunks, either));
        return this.#keep(name, loop);
      }))
    );
  }

  #keep(name: string, clip: FillerClip): FillerClip {
    this.#clips.set(name, clip);
    return clip;
  }

  #request({ profile, targetDuration, look }: FillerKey): FillerRequest {
    const { encoder, cacheDirectory, idle } = this.#options;
    const grid = gridFor(profile.fps, targetDuration);
    const draw = (): RawClip => idle.draw(profile, look);
    return { profile, grid, encoder, look: idle.version(look), cacheDirectory, draw };
  }
}

function nameOf({ profile, grid, look }: FillerRequest): string {
  return JSON.stringify([profile, grid, look]);
}
