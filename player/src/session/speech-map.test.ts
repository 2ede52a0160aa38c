import { expect, test } from 'vitest';
import { SpeechMap } from './speech-map.ts';

function mapOf(...ranges: [id: string, startMs: number, endMs: number][]): SpeechMap {
  const map = new SpeechMap();
  for (const [id, startMs, endMs] of ranges) {
    map.add({ id, startMs, endMs });
  }
  return map;
}

test('tells how long nobody speaks', () => {
  const map = mapOf(['b', 9_000, 10_000], ['a', 1_000, 3_000]);
  expect(map.silenceFrom(0)).toBe(1);
  expect(map.silenceFrom(1_000)).toBe(0);
  expect(map.silenceFrom(2_999)).toBe(0);
  // Still on its way to the loudspeaker.
  expect(map.silenceFrom(3_200)).toBe(0);
  expect(map.silenceFrom(3_500)).toBe(5.5);
  expect(map.silenceFrom(10_500)).toBe(Number.POSITIVE_INFINITY);
});

test('a chunk that is cut off ends where the playlist says by now', () => {
  const map = mapOf(['a', 1_000, 9_000]);
  expect(map.silenceFrom(4_000)).toBe(0);
  map.add({ id: 'a', startMs: 1_000, endMs: 3_500 });
  expect(map.silenceFrom(4_000)).toBe(Number.POSITIVE_INFINITY);
});

test('knows where the first speech begins that is not over', () => {
  const map = mapOf(['a', 1_000, 3_000], ['b', 3_000, 5_000]);
  expect(map.next(2_000)).toBe(1_000);
  expect(map.next(3_000)).toBe(3_000);
  expect(map.next(5_000)).toBeUndefined();
});

test('is not known before anything was said, and stays small', () => {
  const map = mapOf();
  expect(map.isKnown).toBe(false);
  for (let index = 0; index < 600; index++) {
    map.add({ id: `c${index}`, startMs: index * 10, endMs: index * 10 + 5 });
  }
  expect(map.isKnown).toBe(true);
  expect(map.next(0)).toBe(1_000);
});
