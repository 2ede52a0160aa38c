/** Definitions of the figures; README.md has them in words. */

/** Standing still for longer is a stall: what people notice, and what players call one. */
export const STALL_MS = 100;

/** The smallest value with half of the others at or below it; NaN without any. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Nearest rank; NaN without values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
