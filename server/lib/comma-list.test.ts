import { expect, test } from 'vitest';
import { commaList } from './comma-list.ts';

test.each([
  ['a', ['a']],
  [' a , b,c ', ['a', 'b', 'c']],
  ['a,,b,', ['a', 'b']],
  [' , ', []],
  ['', []],
  [undefined, []],
])('%j', (text, names) => {
  expect(commaList(text)).toEqual(names);
});
