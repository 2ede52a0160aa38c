import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { Encoder } from '../encode/encoder.ts';
import { StreamError } from '../errors.ts';
import type { Chunk } from './chunk.ts';
import { ChunkDesk } from './chunk-desk.ts';
import { anyRoom, FakeClock, fillerClip, PROFILE, settle } from './fakes.ts';

const GRID = { partFrames: 5, segmentParts: 5 };
const LIMITS = {
  maxChunkBytes: 1,
  maxChunkSeconds: 10,
  maxQueuedSeconds: 60,
  maxQueuedChunks: 8,
  maxPixelsPerSecond: 1e12,
};

function makeDesk(failed: Chunk[]) {
  const clock = new FakeClock();
  // Encoding never begins: what is under test comes before it.
  const chunks = { encode: () => new Promise<void>(() => undefined) };
  return new ChunkDesk(
    {
      ...{
        encoder: { chunks } as unknown as Encoder,
        account: anyRoom(),
        profile: PROFILE,
        grid: GRID,
        holdFrames: 0,
        maxChunkSeconds: 10,
      },
      ...{
        pictures: () => fillerClip(GRID),
        minSegments: () => 1,
        now: () => clock.now(),
        onRendered: () => undefined,
      },
      ...{ onStart: () => undefined, onProgress: () => undefined },
    },
    {
      ...{ limits: LIMITS, fps: PROFILE.fps, clock, startsInMs: () => 0, ending: () => false },
      ...{ onEncoding: () => undefined, onProgress: () => undefined, onAdjusted: () => undefined },
      onFailed: (chunk: Chunk) => failed.push(chunk),
    },
  );
}

function add(desk: ChunkDesk, fails: boolean): Chunk {
  const index = desk.reserve(undefined, undefined);
  const render = async () => {
    if (fails) throw new StreamError('SPEECH_FAILED', 'no voice');
    const media = {
      width: 2,
      height: 2,
      fps: 25,
      frames: 25,
      pictures: Readable.from([]),
      pcm: new Int16Array(),
      audioRate: 48_000,
    };
    return { media, stages: () => ({}), release: () => undefined };
  };
  return desk.add({
    id: `c${index}`,
    index,
    place: desk.accept(undefined, index),
    turn: undefined,
    text: undefined,
    origin: { kind: 'render', spec: {}, render, drop: () => undefined },
  });
}

test('chunks that failed in front of the queue do not keep those behind them from the encoder', async () => {
  const failed: Chunk[] = [];
  const desk = makeDesk(failed);
  for (let count = 0; count < 4; count++) add(desk, true);
  const good = add(desk, false);
  desk.prepareAhead();
  await settle();
  expect(failed.map((chunk) => chunk.id)).toEqual(['c0', 'c1', 'c2', 'c3']);
  expect(good.encoded?.frames).toBe(25);
  expect(desk.next(0)).toBe(good);
  expect(desk.counts).toEqual({ accepted: 5, published: 0, failed: 4, dropped: 0 });
});

test('refuses more chunks than may wait', () => {
  const desk = makeDesk([]);
  for (let count = 0; count < LIMITS.maxQueuedChunks; count++) add(desk, false);
  expect(() => desk.reserve(undefined, undefined)).toThrow(expect.objectContaining({ code: 'QUEUE_FULL' }));
});

test('dropping takes all that waits out of the queue, calls off what was begun, and lets later chunks come', async () => {
  const failed: Chunk[] = [];
  const desk = makeDesk(failed);
  add(desk, true);
  const begun = [add(desk, false), add(desk, false), add(desk, false)];
  let told = 0;
  const index = desk.reserve(undefined, undefined);
  const origin = {
    kind: 'render' as const,
    spec: {},
    render: () => new Promise<never>(() => undefined),
    drop: () => void told++,
  };
  const last = desk.add({
    id: 'last',
    index,
    place: desk.accept(undefined, index),
    turn: undefined,
    text: undefined,
    origin,
  });
  desk.prepareAhead();
  await settle();
  expect(desk.drop()).toEqual([...begun, last]);
  expect(begun.every((chunk) => chunk.abort.signal.aborted && chunk.state === 'dropped')).toBe(true);
  expect(told).toBe(1);
  expect(desk.empty).toBe(true);
  expect(desk.counts).toEqual({ accepted: 5, published: 0, failed: 1, dropped: 4 });
  const next = add(desk, false);
  desk.prepareAhead();
  await settle();
  expect(desk.next(0)).toBe(next);
});
