import type { EndedEncode } from '../encode/types.ts';
import { median } from '../lib/quantile.ts';
import { RecentValues } from './recent-values.ts';

/** The encoder as it is now. */
export type EncoderLoad = {
  readonly name: string;
  readonly active: number;
  readonly waiting: number;
  /** Encodes that may run at once. */
  readonly limit: number;
};

/** A speed is told of encodes that gave at least so much: of less, the start of the process is all one would see. */
const LEAST_SECONDS = 0.5;
const KEPT = 256;

/** What the encoder did. */
export class Encodes {
  readonly counts = { done: 0, failed: 0, mediaSeconds: 0, seconds: 0 };
  readonly #speeds = new RecentValues(KEPT);

  /** @returns media seconds per second, when it is worth telling. */
  ended({ isDone, mediaSeconds, seconds }: EndedEncode, nowMs: number): number | undefined {
    this.counts[isDone ? 'done' : 'failed'] += 1;
    this.counts.mediaSeconds += mediaSeconds;
    this.counts.seconds += seconds;
    if (!isDone || mediaSeconds < LEAST_SECONDS || seconds <= 0) return undefined;
    const speed = mediaSeconds / seconds;
    this.#speeds.add(speed, nowMs);
    return speed;
  }

  /** Median of the encodes that ended since then. */
  speedSince(ms: number): number | undefined {
    const speed = median(this.#speeds.since(ms));
    return speed && Math.round(speed * 100) / 100;
  }
}
