import { expect, test } from 'vitest';
import { mean, quantile } from './quantile.ts';

test.each([
  [[], 0.5, undefined],
  [[7], 0.5, 7],
  [[3, 1, 2], 0.5, 2],
  [[4, 1, 3, 2], 0.5, 2],
  [[4, 1, 3, 2], 0.95, 4],
  [Array.from({ length: 100 }, (_, index) => index + 1), 0.95, 95],
  [[1, 2], 0, 1],
])('of %j, the share %d is %j', (values, share, expected) => {
  expect(quantile(values, share)).toBe(expected);
});

test('leaves its values as they were, and has a mean for them', () => {
  const values = [3, 1, 2];
  quantile(values, 0.5);
  expect([values, mean(values), mean([])]).toEqual([[3, 1, 2], 2, undefined]);
});
