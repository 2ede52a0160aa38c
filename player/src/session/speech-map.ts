import type { ChunkRange } from './chunk-range.ts';

type Speech = Pick<ChunkRange, 'id' | 'startMs' | 'endMs'>;

/** More than a playlist's window lists; the oldest are forgotten first. */
const MAX_RANGES = 500;
/** What was decoded is heard a little after the playhead passed it: until then, a change of speed is a click. */
const STILL_HEARD_MS = 250;

/** When somebody speaks, by program date time: what a playlist says of its chunks. All else is filler. */
export class SpeechMap {
  readonly #ranges = new Map<string, Speech>();

  /** False: nothing is known of this stream, which may be all speech. */
  get isKnown(): boolean {
    return this.#ranges.size > 0;
  }

  add({ id, startMs, endMs }: Speech): void {
    this.#ranges.delete(id);
    this.#ranges.set(id, { id, startMs, endMs });
    for (const [oldest] of this.#ranges) {
      if (this.#ranges.size <= MAX_RANGES) {
        break;
      }
      this.#ranges.delete(oldest);
    }
  }

  /** Seconds of filler from a date on, as far as it is known; 0: somebody speaks, or is still heard. */
  silenceFrom(dateMs: number): number {
    const next = this.next(dateMs - STILL_HEARD_MS);
    return next === undefined ? Number.POSITIVE_INFINITY : Math.max(0, next - dateMs) / 1000;
  }

  /** Start of the first speech that is not over at a date; undefined when none is known. */
  next(dateMs: number): number | undefined {
    let first: number | undefined;
    for (const { startMs, endMs } of this.#ranges.values()) {
      if (endMs > dateMs && startMs < (first ?? Number.POSITIVE_INFINITY)) {
        first = startMs;
      }
    }
    return first;
  }
}
