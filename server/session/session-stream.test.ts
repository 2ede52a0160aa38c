import { pino } from 'pino';
import { expect, test } from 'vitest';
import type { Encoder } from '../encode/encoder.ts';
import { StreamError } from '../errors.ts';
import { Disk } from '../lib/disk.ts';
import { gridFor } from '../timeline/cut.ts';
import type { Chunk } from './chunk.ts';
import type { ChunkDesk } from './chunk-desk.ts';
import { anyRoom, FakeAac, FakeClock, fillerClip, HandMadeChunk, PROFILE, SILENCE } from './fakes.ts';
import { ClipStore } from './journal/clip-store.ts';
import { noJournal } from './journal/session-journal.ts';
import { readResource } from './read-resource.ts';
import { SegmentStore } from './segment-store.ts';
import { SessionStream } from './session-stream.ts';

const GRID = gridFor(PROFILE.fps, 4);

/** An `asap` session whose queue is filled by hand. */
function makeStream(clock: FakeClock, waiting: Chunk[], aac = new FakeAac(), told: string[] = []): SessionStream {
  const desk = {
    ...{ next: () => waiting[0], gapEndsMs: () => undefined, take: () => waiting.shift(), done: () => undefined },
    get empty() {
      return waiting.length === 0;
    },
  };
  const nothing = () => undefined;
  return new SessionStream(
    {
      profile: PROFILE,
      pacing: 'asap',
      filler: 'hold',
      title: undefined,
      captions: undefined,
      window: 60,
      targetDuration: 4,
      leadMs: 500,
    },
    {
      ...{ encoder: { sound: () => aac } as unknown as Encoder, clock, store: new SegmentStore('/nowhere') },
      ...{ journal: noJournal(), clips: new ClipStore('/nowhere', new Disk()), tag: 'tag' },
      assertStorable: () => undefined,
      account: anyRoom(),
      onStorageFault: () => new StreamError('STORAGE_FULL', 'full'),
      ...{ logger: pino({ level: 'silent' }), filler: fillerClip(GRID), silence: SILENCE },
      idleLoop: async () => fillerClip(GRID),
      idle: async () => fillerClip(GRID),
      limits: {
        maxChunkBytes: 1,
        maxChunkSeconds: 10,
        maxQueuedSeconds: 10,
        maxQueuedChunks: 10,
        maxPixelsPerSecond: 1e12,
      },
    },
    {
      ...{ desk: () => desk as unknown as ChunkDesk, ending: () => false, emit: nothing },
      onStarted: (chunk) => told.push(`start ${chunk.id}`),
      ...{
        onFinished: nothing,
        onEnded: nothing,
        onFault: nothing,
        onSoundFailure: nothing,
        onIdleShown: nothing,
      },
    },
  );
}

async function bytesOf(stream: SessionStream, msn: number): Promise<string> {
  return (await readResource(stream.output.resource('v0', `s${msn}.m4s`)))?.toString('latin1') ?? '';
}

test('holds the last picture of the last chunk, though that is encoded after the chunk was played out', async () => {
  const clock = new FakeClock();
  const waiting: Chunk[] = [];
  const stream = makeStream(clock, waiting);
  stream.output.subscribe(() => undefined);
  for (const name of ['a', 'b']) {
    const chunk = new HandMadeChunk(name, 50, { grid: GRID, nowMs: clock.now(), holdFrames: 25 });
    waiting.push(chunk.encode(50, clock.now()));
    stream.run();
    await clock.advance(100);
    chunk.encodeHold(clock.now());
  }
  expect(stream.publishedUntil()).toBe(4);
  await clock.advance(5_000);
  expect(stream.publishedUntil()).toBe(8);
  expect(await bytesOf(stream, 2)).toContain('b=0b=1b=2');
  await stream.close();
});

test('a chunk that is cut before its first part is published was never told to be', async () => {
  const clock = new FakeClock();
  const aac = new FakeAac();
  const waiting: Chunk[] = [];
  const told: string[] = [];
  const stream = makeStream(clock, waiting, aac, told);
  stream.output.subscribe(() => undefined);
  const first = new HandMadeChunk('a', 50, { grid: GRID, nowMs: clock.now() });
  waiting.push(first.encode(50, clock.now()));
  stream.run();
  await clock.advance(0);
  expect(told).toEqual(['start a']);
  const { promise, resolve } = Promise.withResolvers<void>();
  aac.gate = promise;
  const second = new HandMadeChunk('b', 50, { grid: GRID, nowMs: clock.now() });
  waiting.push(second.encode(50, clock.now()));
  stream.run();
  await clock.advance(0);
  expect([stream.onAir, told]).toEqual([second, ['start a']]);
  expect(stream.cut()).toMatchObject({ chunk: second, said: undefined });
  resolve();
  await clock.advance(10_000);
  expect(told).toEqual(['start a']);
  await stream.close();
});
