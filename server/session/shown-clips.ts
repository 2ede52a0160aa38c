import type { FillerClip } from '../encode/types.ts';
import type { ClipStore } from './journal/clip-store.ts';

/** The filler clips that a session ever showed, by name, and how each is cut. */
export class ShownClips {
  /** Not made before it is needed: most sessions at rest never showed anything. */
  #cuts: Map<string, readonly number[]> | undefined;

  /** @param earlier - What an earlier server showed. */
  constructor(earlier?: Readonly<Record<string, readonly number[]>>) {
    if (earlier) this.#cuts = new Map(Object.entries(earlier));
  }

  get names(): readonly string[] {
    return [...(this.#cuts?.keys() ?? [])];
  }

  note(clip: FillerClip): void {
    this.#cuts ??= new Map();
    this.#cuts.set(clip.id, clip.segmentFrames);
  }

  /** Those that can be had. @param directory - Of clips that this session alone shows. */
  async load(clips: ClipStore, directory: string, renditions: number): Promise<Map<string, FillerClip>> {
    const found = new Map<string, FillerClip>();
    for (const [id, cut] of this.#cuts ?? []) {
      const clip = await clips.load({ id, cut, renditions }, directory);
      if (clip) found.set(id, clip);
    }
    return found;
  }
}
