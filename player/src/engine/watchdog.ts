/** What the watchdog looks at and does. */
export type WatchdogHost = {
  /** Playback has run out, though the playlist lists media that is not in the buffer. */
  isStarving(): boolean;
  /** Stops loading, and starts again. */
  restart(): void;
  /** Takes everything anew. */
  reload(): void;
  readonly nowMs: () => number;
};

/** Longer than a server may take for what it has listed, and shorter than a viewer waits. */
const PATIENCE_MS = 4_000;

/**
 * Starts loading again when nothing is loaded though there is something to load and none of it in hand: whatever the player's library has
 * forgotten, the stream goes on. Driven by playlists that arrive, because timers of a page that is not seen hardly run.
 */
export class Watchdog {
  readonly #host: WatchdogHost;
  #movedAtMs: number;
  #tries = 0;

  constructor(host: WatchdogHost) {
    this.#host = host;
    this.#movedAtMs = host.nowMs();
  }

  /** Something is being loaded. */
  onRequest(): void {
    this.#movedAtMs = this.#host.nowMs();
  }

  /** Something can be played. */
  onMedia(): void {
    this.onRequest();
    this.#tries = 0;
  }

  onPlaylist(): void {
    const { nowMs, isStarving, restart, reload } = this.#host;
    if (!isStarving()) {
      this.onMedia();
    } else if (nowMs() - this.#movedAtMs >= PATIENCE_MS) {
      this.onRequest();
      const act = this.#tries++ === 0 ? restart : reload;
      act();
    }
  }
}
