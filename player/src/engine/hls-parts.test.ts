import { expect, test } from 'vitest';
import { type LoadedPart, markBuffered } from './hls-parts.ts';

function part(start: number, loaded = false): LoadedPart {
  const times = { startPTS: start, endPTS: start + 0.2, startDTS: start, endDTS: start + 0.2 };
  return {
    start,
    end: start + 0.2,
    elementaryStreams: { audiovideo: loaded ? times : null },
    get loaded() {
      return this.elementaryStreams.audiovideo !== null;
    },
  };
}

const ranges = (...of: [number, number][]) => ({
  length: of.length,
  start: (at: number) => of[at]?.[0] ?? 0,
  end: (at: number) => of[at]?.[1] ?? 0,
});

test('parts in the buffer count as loaded, and the next one to load does not', () => {
  const parts = [part(31.8, true), part(32), part(32.2), part(32.4), part(32.6, true), part(32.8, true), part(33)];
  // Sound ends 64 ms before the pictures of the last part that is there.
  markBuffered(parts, ranges([2, 32.936]));
  expect(parts.map(({ loaded }) => loaded)).toEqual([true, true, true, true, true, true, false]);
});

test('the next part is not taken for one that is there, however short it is', () => {
  for (const length of [0.04, 0.08, 0.2]) {
    for (const off of [-0.064, -0.021, 0, 0.021]) {
      const next = { ...part(10), end: 10 + length };
      markBuffered([next], ranges([2, 10 + off]));
      expect(next.elementaryStreams.audiovideo).toBeNull();
    }
  }
});

test('parts before the buffer, in a hole of it and behind it stay as they are', () => {
  const parts = [part(9.6), part(10), part(11.1), part(12)];
  markBuffered(parts, ranges([10, 10.9], [11.6, 11.95]));
  expect(parts.map(({ loaded }) => loaded)).toEqual([false, true, false, false]);
  markBuffered(parts, ranges());
  expect(parts.map(({ loaded }) => loaded)).toEqual([false, true, false, false]);
});
