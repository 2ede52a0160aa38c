import { expect, test } from 'vitest';
import { Viewers } from './viewers.ts';

test('counts who asked lately, each once', () => {
  const viewers = new Viewers();
  expect([viewers.watched(0), viewers.count(0)]).toEqual([false, 0]);
  viewers.note('a', 0);
  viewers.note('b', 4_000);
  viewers.note('a', 5_000);
  expect([viewers.count(9_000), viewers.watched(9_000)]).toEqual([2, true]);
  expect([viewers.count(14_500), viewers.watched(14_500)]).toEqual([1, true]);
  expect([viewers.count(15_000), viewers.watched(15_000)]).toEqual([0, false]);
});

test('counts to ten thousand', () => {
  const viewers = new Viewers();
  for (let viewer = 0; viewer < 10_050; viewer++) viewers.note(`v${viewer}`, 0);
  expect(viewers.count(1)).toBe(10_000);
});
