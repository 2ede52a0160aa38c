/** Steps from loud to silent: falling to nothing at once is heard as a click. */
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
  /** Set while it is silenced: what its listener wants, and the volume to go back to. */
  #held: { muted: boolean; readonly volume: number } | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(element: Audible) {
    this.#element = element;
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

  /** Silent within 20 ms. @param ramp - False: at once. A page that is not seen has slow timers. */
  begin(ramp = true): void {
    if (this.#held !== undefined) {
      return;
    }
    const { muted, volume } = this.#element;
    this.#held = { muted, volume };
    if (!muted) {
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
    this.#element.volume = held.volume;
    this.#element.muted = held.muted;
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
