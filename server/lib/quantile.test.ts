import { expect, test } from 'vitest';
import { median, quantiles } from './quantile.ts';

test.each([
  [[], []],
  [[7], [7, 7]],
  [
    [3, 1, 2],
    [2, 3],
  ],
  [
    [4, 10, 3, 2],
    [3, 10],
  ],
  [Array.from({ length: 100 }, (_, index) => index + 1), [50, 95]],
  [
    [0.2, -1],
    [-1, 0.2],
  ],
])('of %j, half are at most the first and 95 % at most the second of %j', (values, expected) => {
  expect(quantiles(values, 0.5, 0.95)).toEqual(expected);
});

test('leaves its values as they were', () => {
  const values = [3, 1, 2];
  expect([median(values), values, median([])]).toEqual([2, [3, 1, 2], undefined]);
});
