import type { Columns, Sample } from '../../../../server/monitor/history.ts';

/** How far back the page shows. */
export const WINDOW_MS = 15 * 60_000;
/** Shares and rates are of the minute before each sample. */
const TRAILING_MS = 60_000;

type Field = keyof Sample;
type Mutable = { -readonly [field in Field]: Sample[field][] };

/** The samples there were, and those that came; older ones than the page shows are left out. */
export function joined(known: Columns | undefined, latest: Columns): Columns {
  if (known === undefined) return latest;
  const after = known.at.at(-1) ?? 0;
  const from = latest.at.findIndex((at) => at > after);
  const added = from < 0 ? latest.at.length : from;
  const newest = latest.at.at(-1) ?? after;
  const oldest = known.at.findIndex((at) => at >= newest - WINDOW_MS);
  const kept = oldest < 0 ? known.at.length : oldest;
  const columns = {} as Record<Field, unknown[]>;
  for (const field of Object.keys(latest) as Field[])
    columns[field] = [...known[field].slice(kept), ...latest[field].slice(added)];
  return columns as unknown as Mutable;
}

/** Sum of a column over the minute before each sample, itself included. */
function trailing(at: readonly number[], values: readonly number[]): number[] {
  let from = 0;
  let sum = 0;
  return values.map((value, index) => {
    sum += value;
    while ((at[from] ?? 0) <= (at[index] ?? 0) - TRAILING_MS) sum -= values[from++] ?? 0;
    return sum;
  });
}

/** Rebuffering as a share of the time watched, of the minute before each sample; null where nobody was timed. */
export function rebufferRatios({ at, rebufferSeconds, timedWatchSeconds }: Columns): (number | null)[] {
  const rebuffered = trailing(at, rebufferSeconds);
  return trailing(at, timedWatchSeconds).map((watched, index) =>
    watched > 0.5 ? Math.min(1, Math.max(0, (rebuffered[index] ?? 0) / watched)) : null,
  );
}

/** The latest value that there is, and the highest: what a line of a chart is in words. */
export function summary(values: readonly (number | null)[]): {
  readonly last: number | null;
  readonly most: number | null;
} {
  const known = values.filter((value) => value !== null);
  return { last: values.at(-1) ?? null, most: known.length === 0 ? null : Math.max(...known) };
}
