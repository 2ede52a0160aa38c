import { expect, test } from 'vitest';
import { EncodedChunk } from '../encode/encoded-chunk.ts';
import { FRAME_TICKS } from '../timeline/axis.ts';
import { cutSegments, gridFor } from '../timeline/cut.ts';
import { Timeline } from '../timeline/timeline.ts';
import { FakeAac, fillerClip, PROFILE, SILENCE, settle } from './fakes.ts';
import { Playout } from './playout.ts';
import { SoundLane } from './sound-lane.ts';

/** Where a frame is no whole number of samples, a pause moves the sound by a sample against the pictures. */
const UNEVEN = { ...PROFILE, fps: 24, audioRate: 16_000 };
const FRAMES = 480;
const PART = 5;

test('a chunk goes on after each of several pauses, though what was shown of it is forgotten', async () => {
  const grid = gridFor(UNEVEN.fps, 1);
  const timeline = new Timeline({ axis: UNEVEN, windowFrames: 1e9 });
  const lane = new SoundLane(new FakeAac(), SILENCE, (error) => expect.unreachable(String(error)));
  const playout = new Playout({
    ...{ timeline, lane, presentationMs: () => 0, onSegment: () => undefined, initId: () => 0 },
  });
  const filler = fillerClip(grid, 240);
  const chunk = new EncodedChunk({ profile: UNEVEN, segmentFrames: cutSegments(FRAMES, grid), holdFrames: 0 });
  chunk.init[0] = filler.init[0];
  const frame = { data: new Uint8Array(1), isSync: true, durationTicks: FRAME_TICKS, compositionOffsetTicks: 0 };
  for (let at = 0; at < FRAMES; at++) chunk.addFrame(0, frame, 0);
  chunk.addPcm(new Int16Array((FRAMES / UNEVEN.fps) * UNEVEN.audioRate).fill(7));
  chunk.finish();
  const publish = async (): Promise<void> => {
    while (!playout.publish(PART)) {
      await playout.soundReady(PART);
      await settle();
    }
  };
  playout.startFiller(filler);
  await publish();
  let from: Parameters<Playout['startChunk']>[2];
  for (const pauseAt of [20, 120, 240, 360]) {
    playout.startChunk(chunk, chunk, from);
    while ((playout.cursor?.frame ?? pauseAt) < pauseAt) {
      expect(playout.has(PART)).toBe(true);
      await publish();
    }
    const { cursor } = playout;
    if (!cursor) throw new Error('nothing plays');
    from = { cursor, sample: playout.chunkSamples };
    playout.startFiller(filler);
    await publish();
  }
  playout.startChunk(chunk, chunk, from);
  expect(playout.has(PART)).toBe(true);
});
