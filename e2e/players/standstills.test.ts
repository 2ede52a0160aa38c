import { expect, test } from 'vitest';
import { type PlayheadSample, standstills, withoutLateReadings } from './standstills.ts';

/** A playhead read every 20 ms, that stands from `standAtMs` on for `standMs`. */
function trace(standAtMs: number, standMs: number, lastMs = 2000): PlayheadSample[] {
  return Array.from({ length: lastMs / 20 + 1 }, (_, index) => {
    const wallMs = index * 20;
    const stoodMs = Math.min(Math.max(0, wallMs - standAtMs), standMs);
    return [wallMs, (wallMs - stoodMs) / 1000];
  });
}

test('finds nothing in a playhead that moves', () => {
  expect(standstills([])).toEqual([]);
  expect(standstills([[0, 0]])).toEqual([]);
  expect(standstills(trace(0, 0))).toEqual([]);
});

test('measures a playhead that stands still for more than 100 ms', () => {
  expect(standstills(trace(1000, 300))).toEqual([300]);
  expect(standstills(trace(1000, 80))).toEqual([]);
});

test('counts a playhead that stands until the reading ends', () => {
  expect(standstills(trace(1500, 9999))).toEqual([500]);
});

test('does not take a reading that came late for a stall', () => {
  expect(standstills(trace(0, 0).filter(([wallMs]) => wallMs < 600 || wallMs > 1100))).toEqual([]);
});

test('does not take the steps of a playhead that moves frame by frame for stalls, nor what its resolution hides', () => {
  const frames = Array.from({ length: 50 }, (_, index): PlayheadSample => [index * 40, index * 0.04]);
  expect(standstills(frames)).toEqual([]);
  const standing: PlayheadSample[] = [...frames, [50 * 40 + 260, 50 * 0.04]];
  expect(standstills(standing)).toEqual([260]);
  expect(standstills(standing, 250)).toEqual([]);
});

test('counts the time of a seek nobody asked for, however far it went', () => {
  const before = trace(0, 0, 1000);
  const seeking: PlayheadSample[] = [
    [1020, 5, true],
    [1200, 5, true],
    [1220, 5],
  ];
  const after = trace(0, 0, 500).map(([wallMs, time]): PlayheadSample => [wallMs + 1240, time + 5.02]);
  expect(standstills([...before, ...seeking, ...after])).toEqual([220]);
});

test('leaves out pictures that were read late, but not those that came late', () => {
  // The reader slept for 160 ms: five pictures at once, then on as before.
  const asleep: PlayheadSample[] = [
    [0, 0],
    [40, 0.04],
    [240, 0.08],
    [240, 0.12],
    [240, 0.16],
    [240, 0.2],
    [240, 0.24],
    [280, 0.28],
  ];
  expect(standstills(asleep)).toEqual([160]);
  expect(standstills(withoutLateReadings(asleep))).toEqual([]);
  const paused: PlayheadSample[] = [
    [0, 0],
    [40, 0.04],
    [540, 0.08],
    [580, 0.12],
  ];
  expect(standstills(withoutLateReadings(paused))).toEqual([460]);
});
