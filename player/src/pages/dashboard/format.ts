/** Numbers as people read them, each with its unit. What is not known is a dash. */

export const UNKNOWN = '–';

type Known = number | null | undefined;

function known(value: Known, format: (value: number) => string): string {
  return value === null || value === undefined || !Number.isFinite(value) ? UNKNOWN : format(value);
}

/** As many digits as tell something: `0.04`, `1.2`, `12`, `1,234`. */
export function number(value: Known): string {
  return known(value, (known) => {
    const size = Math.abs(known);
    const digits = size === 0 || size >= 10 || Number.isInteger(known) ? 0 : size >= 1 ? 1 : 2;
    return known.toLocaleString('en', { maximumFractionDigits: digits, minimumFractionDigits: digits });
  });
}

/** `850 ms`, `1.2 s`, `4 min`, `2.5 h`. */
export function seconds(value: Known): string {
  return known(value, (known) => {
    if (known < 1) return `${Math.round(known * 1000)} ms`;
    if (known < 60) return `${known.toFixed(known < 10 ? 1 : 0)} s`;
    return known < 3600 ? `${Math.round(known / 60)} min` : `${number(known / 3600)} h`;
  });
}

/** A share of 0 to 1: `0.04 %`. */
export function percent(value: Known): string {
  return known(value, (known) => `${number(known * 100)} %`);
}

/** `2.4×`. */
export function times(value: Known): string {
  return known(value, (known) => `${number(known)}×`);
}

/** `1 stall`, `2 stalls`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${number(amount)} ${amount === 1 ? one : many}`;
}

/** `320 MB`. */
export function megabytes(bytes: Known): string {
  return known(bytes, (known) => `${Math.round(known / 1e6)} MB`);
}
