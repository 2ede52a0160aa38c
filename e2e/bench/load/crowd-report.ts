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

type Surroundings = Pick<CrowdReport, 'viewers' | 'failures' | 'cores'> & { readonly seconds: number };

export function summariseCrowd(deliveries: readonly Delivery[], { seconds, ...rest }: Surroundings): CrowdReport {
  const parts = [...Map.groupBy(deliveries, ({ uri }) => uri).values()].map((got) => ({
    got,
    publishedMs: got.reduce((first, { toldMs }) => Math.min(first, toldMs), Number.POSITIVE_INFINITY),
  }));
  const delays = parts.flatMap(({ got, publishedMs }) => got.map(({ gotMs }) => gotMs - publishedMs));
  const [p50 = Number.NaN, p99 = Number.NaN, max = Number.NaN] = quantiles(delays, 0.5, 0.99, 1);
  // Of those at the edges some deliveries fall outside of what is measured.
  const published = parts.map(({ publishedMs }) => publishedMs);
  const [firstMs, lastMs] = [Math.min(...published) + EDGE_MS, Math.max(...published) - EDGE_MS];
  const inside = parts.filter(({ publishedMs }) => publishedMs > firstMs && publishedMs < lastMs);
  return {
    ...rest,
    parts: parts.length,
    fanOutMs: { p50, p99, max },
    missed: inside.reduce((sum, { got }) => sum + rest.viewers - got.length, 0),
    // A playlist and a part each.
    requestsPerSecond: (2 * deliveries.length) / seconds,
    megabitsPerSecond: deliveries.reduce((sum, { bytes }) => sum + bytes, 0) / 125_000 / seconds,
  };
}
