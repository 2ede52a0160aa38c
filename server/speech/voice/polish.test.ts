import { describe, expect, it } from 'vitest';
import { polish } from './polish.ts';

const RATE = 16_000;

function sound(before: number, words: number, after: number, level: number): Int16Array {
  const pcm = new Int16Array((before + words + after) * RATE);
  const start = before * RATE;
  for (let at = 0; at < words * RATE; at++) pcm[start + at] = Math.round(level * Math.sin(at / 4));
  return pcm;
}

describe('polish', () => {
  it.each([
    ['long silence is trimmed', sound(2, 1, 3, 9000)],
    ['missing silence is added', sound(0, 1, 0, 9000)],
  ])('leaves 80 ms before and 250 ms after: %s', (_title, pcm) => {
    const polished = polish({ pcm, audioRate: RATE });
    expect((polished?.pcm.length ?? 0) / RATE).toBeCloseTo(0.08 + 1 + 0.25, 2);
    expect(polished?.pcm.subarray(0, 0.079 * RATE).every((value) => value === 0)).toBe(true);
  });

  it('makes all of it equally loud, and lifts quiet sound by 24 dB at most', () => {
    const peak = (level: number) =>
      Math.max(...(polish({ pcm: sound(0.1, 0.5, 0.3, level), audioRate: RATE })?.pcm ?? []));
    expect(peak(30_000)).toBeCloseTo(peak(3000), -3);
    expect(peak(100)).toBeCloseTo(1585, -2);
  });

  it('tells silence from sound', () => {
    expect(polish({ pcm: new Int16Array(0), audioRate: RATE })).toBeUndefined();
    expect(polish({ pcm: new Int16Array(5000).fill(3), audioRate: RATE })).toBeUndefined();
  });
});
