import { describe, expect, test } from 'vitest';
import { type LatencyMode, LatencyTarget } from './latency-target.ts';

const LIVE = { holdBack: 3, partHoldBack: 0.6, partTarget: 0.2 };

function target(mode: LatencyMode, roundTrip: number, holdBacks = LIVE): LatencyTarget {
  const made = new LatencyTarget(mode);
  made.holdBacks = holdBacks;
  made.measured(roundTrip);
  return made;
}

describe('how far behind the live edge', () => {
  test.each([
    ['low', 0.01, 0.6, true],
    ['low', 0.3, 0.6, true],
    ['balanced', 0.005, 0.63, true],
    ['balanced', 0.06, 1.16, true],
    // A part takes a round trip to ask for: with more than 0.15 s of 0.2 s they come too late.
    ['balanced', 0.16, 3.84, false],
    ['safe', 0.005, 3, false],
  ] as const)('%s, round trip %f s: %f s, parts %s', (mode, roundTrip, seconds, parts) => {
    const made = target(mode, roundTrip);
    expect(made.at(0)).toBeCloseTo(seconds, 6);
    expect(made.usesParts(0)).toBe(parts);
  });

  test('without partial segments is HOLD-BACK', () => {
    const made = target('low', 0.01, {
      holdBack: 12,
      partHoldBack: undefined as never,
      partTarget: undefined as never,
    });
    expect(made.at(0)).toBe(12);
    expect(made.usesParts(0)).toBe(false);
  });

  test('before anything is known is what players without low latency keep', () => {
    expect(new LatencyTarget('balanced').at(0)).toBe(3);
  });

  test('takes the shortest round trip for the network’s own', () => {
    const made = target('balanced', 0.3);
    made.measured(0.02);
    made.measured(0.5);
    expect(made.roundTrip).toBe(0.02);
  });
});

describe('a stall', () => {
  test('keeps the distance it made, and gives half of it up each minute without another', () => {
    const made = target('low', 0.01);
    made.stalled(300, 2.6, 1_000);
    expect(made.at(1_000)).toBeCloseTo(2.6);
    expect(made.at(61_000)).toBeCloseTo(1.6);
    expect(made.at(121_000)).toBeCloseTo(1.1);
  });

  test('however short, adds a step', () => {
    const made = target('low', 0.01);
    made.stalled(300, 0.65, 0);
    expect(made.at(0)).toBeCloseTo(0.9);
    made.stalled(300, 0.7, 0);
    expect(made.at(0)).toBeCloseTo(1.2);
  });

  test('of an hour keeps nobody an hour behind', () => {
    const made = target('low', 0.01);
    made.stalled(300, 3_600, 0);
    expect(made.at(0)).toBeCloseTo(8.6);
  });

  test('that was the network’s absence keeps only a step', () => {
    const made = target('low', 0.01);
    made.stalled(20_000, 21, 0);
    expect(made.at(0)).toBeCloseTo(0.9);
  });

  test('soon after another gives up parts for three minutes, unless the lowest latency is wanted', () => {
    const made = target('balanced', 0.01);
    made.stalled(300, 1, 0);
    expect(made.usesParts(1)).toBe(true);
    made.stalled(300, 1, 59_000);
    expect(made.usesParts(59_001)).toBe(false);
    expect(made.usesParts(239_001)).toBe(true);
    const low = target('low', 0.01);
    low.stalled(300, 1, 0);
    low.stalled(300, 1, 10);
    expect(low.usesParts(11)).toBe(true);
  });
});
