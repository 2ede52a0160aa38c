import { expect, test } from 'vitest';
import { retryDelayMs } from './retry.ts';

test('waits longer each time, up to four seconds', () => {
  expect([0, 1, 2, 3, 4, 90].map(retryDelayMs)).toEqual([500, 1_000, 2_000, 4_000, 4_000, 4_000]);
});
