import { expect, it } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const NOW_MS = Date.parse('Sun, 06 Nov 1994 08:49:30 GMT');

it.each([
  ['120', 120_000],
  [' 0 ', 0],
  ['1.5', 1500],
  ['Sun, 06 Nov 1994 08:49:37 GMT', 7000],
  ['Sunday, 06-Nov-94 08:49:37 GMT', 7000],
  ['Sun Nov  6 08:49:37 1994 GMT', 7000],
  ['Sun, 06 Nov 1994 08:00:00 GMT', 0],
  ['-1', undefined],
  ['soon', undefined],
  ['1e9', undefined],
  ['', undefined],
  [null, undefined],
  [undefined, undefined],
])('reads %j as %s ms', (value, ms) => expect(retryAfterMs(value, NOW_MS)).toBe(ms));
