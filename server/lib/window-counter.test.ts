import { expect, test } from 'vitest';
import { WindowCounter } from './window-counter.ts';

test('counts each name for a window that begins with its first', () => {
  let nowMs = 1_000;
  const counter = new WindowCounter({ windowMs: 100, maxNames: 10, now: () => nowMs });
  expect([counter.of('a').count, counter.add('a').count, counter.add('a').count]).toEqual([0, 1, 2]);
  nowMs = 1_050;
  expect([counter.add('a'), counter.add('b')]).toEqual([
    { count: 3, endsMs: 1_100 },
    { count: 1, endsMs: 1_150 },
  ]);
  counter.remove('a');
  expect(counter.of('a').count).toBe(2);
  nowMs = 1_100;
  expect([counter.of('a').count, counter.of('b').count]).toEqual([0, 1]);
  expect(counter.add('a')).toEqual({ count: 1, endsMs: 1_200 });
});

test('remembers so many names and no more, and forgets those that are over first', () => {
  let nowMs = 0;
  const counter = new WindowCounter({ windowMs: 100, maxNames: 10, now: () => nowMs });
  for (let name = 0; name < 1_000; name += 1) counter.add(`n${name}`);
  expect(counter.names).toBe(10);
  expect([counter.of('n999').count, counter.of('n0').count]).toEqual([1, 0]);
  nowMs = 200;
  counter.add('new');
  expect(counter.names).toBe(1);
});
