import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Clock } from './clock.ts';

let clock: Clock;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  clock = new Clock(1_000_000);
});
afterEach(() => {
  clock.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('calls owners in the order of their times, none before its time', () => {
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
  vi.advanceTimersByTime(60);
  expect(calls).toEqual(['a', 'b', 'c']);
  expect(Math.min(...early)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...early)).toBeLessThan(1);
});

test('what is due is done before any timer runs, when somebody asks; what is not, waits', () => {
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
  // Time passes without a look at timers.
  const passed = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 10);
  clock.keepUp();
  clock.keepUp();
  expect(calls).toEqual(['due']);
  passed.mockRestore();
  vi.advanceTimersByTime(80);
  expect(calls).toEqual(['due', 'later']);
});

test('an owner that looks at the clock is called once for each time', () => {
  // Node's timers fire up to a millisecond early.
  const { setTimeout: exact } = globalThis;
  vi.stubGlobal('setTimeout', (run: () => void, ms: number) => exact(run, Math.max(1, ms - 1)));
  const owner = {};
  let calls = 0;
  let dueMs = clock.now();
  const tick = () => {
    calls += 1;
    if (clock.now() >= dueMs) dueMs += 4.3;
    if (calls < 1_000) clock.at(owner, dueMs, tick);
  };
  tick();
  vi.advanceTimersByTime(100);
  clock.cancel(owner);
  expect(calls).toBeLessThanOrEqual(25);
  expect(calls).toBeGreaterThan(20);
});

test('keeps one appointment for each owner: the last one made', () => {
  const calls: string[] = [];
  const owner = {};
  clock.at(owner, clock.now() + 5, () => calls.push('first'));
  clock.at(owner, clock.now() + 15, () => calls.push('second'));
  expect(clock.waits(owner)).toBe(true);
  vi.advanceTimersByTime(30);
  expect(calls).toEqual(['second']);
  expect(clock.waits(owner)).toBe(false);
});

test('does not call who cancelled', () => {
  const calls: string[] = [];
  const owner = {};
  clock.at(owner, clock.now() + 5, () => calls.push('called'));
  clock.cancel(owner);
  vi.advanceTimersByTime(20);
  expect(calls).toEqual([]);
});

test('leaves no timer after it is closed', () => {
  clock.at({}, clock.now() + 60_000, () => undefined);
  expect(vi.getTimerCount()).toBe(1);
  clock.close();
  clock.at({}, clock.now() + 5, () => expect.unreachable());
  vi.advanceTimersByTime(10);
  expect(vi.getTimerCount()).toBe(0);
});

test('an appointment that throws is told, and keeps no other from its time', () => {
  const faults: unknown[] = [];
  clock.onFault = (error) => faults.push(error);
  const calls: string[] = [];
  const startMs = clock.now();
  clock.at({}, startMs + 5, () => {
    throw new Error('broken');
  });
  clock.at({}, startMs + 5, () => calls.push('same time'));
  clock.at({}, startMs + 20, () => calls.push('later'));
  vi.advanceTimersByTime(60);
  expect(calls).toEqual(['same time', 'later']);
  expect(faults).toEqual([new Error('broken')]);
});
