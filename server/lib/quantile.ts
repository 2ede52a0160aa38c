/**
 * The nearest-rank quantile: a value that was really seen.
 *
 * @param values - In any order; they are not changed.
 * @param share - 0 to 1.
 * @returns `undefined` without values.
 */
export function quantile(values: readonly number[], share: number): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

/** @returns `undefined` without values. */
export function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
