import type { PlayheadSample } from './standstills.ts';

/** More than an hour of readings at 50 a second: a player that is forgotten must not fill the memory. */
const MAX_SAMPLES = 200_000;

/** When a player was started, when its first picture came, and where its playhead was since. */
export class PlaybackClock implements Disposable {
  readonly trace: PlayheadSample[] = [];
  /** Resolves when the stream was played for long enough; never for one that is played to its end. */
  readonly enough: Promise<void>;
  readonly #resolve: () => void;
  readonly #playMs: number | undefined;
  readonly #openedMs = performance.now();
  #firstMs: number | undefined;
  #lastMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** @param playSeconds - From the first picture on; `undefined`: to the end. */
  constructor(playSeconds: number | undefined) {
    this.#playMs = playSeconds === undefined ? undefined : playSeconds * 1000;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.enough = promise;
    this.#resolve = resolve;
  }

  /** The first picture is there; calls after the first change nothing. */
  started(): void {
    if (this.#firstMs !== undefined) return;
    this.#firstMs = performance.now();
    if (this.#playMs !== undefined) this.#timer = setTimeout(this.#resolve, this.#playMs);
  }

  /** Where the playhead is now, in seconds; the first move is the first picture. */
  playheadAt(mediaTime: number): void {
    if (this.trace.length < MAX_SAMPLES) this.trace.push([performance.now(), mediaTime]);
  }

  /** The playback is over. */
  stop(): void {
    this.#lastMs ??= performance.now();
  }

  /** From the start to the first picture, in ms. */
  get startedMs(): number | undefined {
    return this.#firstMs === undefined ? undefined : Math.round(this.#firstMs - this.#openedMs);
  }

  /** Since the first picture. */
  get seconds(): number {
    return this.#firstMs === undefined ? 0 : ((this.#lastMs ?? performance.now()) - this.#firstMs) / 1000;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
