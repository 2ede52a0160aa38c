import { expect, test } from 'vitest';
import { StallDetector } from './stalls.ts';

/** A playhead seen every 50 ms of a made-up clock. */
function watch() {
  const detector = new StallDetector();
  let nowMs = 1_000;
  let position = 0;
  const run = (durationMs: number, { speed = 1, shouldPlay = true, stepMs = 50 } = {}) => {
    for (let passedMs = 0; passedMs < durationMs; passedMs += stepMs) {
      nowMs += stepMs;
      position += (stepMs / 1000) * speed;
      detector.sample({ nowMs, position, shouldPlay });
    }
  };
  return { detector, run };
}

test('sees no stall in steady playback', () => {
  const { detector, run } = watch();
  run(10_000);
  expect([detector.count, detector.totalMs]).toEqual([0, 0]);
});

test('counts one stall while the playhead stands still, and its whole length', () => {
  const { detector, run } = watch();
  run(1_000);
  run(400, { speed: 0 });
  expect(detector.count).toBe(1);
  expect(detector.totalMs).toBeCloseTo(400);
  run(1_000);
  expect(detector.count).toBe(1);
  expect(detector.totalMs).toBeCloseTo(400);
});

test('forgives 100 ms, which is the granularity of currentTime', () => {
  const { detector, run } = watch();
  run(1_000);
  run(100, { speed: 0 });
  run(1_000);
  expect(detector.count).toBe(0);
});

test('counts two stalls apart', () => {
  const { detector, run } = watch();
  run(500);
  run(200, { speed: 0 });
  run(500);
  run(300, { speed: 0 });
  run(500);
  expect(detector.count).toBe(2);
  expect(detector.totalMs).toBeCloseTo(500);
});

test('finds a stall between two late samples of a busy page', () => {
  const { detector, run } = watch();
  run(1_000);
  run(1_000, { speed: 0.4, stepMs: 1_000 });
  expect(detector.count).toBe(1);
  expect(detector.totalMs).toBeCloseTo(600);
});

test('sees no stall in late samples when playback went on', () => {
  const { detector, run } = watch();
  run(1_000);
  run(4_000, { stepMs: 1_000 });
  expect(detector.count).toBe(0);
});

test('ignores a playhead that stands still because it should: pause, seek, end', () => {
  const { detector, run } = watch();
  run(1_000);
  run(3_000, { speed: 0, shouldPlay: false });
  run(1_000);
  expect(detector.count).toBe(0);
});

test('keeps the length of a stall that a pause ends', () => {
  const { detector, run } = watch();
  run(1_000);
  run(300, { speed: 0 });
  run(2_000, { speed: 0, shouldPlay: false });
  expect(detector.count).toBe(1);
  expect(detector.totalMs).toBeCloseTo(300);
});

test('keeps the length of a stall that a jump to the live edge ends', () => {
  const { detector, run } = watch();
  run(1_000);
  run(2_000, { speed: 0 });
  run(50, { speed: 40 });
  run(1_000);
  expect(detector.count).toBe(1);
  expect(detector.totalMs).toBeCloseTo(2_000);
});

test('does not take a sleeping computer for a stall', () => {
  const { detector, run } = watch();
  run(1_000);
  run(3_600_000, { speed: 0, stepMs: 3_600_000 });
  run(1_000);
  expect(detector.count).toBe(0);
});
