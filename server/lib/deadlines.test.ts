import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DEADLINE_STEP_MS, Deadlines } from './deadlines.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Items are their own deadlines. */
function start(expired: { item: number; ms: number }[] = []) {
  const startMs = performance.now();
  const deadlines = new Deadlines<number>((item) => expired.push({ item, ms: performance.now() - startMs }));
  return { deadlines, expired };
}

test('calls each after its time, and no later than a step after it', () => {
  const { deadlines, expired } = start();
  for (const item of [230, 10, 120, 120.5]) deadlines.add(item, item);
  vi.advanceTimersByTime(450);
  expect(expired.map(({ item }) => item).sort((a, b) => a - b)).toEqual([10, 120, 120.5, 230]);
  for (const { item, ms } of expired) {
    expect(ms).toBeGreaterThanOrEqual(item);
    // It looks once in a step, and a deadline belongs to the step that it ends in.
    expect(ms).toBeLessThanOrEqual(item + 2 * DEADLINE_STEP_MS);
  }
});

test('does not call who was removed, and has no timer when nobody is left', () => {
  const { deadlines, expired } = start();
  const [one, two] = [deadlines.add(1, 10), deadlines.add(2, 300)];
  expect(vi.getTimerCount()).toBe(1);
  deadlines.remove(1, one);
  deadlines.remove(1, one);
  deadlines.remove(2, two);
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(2 * DEADLINE_STEP_MS);
  expect(expired).toEqual([]);
});

test('takes more while it calls', () => {
  const expired: number[] = [];
  const deadlines: Deadlines<number> = new Deadlines((item) => {
    expired.push(item);
    if (item < 3) deadlines.add(item + 1, 1);
  });
  deadlines.add(1, 1);
  vi.advanceTimersByTime(6 * DEADLINE_STEP_MS);
  expect(expired).toEqual([1, 2, 3]);
});
