import { expect, test } from 'vitest';
import { count, megabytes, number, percent, seconds, times } from './format.ts';

test.each([
  [number(null), '–'],
  [number(undefined), '–'],
  [number(Number.NaN), '–'],
  [number(0), '0'],
  [number(0.0444), '0.04'],
  [number(1.26), '1.3'],
  [number(7), '7'],
  [number(12.6), '13'],
  [number(1234), '1,234'],
  [seconds(undefined), '–'],
  [seconds(0), '0 ms'],
  [seconds(0.0124), '12 ms'],
  [seconds(1.24), '1.2 s'],
  [seconds(42.4), '42 s'],
  [seconds(240), '4 min'],
  [seconds(9_000), '2.5 h'],
  [percent(0.0004), '0.04 %'],
  [percent(0), '0 %'],
  [percent(1), '100 %'],
  [times(2.44), '2.4×'],
  [count(1, 'stall'), '1 stall'],
  [count(0, 'stall'), '0 stalls'],
  [megabytes(320_400_000), '320 MB'],
])('%s', (text, expected) => {
  expect(text).toBe(expected);
});
