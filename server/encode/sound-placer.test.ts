import { expect, test } from 'vitest';
import { SoundPlacer } from './sound-placer.ts';

const RATE = 1_000;

/** Blocks of ten samples, each with its number, put where they say: what is written, and what came. */
function place(starts: readonly number[], options: { skipSamples?: number; samples?: number } = {}) {
  const written: number[] = [];
  const placer = new SoundPlacer({
    ...{ audioRate: RATE, skipSamples: 0, samples: 1_000, ...options },
    write: (pcm) => written.push(...pcm),
  });
  for (const [index, start] of starts.entries()) placer.place(start, new Int16Array(10).fill(index + 1));
  return { written, came: placer.came };
}

/** `count` samples of each value. */
const runs = (...pairs: (readonly [value: number, count: number])[]): number[] =>
  pairs.flatMap(([value, count]) => Array.from({ length: count }, () => value));

test('puts blocks one behind the other, though their times are rounded', () => {
  const { written, came } = place([0, 12, 17, 33]);
  expect(written).toEqual(runs([1, 10], [2, 10], [3, 10], [4, 10]));
  expect(came).toEqual({ start: 0, end: 0.04, droppedSeconds: 0 });
});

test('makes silence before sound that begins late, to the sample', () => {
  const { written, came } = place([25]);
  expect(written).toEqual(runs([0, 25], [1, 10]));
  expect(came).toEqual({ start: 0.025, end: 0.035, droppedSeconds: 0 });
});

test('makes silence where no sound comes, and says where', () => {
  const { written, came } = place([0, 10, 300, 310]);
  expect(written).toEqual(runs([1, 10], [2, 10], [0, 280], [3, 10], [4, 10]));
  expect(came).toMatchObject({ end: 0.32, gap: { at: 0.02, seconds: 0.28 } });
});

test('leaves out sound for a time that has some', () => {
  const starts = Array.from({ length: 20 }, (_, index) => index * 10);
  const { written, came } = place([...starts, 0, 5, 200]);
  expect(written).toHaveLength(210);
  expect(written.at(-1)).toBe(23);
  expect(came?.droppedSeconds).toBeCloseTo(0.02);
});

test('leaves out sound before the start, in the middle of a block too', () => {
  const { written, came } = place([-15, -5, 5]);
  expect(written).toEqual(runs([2, 5], [3, 10]));
  expect(came).toMatchObject({ start: 0, end: 0.015 });
});

test('skips what is not wanted, silence included', () => {
  expect(place([5, 15], { skipSamples: 3 }).written).toEqual(runs([0, 2], [1, 10], [2, 10]));
  expect(place([5, 15], { skipSamples: 18 }).written).toEqual(runs([2, 7]));
  expect(place([5, 15], { skipSamples: 100 }).written).toEqual([]);
});

test('makes no more silence over a leap of hours than is wanted', () => {
  const { written, came } = place([0, 72_000_000], { samples: 50 });
  expect(written).toEqual(runs([1, 10], [0, 40], [2, 10]));
  expect(came).toMatchObject({ end: 72_000.01, gap: { at: 0.01, seconds: 71_999.99 } });
});

test('says that nothing came', () => expect(place([]).came).toBeUndefined());
