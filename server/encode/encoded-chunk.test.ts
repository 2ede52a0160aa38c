import { expect, test } from 'vitest';
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
