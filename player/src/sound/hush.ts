import type { Level } from './level.ts';

/** Steps of `volume` from loud to silent, where there is no smoother way: falling to nothing at once is a louder click. */
const RAMP = [0.6, 0.3, 0.1];
const RAMP_STEP_MS = 5;

/** The part of a media element that makes it silent. */
export type Audible = { muted: boolean; volume: number };

/**
 * Silences a media element for a while, and remembers what its listener wants: who muted it, or mutes it meanwhile, is never
 * given the sound back.
 */
export class Hush {
  readonly #element: Audible;
  readonly #level: Level | undefined;
  /** Set while it is silenced: what its listener wants, and the volume to go back to. */
  #held: { muted: boolean; readonly volume: number; readonly fell: boolean } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param level - Without one, or while it is not ready, `volume` and `muted` do it. */
  constructor(element: Audible, level?: Level) {
    this.#element = element;
    this.#level = level;
  }

  get active(): boolean {
    return this.#held !== undefined;
  }

  /** What the listener wants, whether it is so just now or not. */
  get muted(): boolean {
    return this.#held?.muted ?? this.#element.muted;
  }

  set muted(muted: boolean) {
    if (this.#held === undefined) {
      this.#element.muted = muted;
    } else {
      this.#held.muted = muted;
    }
  }

  /** Silent within 20 ms. @param ramp - False: `volume` falls at once. A page that is not seen has slow timers. */
  begin(ramp = true): void {
    if (this.#held !== undefined) {
      return;
    }
    const { muted, volume } = this.#element;
    const fell = this.#level?.ready === true;
    this.#held = { muted, volume, fell };
    if (fell) {
      this.#level?.fall();
    } else if (!muted) {
      this.#fade(ramp ? [...RAMP] : [], volume);
    }
  }

  /** Gives the sound back, if its listener wants it. */
  end(): void {
    const held = this.#held;
    if (held === undefined) {
      return;
    }
    clearTimeout(this.#timer);
    this.#held = undefined;
    this.#element.muted = held.muted;
    if (held.fell) {
      this.#level?.rise();
    } else {
      this.#element.volume = held.volume;
    }
  }

  #fade(steps: number[], volume: number): void {
    const step = steps.shift();
    if (step === undefined) {
      this.#element.muted = true;
      this.#element.volume = volume;
      return;
    }
    this.#element.volume = volume * step;
    this.#timer = setTimeout(() => this.#fade(steps, volume), RAMP_STEP_MS);
  }
}
