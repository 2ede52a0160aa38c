/** The level of a media element's sound, apart from its `volume`. */
export type Level = {
  /** False: nothing can be done here, `volume` and `muted` are all there is. */
  readonly ready: boolean;
  /** Falls to silence. */
  fall(): void;
  /** Comes back. */
  rise(): void;
};

/** Short enough to be silence at once, long enough not to be heard as a click. */
const SLOPE_SECONDS = 0.02;

/** What browsers count as a user's wish for sound. */
const GESTURES = ['click', 'keydown', 'pointerup'] as const;

/** An element is taken into Web Audio once and for all, whoever plays on it after that. */
const gains = new WeakMap<HTMLMediaElement, GainNode>();

/**
 * Lets a media element sound through Web Audio, where its level falls smoothly: `volume` and `muted` jump, which is a click. Begins
 * with the user's first gesture, before which browsers give Web Audio no sound.
 */
export class SmoothLevel implements Level {
  readonly #element: HTMLMediaElement;
  #context: AudioContext | undefined;

  constructor(element: HTMLMediaElement) {
    this.#element = element;
    for (const type of GESTURES) {
      document.addEventListener(type, this.#onGesture, { capture: true, passive: true });
    }
  }

  get ready(): boolean {
    return this.#gain?.context.state === 'running';
  }

  fall(): void {
    this.#slope(0);
  }

  rise(): void {
    this.#slope(1);
  }

  /** The element goes on sounding. */
  close(): void {
    this.#forgetGestures();
    this.rise();
    if (this.#gain === undefined) {
      void this.#context?.close();
    }
  }

  get #gain(): GainNode | undefined {
    return gains.get(this.#element);
  }

  readonly #onGesture = (): void => {
    this.#context ??= (this.#gain?.context as AudioContext | undefined) ?? new AudioContext();
    const context = this.#context;
    if (this.#gain === undefined || context.state !== 'running') {
      // Refused, or never settled, where it was no gesture after all: the next one may be.
      void context.resume().then(
        () => this.#connect(context),
        () => undefined,
      );
    }
  };

  /** Only what sounds by now: into a context that stands still, an element would fall silent. */
  #connect(context: AudioContext): void {
    if (this.#gain !== undefined || context.state !== 'running') {
      return;
    }
    const gain = context.createGain();
    try {
      context.createMediaElementSource(this.#element).connect(gain).connect(context.destination);
    } catch (error) {
      // Somebody else on the page has taken it into a graph of theirs.
      if (error instanceof DOMException && error.name === 'InvalidStateError') {
        this.#context = undefined;
        void context.close();
        this.#forgetGestures();
        return;
      }
      throw error;
    }
    gains.set(this.#element, gain);
  }

  #forgetGestures(): void {
    for (const type of GESTURES) {
      document.removeEventListener(type, this.#onGesture, { capture: true });
    }
  }

  #slope(to: number): void {
    const gain = this.#gain;
    if (gain !== undefined) {
      const now = gain.context.currentTime;
      gain.gain.cancelScheduledValues(now);
      gain.gain.setValueAtTime(gain.gain.value, now);
      gain.gain.linearRampToValueAtTime(to, now + SLOPE_SECONDS);
    }
  }
}
