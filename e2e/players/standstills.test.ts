import { expect, test } from 'vitest';
import { type PlayheadSample, standstills, withoutLateReadings } from './standstills.ts';

const lengths = (...args: Parameters<typeof standstills>): number[] => standstills(...args).map(({ ms }) => ms);

/** A playhead read every 20 ms, that stands from `standAtMs` on for `standMs`. */
function trace(standAtMs: number, standMs: number, lastMs = 2000): PlayheadSample[] {
  return Array.from({ length: lastMs / 20 + 1 }, (_, index) => {
    const wallMs = index * 20;
    const stoodMs = Math.min(Math.max(0, wallMs - standAtMs), standMs);
    return [wallMs, (wallMs - stoodMs) / 1000];
  });
}

test('finds nothing in a playhead that moves', () => {
  expect(lengths([])).toEqual([]);
  expect(lengths([[0, 0]])).toEqual([]);
  expect(lengths(trace(0, 0))).toEqual([]);
});

test('measures a playhead that stands still for more than 100 ms', () => {
  expect(lengths(trace(1000, 300))).toEqual([300]);
  expect(lengths(trace(1000, 80))).toEqual([]);
});

test('counts a playhead that stands until the reading ends', () => {
  expect(lengths(trace(1500, 9999))).toEqual([500]);
});

test('does not take a reading that came late for a stall', () => {
  expect(lengths(trace(0, 0).filter(([wallMs]) => wallMs < 600 || wallMs > 1100))).toEqual([]);
});

test('does not take the steps of a playhead that moves frame by frame for stalls, nor what its resolution hides', () => {
  const frames = Array.from({ length: 50 }, (_, index): PlayheadSample => [index * 40, index * 0.04]);
  expect(lengths(frames)).toEqual([]);
  const standing: PlayheadSample[] = [...frames, [50 * 40 + 260, 50 * 0.04]];
  expect(lengths(standing)).toEqual([260]);
  expect(lengths(standing, 250)).toEqual([]);
});

test('counts the time of a seek nobody asked for, however far it went', () => {
  const before = trace(0, 0, 1000);
  const seeking: PlayheadSample[] = [
    [1020, 5, true],
    [1200, 5, true],
    [1220, 5],
  ];
  const after = trace(0, 0, 500).map(([wallMs, time]): PlayheadSample => [wallMs + 1240, time + 5.02]);
  expect(lengths([...before, ...seeking, ...after])).toEqual([220]);
});

test('tells how much media the player had in hand when it stopped', () => {
  const trace: PlayheadSample[] = [
    [0, 0, false, 5],
    [40, 0.04, false, 4.96],
    [80, 0.04, false, 9],
    [540, 0.08, false, 9],
  ];
  expect(standstills(trace)).toEqual([{ ms: 460, ahead: 4.96 }]);
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
  expect(lengths(asleep)).toEqual([160]);
  expect(lengths(withoutLateReadings(asleep))).toEqual([]);
  const paused: PlayheadSample[] = [
    [0, 0],
    [40, 0.04],
    [540, 0.08],
    [580, 0.12],
  ];
  expect(lengths(withoutLateReadings(paused))).toEqual([460]);
});
