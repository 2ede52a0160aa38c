/** A player that asked for nothing for so long is gone. Longer than any reload interval and held request. */
const GONE_AFTER_MS = 10_000;
/** Distinct viewers that are counted; more are only known to be many. */
const MAX_COUNTED = 10_000;

/** Who watches, told by who asks for media. */
export class Viewers {
  readonly #seen = new Map<string, number>();
  #lastMs = Number.NEGATIVE_INFINITY;

  note(viewer: string, nowMs: number): void {
    this.#lastMs = nowMs;
    if (this.#seen.size < MAX_COUNTED || this.#seen.has(viewer)) this.#seen.set(viewer, nowMs);
  }

  /** When somebody last asked, in ms since the epoch; `-Infinity`: nobody did. */
  get lastMs(): number {
    return this.#lastMs;
  }

  watched(nowMs: number): boolean {
    return nowMs - this.#lastMs < GONE_AFTER_MS;
  }

  count(nowMs: number): number {
    for (const [viewer, seenMs] of this.#seen) if (nowMs - seenMs >= GONE_AFTER_MS) this.#seen.delete(viewer);
    return this.#seen.size;
  }
}
