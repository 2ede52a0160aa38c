import { expect, test } from 'vitest';
import { playbackRate } from './catch-up.ts';

const BEHIND = { latency: 3, target: 0.6, bufferAhead: 2, silence: 10 };

test.each([
  ['behind, and nobody speaks', BEHIND, false, 1.05],
  ['somebody speaks', { ...BEHIND, silence: 0 }, true, 1],
  ['somebody will speak at once', { ...BEHIND, silence: 0.2 }, true, 1],
  ['nothing is known to be said', { ...BEHIND, silence: Number.POSITIVE_INFINITY }, false, 1.05],
  ['little is in hand', { ...BEHIND, bufferAhead: 0.3 }, true, 1],
  ['not live, or not known', { ...BEHIND, latency: undefined }, true, 1],
  ['too little behind to begin with', { ...BEHIND, latency: 0.8 }, false, 1],
  ['begun, and not done', { ...BEHIND, latency: 0.8 }, true, 1.05],
  ['done', { ...BEHIND, latency: 0.64 }, true, 1],
  ['ahead', { ...BEHIND, latency: 0.2 }, false, 1],
] as const)('%s', (_, state, isCatchingUp, rate) => {
  expect(playbackRate(state, isCatchingUp)).toBe(rate);
});
