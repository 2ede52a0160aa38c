import { expect, test } from 'vitest';
import { largestStep, pitch, type Sound, silenceFrom, soundFrom } from './sound-steps.ts';

/** Heard from 1000 ms on: 100 ms of 200 Hz, 100 ms of silence, 100 ms of 300 Hz. */
function sound(): Sound {
  const rate = 48_000;
  const tone = (hertz: number) => (index: number) =>
    Math.round(16_384 * Math.sin((2 * Math.PI * hertz * index) / rate));
  const [low, high] = [tone(200), tone(300)];
  const samples = Int16Array.from({ length: 14_400 }, (_, index) =>
    index < 4800 ? low(index) : index < 9600 ? 0 : high(index - 9600),
  );
  return { samples, rate, startMs: 1000 };
}

test('finds where silence begins that lasts, and where it ends', () => {
  expect(silenceFrom(sound(), 1000, 1300, 60)).toBeCloseTo(1100, 0);
  expect(silenceFrom(sound(), 1000, 1300, 120)).toBeUndefined();
  expect(soundFrom(sound(), 1100, 1300)).toBeCloseTo(1200, 0);
  expect(soundFrom(sound(), 1100, 1190)).toBeUndefined();
});

test('takes a tone by its steps and its pitch, and a cut by its step', () => {
  const tone = sound();
  expect(largestStep(tone, 1000, 1300).step).toBeCloseTo((0.5 * 2 * Math.PI * 300) / 48_000, 3);
  expect(pitch(tone, 1010, 1090)).toBeCloseTo(200, 0);
  tone.samples.fill(0, 60, 4800);
  expect(largestStep(tone, 1000, 1300)).toEqual({
    step: expect.closeTo(0.5 * Math.sin((2 * Math.PI * 200 * 59) / 48_000), 3),
    atMs: 1001.25,
  });
});
