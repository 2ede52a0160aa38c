import { expect, test } from 'vitest';
import { cutSegments, gridFor, segmentStarts } from './cut.ts';

test.each([
  [25, 1, { partFrames: 5, segmentParts: 5 }],
  [25, 4, { partFrames: 5, segmentParts: 20 }],
  [30, 1, { partFrames: 6, segmentParts: 5 }],
  [24, 1, { partFrames: 5, segmentParts: 4 }],
  [1, 1, { partFrames: 1, segmentParts: 1 }],
])('a grid for %i frames per second and a target duration of %i s', (fps, targetDuration, grid) => {
  expect(gridFor(fps, targetDuration)).toEqual(grid);
});

const GRID = { partFrames: 5, segmentParts: 5 };

test.each([
  [1, 1, [1]],
  [5, 1, [5]],
  [25, 1, [25]],
  [26, 1, [15, 11]],
  [27, 1, [15, 12]],
  [51, 1, [15, 20, 16]],
  [100, 1, [25, 25, 25, 25]],
  [20, 3, [5, 5, 10]],
  [7, 3, [5, 2]],
])('cuts %i frames into at least %i segments: %j', (frames, minSegments, segments) => {
  expect(cutSegments(frames, GRID, minSegments)).toEqual(segments);
});

test('every cut is whole: no segment too long, no short part but the very last', () => {
  for (let frames = 1; frames < 600; frames++) {
    for (const minSegments of [1, 3]) {
      const segments = cutSegments(frames, GRID, minSegments);
      expect(segments.reduce((sum, length) => sum + length, 0)).toBe(frames);
      expect(Math.max(...segments)).toBeLessThanOrEqual(25);
      expect(Math.min(...segments)).toBeGreaterThanOrEqual(1);
      expect(segments.slice(0, -1).every((length) => length % GRID.partFrames === 0)).toBe(true);
    }
  }
});

test.each([0, -1, 1.5, Number.NaN])('refuses a chunk of %s frames', (frames) => {
  expect(() => cutSegments(frames, GRID)).toThrow(`a chunk must have at least one frame, got ${frames}`);
});

test('segments start where those before them end', () => {
  expect(segmentStarts([15, 20, 16])).toEqual([0, 15, 35]);
  expect(segmentStarts([])).toEqual([]);
});
