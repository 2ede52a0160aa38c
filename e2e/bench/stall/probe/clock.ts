/** A moment of `performance.now()`'s clock as wall clock, in ms since 1970. */
export function wallMsAt(nowMs: number): number {
  return performance.timeOrigin + nowMs;
}
