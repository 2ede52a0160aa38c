import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { DEADLINE_STEP_MS, Deadlines } from './deadlines.ts';

/** Items are their own deadlines. */
function start(expired: { item: number; ms: number }[] = []) {
  const startMs = performance.now();
  const deadlines = new Deadlines<number>((item) => expired.push({ item, ms: performance.now() - startMs }));
  return { deadlines, expired };
}

test('calls each after its time, and no later than a step after it', async () => {
  const { deadlines, expired } = start();
  for (const item of [230, 10, 120, 120.5]) deadlines.add(item, item);
  await delay(450);
  expect(expired.map(({ item }) => item).sort((a, b) => a - b)).toEqual([10, 120, 120.5, 230]);
  for (const { item, ms } of expired) {
    expect(ms).toBeGreaterThanOrEqual(item);
    // And what a busy machine takes.
    expect(ms).toBeLessThan(item + 2 * DEADLINE_STEP_MS + 60);
  }
});

test('does not call who was removed, and has no timer when nobody is left', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const { deadlines, expired } = start();
  const [one, two] = [deadlines.add(1, 10), deadlines.add(2, 300)];
  expect(timers()).toBe(before + 1);
  deadlines.remove(1, one);
  deadlines.remove(1, one);
  deadlines.remove(2, two);
  expect(timers()).toBe(before);
  await delay(2 * DEADLINE_STEP_MS);
  expect(expired).toEqual([]);
});

test('takes more while it calls', async () => {
  const expired: number[] = [];
  const deadlines: Deadlines<number> = new Deadlines((item) => {
    expired.push(item);
    if (item < 3) deadlines.add(item + 1, 1);
  });
  deadlines.add(1, 1);
  await delay(4 * DEADLINE_STEP_MS + 150);
  expect(expired).toEqual([1, 2, 3]);
});
