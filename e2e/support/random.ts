export type Random = () => number;

/** mulberry32: the same seed gives the same numbers from 0 to 1. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const wholeBelow = (random: Random, limit: number): number => Math.floor(random() * limit);

export function anyOf<T>(random: Random, values: readonly T[]): T {
  const value = values[wholeBelow(random, values.length)];
  if (value === undefined) throw new Error('there is nothing to choose from');
  return value;
}
