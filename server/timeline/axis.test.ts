import { expect, test } from 'vitest';
import {
  AAC_BLOCK,
  type Axis,
  blocksCovering,
  blocksReady,
  HOLD_BACK_BLOCKS,
  sampleAt,
  videoTimescale,
} from './axis.ts';

const AXES: readonly Axis[] = [
  { fps: 25, audioRate: 48_000 },
  { fps: 30, audioRate: 44_100 },
  { fps: 24, audioRate: 44_100 },
  { fps: 60, audioRate: 22_050 },
];

test.each(AXES)('does not drift in a week of $fps frames and $audioRate samples per second', (axis) => {
  const week = 7 * 86_400;
  expect(sampleAt(axis, week * axis.fps)).toBe(week * axis.audioRate);
  for (const frame of [1, 7, 1001, week * axis.fps - 1]) {
    const exact = (frame * axis.audioRate) / axis.fps;
    expect(exact - sampleAt(axis, frame)).toBeGreaterThanOrEqual(0);
    expect(exact - sampleAt(axis, frame)).toBeLessThan(1);
  }
});

test.each([
  [0, 0],
  [AAC_BLOCK * HOLD_BACK_BLOCKS, 0],
  [AAC_BLOCK * (HOLD_BACK_BLOCKS + 1) - 1, 0],
  [AAC_BLOCK * (HOLD_BACK_BLOCKS + 1), 1],
  [AAC_BLOCK * (HOLD_BACK_BLOCKS + 9) + 5, 9],
])('with sound known to sample %i, %i packets may go out', (sample, blocks) => {
  expect(blocksReady(sample)).toBe(blocks);
});

test('the last block is carried even when a single sample lies in it', () => {
  expect([0, 1, AAC_BLOCK, AAC_BLOCK + 1].map(blocksCovering)).toEqual([0, 1, 1, 2]);
});

test('a frame lasts a whole number of ticks', () => {
  expect(videoTimescale({ fps: 25, audioRate: 48_000 })).toBe(12_800);
});
