import { expect, test } from 'vitest';
import { fadeOut } from './fade-out.ts';

const RATE = 48_000;
const tone = Int16Array.from({ length: RATE }, (_, at) =>
  Math.round(20_000 * Math.sin((2 * Math.PI * 440 * at) / RATE)),
);
/** Largest step from one sample to the next. */
const steepest = (pcm: Int16Array) =>
  pcm.reduce((most, value, at) => (at === 0 ? 0 : Math.max(most, Math.abs(value - (pcm[at - 1] ?? 0)))), 0);
const joined = (before: Int16Array, after: Int16Array) => Int16Array.from([...before, ...after, 0, 0]);

test.each([1_000, 1_027, 1_054, 1_081])(
  'falls to silence without a step steeper than the tone has, from sample %i',
  (from) => {
    const faded = joined(tone.subarray(0, from), fadeOut(tone, from, 960));
    expect(steepest(faded)).toBeLessThanOrEqual(steepest(tone) * 1.02);
    expect(Math.abs(faded.at(-3) ?? 0)).toBeLessThan(20);
  },
);

test('goes on from the last sample where no more of the sound is known', () => {
  const known = tone.subarray(0, 1_040);
  const faded = joined(known, fadeOut(known, known.length, 960));
  expect(steepest(faded)).toBeLessThanOrEqual(steepest(tone) * 1.02);
});

test('is silence when nothing at all is known', () => {
  expect([...fadeOut(new Int16Array(), 0, 4)]).toEqual([0, 0, 0, 0]);
});
