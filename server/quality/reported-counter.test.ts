import { describe, expect, test } from 'vitest';
import { ReportedCounter } from './reported-counter.ts';

function told(...values: (readonly [value: number, most: number])[]): number | undefined {
  const counter = new ReportedCounter();
  for (const [value, most] of values) counter.tell(value, most);
  return counter.counted;
}

describe('a reported counter', () => {
  test.each([
    ['counts nothing until it is told', [], undefined],
    [
      'counts from 0',
      [
        [0, 1],
        [2, 10],
      ],
      2,
    ],
    ['counts a first value there was time for', [[1, 1]], 1],
    [
      'leaves out what was counted elsewhere before',
      [
        [7, 1],
        [9, 10],
      ],
      2,
    ],
    [
      'does not count again what goes back',
      [
        [3, 9],
        [1, 9],
        [3, 9],
      ],
      3,
    ],
    [
      'goes on after it went back',
      [
        [3, 9],
        [0, 9],
        [5, 9],
      ],
      5,
    ],
    [
      'leaves out a value there was no time for',
      [
        [1, 5],
        [1_000_000, 6],
      ],
      1,
    ],
    [
      'and goes on after that',
      [
        [1, 5],
        [1_000_000, 6],
        [2, 7],
      ],
      2,
    ],
    [
      'counts what there was time for at last',
      [
        [0, 1],
        [50, 10],
        [50, 60],
      ],
      50,
    ],
  ] as const)('%s', (_, values, expected) => {
    expect(told(...values)).toBe(expected);
  });
});
