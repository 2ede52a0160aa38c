/** A repeatable stream of numbers from 0 up to 1 (mulberry32): the same seed, the same blinks. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** FNV-1a over every 16th sample: a seed that belongs to the content. */
export function seedOf(pcm: Int16Array): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < pcm.length; at += 16) hash = Math.imul(hash ^ ((pcm[at] ?? 0) & 0xffff), 0x01000193);
  return hash >>> 0;
}
