/** Frames come every few milliseconds; an encoder that pauses for longer has stalled. */
const STALLED_AFTER_MS = 1_000;
/**
 * Pictures of a face that is drawn in real time come two or three at once, and some are there when the encoder begins: for so long
 * they look up to 1.5 times as fast as they are, and whoever believes that breaks off in the middle of the sentence.
 */
const UNCERTAIN = { forMs: 400, belowSpeed: 2 };

/** Measures how fast an encode is. All times are in ms on one clock. */
export class EncodeSpeed {
  /** It began; time spent waiting for it does not count. */
  startedMs: number | undefined;
  lastFrameMs: number | undefined;
  /** Time that it had to wait says nothing of its speed. */
  #waitedMs = 0;
  #waitsSinceMs: number | undefined;

  /** It has to wait from now on, or goes on. */
  waits(isWaiting: boolean, nowMs: number): void {
    this.#waitedMs = this.#waited(nowMs);
    this.#waitsSinceMs = isWaiting ? nowMs : undefined;
  }

  #waited(nowMs: number): number {
    return this.#waitedMs + Math.max(0, nowMs - (this.#waitsSinceMs ?? nowMs));
  }

  /**
   * Media seconds encoded per second of wall clock, from the encoder's begin to its last frame; or to now, once it has stalled. Real
   * time at most while it is uncertain.
   */
  of(seconds: number, nowMs: number): number {
    const startedMs = this.startedMs ?? nowMs;
    const lastMs = this.lastFrameMs ?? startedMs;
    const elapsedMs = (nowMs - lastMs > STALLED_AFTER_MS ? nowMs : lastMs) - startedMs - this.#waited(nowMs);
    if (elapsedMs <= 0) return Number.POSITIVE_INFINITY;
    const speed = seconds / (elapsedMs / 1000);
    return elapsedMs < UNCERTAIN.forMs && speed < UNCERTAIN.belowSpeed ? Math.min(speed, 1) : speed;
  }
}
