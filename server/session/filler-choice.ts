import type { EncodedChunk } from '../encode/encoded-chunk.ts';
import type { FillerClip } from '../encode/types.ts';
import type { Grid } from '../timeline/cut.ts';
import type { SessionSettings } from './settings.ts';

/** What is shown in a pause: the idle loop, the last picture of the last chunk, or nothing. */
export class FillerChoice {
  readonly #settings: SessionSettings;
  #idle: FillerClip;
  /** The last picture of the last chunk, for `hold`. */
  #hold: FillerClip | undefined;
  /** The last chunk, until its last picture is encoded for holding: a chunk is played out before that. */
  #lastShown: EncodedChunk | undefined;

  /** @param hold - That an earlier server showed. */
  constructor(settings: SessionSettings, idle: FillerClip, hold?: FillerClip) {
    this.#settings = settings;
    this.#idle = idle;
    this.#hold = hold;
  }

  get idle(): FillerClip {
    return this.#idle;
  }

  /** Another idle loop, from the next filler on. */
  set idle(idle: FillerClip) {
    this.#idle = idle;
  }

  /** No other session shows it. */
  isOwn(clip: FillerClip): boolean {
    return clip === this.#hold;
  }

  /** A chunk leaves the air. */
  showed(chunk: EncodedChunk | undefined): void {
    this.#lastShown = chunk;
  }

  /** What is shown in a pause. */
  get filler(): FillerClip | undefined {
    const { filler, pacing } = this.#settings;
    if (filler === 'none') return undefined;
    if (pacing === 'asap' || filler === 'hold') return this.#held ?? this.#idle;
    return this.#idle;
  }

  /** What the last part shows when the stream ends in a pause. */
  get closing(): FillerClip {
    return this.filler ?? this.#held ?? this.#idle;
  }

  /** Frames of its last picture that are encoded with each chunk. */
  holdFrames(grid: Grid): number {
    const { filler, pacing, profile } = this.#settings;
    if (filler === 'none') return grid.partFrames;
    return pacing === 'asap' || filler === 'hold' ? profile.fps : 0;
  }

  get #held(): FillerClip | undefined {
    this.#hold = this.#lastShown?.hold ?? this.#hold;
    if (this.#lastShown?.state !== 'encoding') this.#lastShown = undefined;
    return this.#hold;
  }
}

/** Length of the first `count` segments of a loop that is shown again and again, in frames. */
export function firstSegments({ segmentFrames }: FillerClip, count: number): number {
  let frames = 0;
  for (let at = 0; at < count; at++) frames += segmentFrames[at % segmentFrames.length] ?? 0;
  return frames;
}
