/**
 * Nearest-rank quantiles: values that were really seen.
 *
 * @param values - In any order; they are not changed.
 * @param shares - 0 to 1 each.
 * @returns one for each share; none without values.
 */
export function quantiles(values: readonly number[], ...shares: number[]): number[] {
  if (values.length === 0) return [];
  // Typed arrays are sorted several times as fast: these may be the values of thousands of viewers.
  const sorted = Float64Array.from(values).sort();
  return shares.map((share) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN);
}

/** @returns `undefined` without values. */
export function median(values: readonly number[]): number | undefined {
  return quantiles(values, 0.5)[0];
}
