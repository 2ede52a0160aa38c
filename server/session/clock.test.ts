import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { Clock } from './clock.ts';

let clock = new Clock();
afterEach(() => {
  clock.close();
  clock = new Clock();
});

const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;

test('calls owners in the order of their times, none before its time', async () => {
  const calls: string[] = [];
  const startMs = clock.now();
  const early: number[] = [];
  for (const [name, afterMs] of [
    ['c', 30.7],
    ['a', 10.3],
    ['b', 20.5],
  ] as const) {
    clock.at({ name }, startMs + afterMs, () => {
      calls.push(name);
      early.push(clock.now() - (startMs + afterMs));
    });
  }
  await delay(60);
  expect(calls).toEqual(['a', 'b', 'c']);
  expect(Math.min(...early)).toBeGreaterThanOrEqual(0);
});

test('what is due is done before any timer runs, when somebody asks; what is not, waits', async () => {
  const calls: string[] = [];
  const startMs = clock.now();
  clock.at({}, startMs + 5, () => {
    calls.push('due');
    // Whoever is called may ask, too.
    clock.keepUp();
  });
  clock.at({}, startMs + 60, () => calls.push('later'));
  clock.keepUp();
  expect(calls).toEqual([]);
  while (clock.now() < startMs + 10);
  clock.keepUp();
  clock.keepUp();
  expect(calls).toEqual(['due']);
  await delay(80);
  expect(calls).toEqual(['due', 'later']);
});

test('an owner that looks at the clock is called once for each time', async () => {
  const owner = {};
  let calls = 0;
  let dueMs = clock.now();
  const tick = () => {
    calls += 1;
    if (clock.now() >= dueMs) dueMs += 4.3;
    if (calls < 1_000) clock.at(owner, dueMs, tick);
  };
  tick();
  await delay(100);
  clock.cancel(owner);
  expect(calls).toBeLessThanOrEqual(25);
});

test('keeps one appointment for each owner: the last one made', async () => {
  const calls: string[] = [];
  const owner = {};
  clock.at(owner, clock.now() + 5, () => calls.push('first'));
  clock.at(owner, clock.now() + 15, () => calls.push('second'));
  expect(clock.waits(owner)).toBe(true);
  await delay(30);
  expect(calls).toEqual(['second']);
  expect(clock.waits(owner)).toBe(false);
});

test('does not call who cancelled', async () => {
  const calls: string[] = [];
  const owner = {};
  clock.at(owner, clock.now() + 5, () => calls.push('called'));
  clock.cancel(owner);
  await delay(20);
  expect(calls).toEqual([]);
});

test('leaves no timer after it is closed', async () => {
  const before = timers();
  clock.at({}, clock.now() + 60_000, () => undefined);
  expect(timers()).toBe(before + 1);
  clock.close();
  clock.at({}, clock.now() + 5, () => expect.unreachable());
  await delay(10);
  expect(timers()).toBe(before);
});
