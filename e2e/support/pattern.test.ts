import { expect, test } from 'vitest';
import { cellsOf, markOf } from './pattern.ts';

test('reads back every mark it draws', () => {
  for (const clip of [0, 1, 9, 255]) {
    for (const frame of [0, 1, 24, 255, 256, 65_535]) expect(markOf(cellsOf({ clip, frame }))).toEqual({ clip, frame });
  }
});

test('reads a mark whose black and white came out grey', () => {
  const faded = cellsOf({ clip: 3, frame: 77 }).map((luma) => (luma > 0 ? 180 : 60));
  expect(markOf(faded)).toEqual({ clip: 3, frame: 77 });
});

test('refuses a picture without a mark: flat, half flat, or with one wrong bit', () => {
  const cells = cellsOf({ clip: 3, frame: 77 });
  expect(markOf(new Uint8Array(80).fill(128))).toBeNull();
  expect(markOf(cells.map((luma, index) => (index < 40 ? luma : 128)))).toBeNull();
  for (let bit = 0; bit < 40; bit++) {
    const flipped = cells.map((luma, index) => (index >> 1 === bit ? 255 - luma : luma));
    expect(markOf(flipped)).toBeNull();
  }
});

test('refuses a mark mixed of two frames', () => {
  const [first, second] = [cellsOf({ clip: 1, frame: 10 }), cellsOf({ clip: 1, frame: 13 })];
  expect(markOf(first.map((luma, index) => (luma + (second[index] ?? 0)) / 2))).toBeNull();
});

test('refuses numbers that do not fit', () => {
  expect(() => cellsOf({ clip: 256, frame: 0 })).toThrow(RangeError);
});
