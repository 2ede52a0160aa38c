import { describe, expect, test } from 'vitest';
import { EncodedChunk } from './encoded-chunk.ts';
import { SMALL } from './test-media.ts';

/** A chunk of 3 s whose frames came at these times, in ms from the encoder's begin. */
function chunkOf(framesAtMs: readonly number[]): EncodedChunk {
  const chunk = new EncodedChunk({ profile: SMALL, segmentFrames: [25, 25, 25], holdFrames: 0 });
  chunk.started(1_000);
  for (const [frame, atMs] of framesAtMs.entries())
    chunk.addFrame(
      0,
      { data: new Uint8Array(), isSync: frame === 0, durationTicks: 1, compositionOffsetTicks: 0 },
      1_000 + atMs,
    );
  return chunk;
}

test('an encode that had to wait is no slower for it, while it waits and after', () => {
  const chunk = chunkOf(evenly(25, 10));
  const before = chunk.speed(1_250);
  chunk.waits(true, 1_250);
  expect(chunk.speed(31_000)).toBeCloseTo(before, 5);
  chunk.waits(false, 31_000);
  expect(chunk.speed(31_000)).toBeCloseTo(before, 5);
});

const evenly = (count: number, everyMs: number, fromMs = 0): number[] =>
  Array.from({ length: count }, (_, at) => fromMs + (at + 1) * everyMs);

test.each([
  ['an encoder at full speed, at once', evenly(5, 4), 10],
  ['a face at twice real time', evenly(5, 20), 2],
  // Seen of a service at 1.0x: 0.2 s in 136 ms.
  ['a face in real time whose first pictures come at once', [64, 76, 83, 136, 136], 1],
  ['a face at 1.4 times real time, while it is uncertain', evenly(10, 40 / 1.4), 1],
  ['a face at 1.4 times real time, after half a second', evenly(18, 40 / 1.4), 1.4],
  ['a face slower than real time', evenly(5, 80), 0.5],
])('knows the speed of %s', (_, framesAtMs, speed) => {
  const chunk = chunkOf(framesAtMs);
  expect(chunk.speed(1_000 + (framesAtMs.at(-1) ?? 0))).toBeCloseTo(speed, 5);
});

test('counts the time since the last frame once it has stalled', () => {
  const chunk = chunkOf(evenly(25, 10));
  expect(chunk.speed(1_500)).toBeCloseTo(4, 5);
  expect(chunk.speed(3_000)).toBeCloseTo(0.5, 5);
});

const AVC_CONFIG = new Uint8Array([1, 100, 0, 31, 255, 225, 0, 0, 0]);
const sample = (isSync: boolean) => ({ data: new Uint8Array(), isSync, durationTicks: 1, compositionOffsetTicks: 0 });

/** A chunk of 3 s that so many pictures came for, and then so many that hold the last one. */
function cutShort(pictures: number, held: number, options: { holdFrames?: number } = {}): EncodedChunk {
  const chunk = new EncodedChunk({ profile: SMALL, segmentFrames: [25, 25, 25], holdFrames: 0, ...options });
  chunk.init[0] = { kind: 'video', trackId: 1, timescale: 12_800, width: 128, height: 128, avcC: AVC_CONFIG };
  for (let frame = 0; frame < pictures + held; frame++)
    chunk.addFrame(0, sample(frame % 25 === 0 || frame === pictures), 0, frame >= pictures);
  return chunk;
}

const seconds = (count: number) => new Int16Array(count * SMALL.audioRate);

describe('a file that has less than it promised', () => {
  test('is as long as its pictures, and nothing beyond them was ever ready', () => {
    const chunk = cutShort(40, 35);
    expect([chunk.frames, chunk.framesReady]).toEqual([75, 40]);
    chunk.finish();
    expect([chunk.frames, chunk.framesReady, chunk.state]).toEqual([40, 40, 'done']);
    expect(chunk.segmentFrames).toEqual([25, 15]);
    expect(chunk.video[0]).toHaveLength(40);
  });

  test('is as long as its sound, under the last picture', () => {
    const chunk = cutShort(10, 65);
    chunk.addPcm(seconds(1));
    expect(chunk.framesReady).toBe(25);
    chunk.addPcm(seconds(1));
    expect(chunk.framesReady).toBe(50);
    chunk.finish();
    expect(chunk.segmentFrames).toEqual([25, 25]);
  });

  test('has an end before the encoder has, once all that can come has come', () => {
    expect(cutShort(40, 10).hasEnded).toBe(false);
    const chunk = cutShort(10, 65);
    expect(chunk.hasEnded).toBe(true);
    chunk.addPcm(seconds(2));
    expect(chunk.hasEnded).toBe(false);
  });

  test('is held to its planned end where it lacks no more than containers round', () => {
    const chunk = cutShort(73, 2);
    expect(chunk.framesReady).toBe(73);
    chunk.finish();
    expect([chunk.frames, chunk.framesReady]).toEqual([75, 75]);
  });

  test('has its last picture in hand all the same', () => {
    const chunk = cutShort(40, 46, { holdFrames: 10 });
    chunk.finish();
    expect(chunk.frames).toBe(40);
    expect(chunk.hold?.segmentFrames).toEqual([10]);
    expect(chunk.hold?.video[0]?.map(({ isSync }) => isSync)).toEqual([
      true,
      ...Array.from({ length: 9 }, () => false),
    ]);
  });

  test('is one frame at least', () => {
    const chunk = cutShort(0, 75);
    chunk.finish();
    expect(chunk.segmentFrames).toEqual([1]);
  });

  test('begins anew with another encoder', () => {
    const chunk = cutShort(0, 75);
    chunk.restart();
    expect(chunk.heldFrom).toBeUndefined();
    for (let frame = 0; frame < 75; frame++) chunk.addFrame(0, sample(frame % 25 === 0), 0);
    chunk.finish();
    expect(chunk.frames).toBe(75);
  });
});

test('sound alone ends where it ends, under pictures of the filler', () => {
  const video = Array.from({ length: 25 }, (_, frame) => sample(frame === 0));
  const init = {
    kind: 'video',
    trackId: 1,
    timescale: 12_800,
    width: 128,
    height: 128,
    avcC: AVC_CONFIG,
  } as const;
  const filler = { id: 'x', segmentFrames: [25], video: [video], init: [init] };
  const chunk = new EncodedChunk({ profile: SMALL, segmentFrames: [25, 25, 25], holdFrames: 0 }, filler);
  expect(chunk.framesReady).toBe(0);
  chunk.addPcm(seconds(1));
  expect(chunk.framesReady).toBe(25);
  chunk.finish();
  expect(chunk.segmentFrames).toEqual([25]);
});
