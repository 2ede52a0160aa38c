import { expect, test } from 'vitest';
import { Restarts } from './restarts.ts';

test('starts again at once, then after pauses that double up to a bound, until it works again', () => {
  let nowMs = 0;
  const restarts = new Restarts(() => nowMs);
  const pauses = Array.from({ length: 10 }, () => {
    restarts.started();
    const pauseMs = restarts.ended();
    expect(restarts.pauseMs).toBe(pauseMs);
    nowMs += pauseMs;
    expect(restarts.pauseMs).toBe(0);
    return pauseMs;
  });
  expect(pauses).toEqual([0, 100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000]);
  expect(restarts.worked()).toBe(true);
  expect(restarts.worked()).toBe(false);
  expect(restarts.ended()).toBe(0);
});

test('what ran for long is not one that fails again and again', () => {
  let nowMs = 0;
  const restarts = new Restarts(() => nowMs);
  for (let round = 0; round < 5; round++) {
    restarts.started();
    nowMs += 60_000;
    expect(restarts.ended()).toBe(0);
  }
});
