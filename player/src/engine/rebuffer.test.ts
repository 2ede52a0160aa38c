import { describe, expect, test } from 'vitest';
import { Rebuffer } from './rebuffer.ts';

const state = (nowMs: number, bufferAhead: number, isAll = false) => ({ nowMs, bufferAhead, isAll });

describe('playback that ran out of media', () => {
  test('goes on with 0.4 s in hand', () => {
    const rebuffer = new Rebuffer();
    expect(rebuffer.release(state(0, 0))).toBe(true);
    rebuffer.begin(0);
    expect(rebuffer.holding).toBe(true);
    expect(rebuffer.release(state(100, 0.2))).toBe(false);
    expect(rebuffer.release(state(200, 0.4))).toBe(true);
    expect(rebuffer.holding).toBe(false);
  });

  test('again within a minute wants twice as much, up to 4 s', () => {
    const rebuffer = new Rebuffer();
    const wanted = [0.4, 0.8, 1.6, 3.2, 4, 4];
    for (const [index, seconds] of wanted.entries()) {
      rebuffer.begin(index * 30_000);
      expect(rebuffer.release(state(index * 30_000 + 100, seconds - 0.01))).toBe(false);
      expect(rebuffer.release(state(index * 30_000 + 200, seconds))).toBe(true);
    }
  });

  test('a minute later wants what it wanted at first', () => {
    const rebuffer = new Rebuffer();
    rebuffer.begin(0);
    rebuffer.release(state(1_000, 1));
    rebuffer.begin(61_001);
    expect(rebuffer.release(state(61_002, 0.4))).toBe(true);
  });

  test('goes on with whatever there is when nothing more comes, or nobody can wait any longer', () => {
    const rebuffer = new Rebuffer();
    rebuffer.begin(0);
    expect(rebuffer.release(state(1, 0.1, true))).toBe(true);
    rebuffer.begin(10);
    expect(rebuffer.release(state(10_009, 0.1))).toBe(false);
    expect(rebuffer.release(state(10_010, 0))).toBe(false);
    expect(rebuffer.release(state(10_011, 0.1))).toBe(true);
  });

  test('is held once, however often it is told, and not after a seek', () => {
    const rebuffer = new Rebuffer();
    rebuffer.begin(0);
    rebuffer.begin(5_000);
    expect(rebuffer.release(state(5_001, 0.4))).toBe(true);
    rebuffer.begin(5_002);
    rebuffer.cancel();
    expect(rebuffer.holding).toBe(false);
  });
});
