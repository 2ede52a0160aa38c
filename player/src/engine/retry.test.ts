import { expect, test } from 'vitest';
import { retryDelayMs } from './retry.ts';

test('waits longer each time, never so long that a network that is back goes unnoticed for two seconds', () => {
  expect([0, 1, 2, 3, 19, 20, 900].map(retryDelayMs)).toEqual([500, 1_000, 1_500, 1_500, 1_500, 4_000, 4_000]);
});
