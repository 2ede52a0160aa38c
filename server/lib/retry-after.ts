/** Retry-After (RFC 9110 10.2.3) in milliseconds; `undefined` without one that can be understood. Fractions of a second are common. */
export function retryAfterMs(value: string | null | undefined, nowMs: number): number | undefined {
  const text = value?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  // `Date.parse` takes nearly anything that has a digit in it for a year.
  if (!/^[a-z]{3,9},? /i.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
