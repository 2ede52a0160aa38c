/** 0 up to `from`, 1 from `to` on, smooth between. */
export function smoothstep(from: number, to: number, value: number): number {
  const share = Math.min(1, Math.max(0, (value - from) / (to - from)));
  return share * share * (3 - 2 * share);
}

/** The value below which `share` of all values lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Follows `values` quickly upwards and slowly downwards; times in seconds. */
export function follow(values: readonly number[], fps: number, times: { attack: number; release: number }): number[] {
  const up = 1 - Math.exp(-1 / (fps * times.attack));
  const down = 1 - Math.exp(-1 / (fps * times.release));
  let now = 0;
  return values.map((value) => {
    now += (value - now) * (Math.abs(value) > Math.abs(now) ? up : down);
    return now;
  });
}

/** 0 in the first and last `still` frames, 1 when `ramp` frames away from those. */
export function edgeEnvelope(at: number, frames: number, still: number, ramp: number): number {
  const inside = Math.min(at, frames - 1 - at) - (still - 1);
  return smoothstep(0, Math.max(1, ramp), inside);
}
