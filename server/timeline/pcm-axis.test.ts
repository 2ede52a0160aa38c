import { describe, expect, test } from 'vitest';
import { AAC_BLOCK, HOLD_BACK_BLOCKS } from './axis.ts';
import { PcmAxis, PRE_ROLL_BLOCKS } from './pcm-axis.ts';

/** Samples that count up from `from`. */
function count(from: number, length: number): Int16Array {
  return Int16Array.from({ length }, (_, index) => from + index);
}

/** What a run holds of the axis, without pre-roll and look-ahead. */
function blocks(axis: PcmAxis, first: number, number: number): number[] {
  const { pcm } = axis.run(first, number);
  return [...pcm.subarray(PRE_ROLL_BLOCKS * AAC_BLOCK, (PRE_ROLL_BLOCKS + number) * AAC_BLOCK)];
}

describe('the sound of a session', () => {
  test('is sound and silence in the order they came', () => {
    const axis = new PcmAxis();
    axis.append(count(1, 1000));
    axis.append(new Int16Array());
    axis.silenceUntil(1500);
    axis.append(count(2000, 700));
    expect(axis.end).toBe(2200);
    expect(blocks(axis, 0, 3)).toEqual([
      ...count(1, 1000),
      ...new Int16Array(500),
      ...count(2000, 700),
      ...new Int16Array(3 * AAC_BLOCK - 2200),
    ]);
  });

  test('comes to the encoder with what lies in front and behind', () => {
    const axis = new PcmAxis();
    axis.append(count(0, 10 * AAC_BLOCK));
    const run = axis.run(4, 2);
    expect(run.pcm).toEqual(
      count((4 - PRE_ROLL_BLOCKS) * AAC_BLOCK, (PRE_ROLL_BLOCKS + 2 + HOLD_BACK_BLOCKS) * AAC_BLOCK),
    );
    expect(
      axis
        .run(0, 1)
        .pcm.subarray(0, PRE_ROLL_BLOCKS * AAC_BLOCK)
        .every((sample) => sample === 0),
    ).toBe(true);
  });

  test('is taken back to a sample in the middle of a piece, and goes on from there', () => {
    const axis = new PcmAxis();
    axis.append(count(1, 800));
    axis.append(count(5000, 800));
    axis.truncate(900);
    axis.truncate(4000);
    expect(axis.end).toBe(900);
    axis.append(count(9000, 124));
    expect(blocks(axis, 0, 1)).toEqual([...count(1, 800), ...count(5000, 100), ...count(9000, 124)]);
  });

  test('keeps the pre-roll of the next packet when it forgets', () => {
    const axis = new PcmAxis();
    for (let block = 0; block < 20; block++) axis.append(count(block * AAC_BLOCK, AAC_BLOCK));
    const before = axis.run(10, 3).pcm;
    axis.forgetBefore(10);
    expect(axis.run(10, 3).pcm).toEqual(before);
    expect(blocks(axis, 10 - PRE_ROLL_BLOCKS - 1, 1).every((sample) => sample === 0)).toBe(true);
  });

  test('a packet is silent only when its window, its overlap and its look-ahead are', () => {
    const axis = new PcmAxis();
    axis.silenceUntil(10 * AAC_BLOCK);
    axis.append(count(1, AAC_BLOCK));
    const loud = Array.from({ length: 16 }, (_, block) => block).filter((block) => !axis.isSilent(block));
    expect(loud).toEqual([8, 9, 10, 11]);
    expect([11, 12].map((block) => axis.isSilentFrom(block))).toEqual([false, true]);
    expect(axis.isSilentFrom(0)).toBe(false);
  });

  test('refuses silence that would end before what is known', () => {
    const axis = new PcmAxis();
    axis.append(count(1, 100));
    expect(() => axis.silenceUntil(99)).toThrow('sound is known to sample 100, not 99');
  });
});
