/** How long it took from when playback was wanted to the first time it moved: once for each viewing. */
export class StartupTimer {
  readonly #abort = new AbortController();
  #wantedAtMs: number | undefined;
  #elapsedMs: number | undefined;

  constructor(video: HTMLVideoElement) {
    const { signal } = this.#abort;
    this.#wantedAtMs = video.paused && !video.autoplay ? undefined : performance.now();
    video.addEventListener('play', () => this.#wanted(), { signal });
    // A tap that comes late is not the network's doing.
    video.addEventListener('pause', () => this.#given(), { signal });
    video.addEventListener('timeupdate', () => this.#moved(video.currentTime > 0), { signal });
    video.addEventListener('playing', () => this.#moved(true), { signal });
  }

  /** Undefined until it has moved. */
  get elapsedMs(): number | undefined {
    return this.#elapsedMs;
  }

  close(): void {
    this.#abort.abort();
  }

  #wanted(): void {
    this.#wantedAtMs ??= performance.now();
  }

  #given(): void {
    if (this.#elapsedMs === undefined) {
      this.#wantedAtMs = undefined;
    }
  }

  #moved(hasMoved: boolean): void {
    if (hasMoved && this.#elapsedMs === undefined && this.#wantedAtMs !== undefined) {
      this.#elapsedMs = Math.round(performance.now() - this.#wantedAtMs);
      this.#abort.abort();
    }
  }
}
