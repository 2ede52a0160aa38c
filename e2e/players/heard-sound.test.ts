import { expect, test } from 'vitest';
import { heardShare, peaksOf } from './heard-sound.ts';

/** Peaks of words and pauses, each so many blocks of 10 ms, word first. */
const speech = (...lengths: readonly number[]): number[] =>
  lengths.flatMap((length, index) => Array<number>(length).fill(index % 2 === 0 ? 0.2 : 0));

const MEDIA = speech(0, 300, 40, 11, 70, 35, 55, 20, 90, 200);
const QUIETER = MEDIA.map((peak) => peak / 8);

test('keeps the loudest sample of each 10 ms, of either sign', () => {
  const pcm = new Float32Array(1000);
  pcm[100] = 0.25;
  pcm[479] = -0.5;
  pcm[999] = 0.125;
  expect(peaksOf(pcm, 48_000)).toEqual([0.5, 0, 0.125]);
});

test('finds all of a stream in a player that plays it, quieter and a little late', () => {
  expect(heardShare(MEDIA, MEDIA, true)).toBe(1);
  expect(heardShare([...speech(0, 37), ...QUIETER], MEDIA, true)).toBe(1);
});

test('tells how much of a stream did not come out', () => {
  const without = MEDIA.with(310, 0).fill(0, 300, 340);
  expect(heardShare(without, MEDIA, true)).toBeCloseTo((255 - 36) / 255, 1);
  expect(heardShare(speech(0, MEDIA.length), MEDIA, true)).toBe(0);
  expect(heardShare([], MEDIA, true)).toBe(0);
});

test('finds the part of a live stream that was played', () => {
  expect(heardShare(MEDIA.slice(330, 600), MEDIA, false)).toBe(1);
  expect(heardShare(MEDIA.slice(330, 600).fill(0, 100, 170), MEDIA, false)).toBeLessThan(0.95);
});

test('says nothing of a stream that has nothing to be heard', () => {
  expect(heardShare(MEDIA, speech(0, 900), true)).toBeUndefined();
  expect(heardShare(MEDIA, speech(5, 900), false)).toBeUndefined();
});
