import { quantiles } from '../../../server/lib/quantile.ts';
import type { Delivery } from './viewer.ts';

export type CrowdTask = {
  readonly mediaUrl: string;
  readonly viewers: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
};

/** What a crowd saw. A part counts as published when the first of all viewers was told of it. */
export type CrowdReport = {
  readonly viewers: number;
  readonly parts: number;
  /** From a part's publication until each viewer had all of it, in ms. */
  readonly fanOutMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Parts that some viewer did not get, of those that were published while it was measured. */
  readonly missed: number;
  readonly failures: readonly string[];
  readonly requestsPerSecond: number;
  readonly megabitsPerSecond: number;
  /** CPU of the crowd itself. */
  readonly cores: number;
};

/** Longer than a delivery takes that is not lost. */
const EDGE_MS = 2_000;

/** What was delivered of each part, kept small: a crowd has hundreds of thousands of deliveries, and collecting garbage delays them. */
export class Deliveries {
  readonly parts = new Map<string, { publishedMs: number; readonly gotMs: number[] }>();
  count = 0;
  bytes = 0;

  add({ uri, toldMs, gotMs, bytes }: Delivery): void {
    const part = this.parts.get(uri);
    if (part === undefined) {
      this.parts.set(uri, { publishedMs: toldMs, gotMs: [gotMs] });
    } else {
      part.publishedMs = Math.min(part.publishedMs, toldMs);
      part.gotMs.push(gotMs);
    }
    this.count += 1;
    this.bytes += bytes;
  }
}

type Surroundings = Pick<CrowdReport, 'viewers' | 'failures' | 'cores'> & { readonly seconds: number };

export function summariseCrowd(deliveries: Deliveries, { seconds, ...rest }: Surroundings): CrowdReport {
  const parts = [...deliveries.parts.values()];
  const delays = parts.flatMap(({ gotMs, publishedMs }) => gotMs.map((ms) => ms - publishedMs));
  const [p50 = Number.NaN, p99 = Number.NaN, max = Number.NaN] = quantiles(delays, 0.5, 0.99, 1);
  // Of those at the edges some deliveries fall outside of what is measured.
  const published = parts.map(({ publishedMs }) => publishedMs);
  const [firstMs, lastMs] = [Math.min(...published) + EDGE_MS, Math.max(...published) - EDGE_MS];
  const inside = parts.filter(({ publishedMs }) => publishedMs > firstMs && publishedMs < lastMs);
  return {
    ...rest,
    parts: parts.length,
    fanOutMs: { p50, p99, max },
    missed: inside.reduce((sum, { gotMs }) => sum + rest.viewers - gotMs.length, 0),
    // A playlist and a part each.
    requestsPerSecond: (2 * deliveries.count) / seconds,
    megabitsPerSecond: deliveries.bytes / 125_000 / seconds,
  };
}
