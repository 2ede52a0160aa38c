import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { FRAME_TICKS } from '../timeline/axis.ts';
import { cutSegments, gridFor, segmentStarts } from '../timeline/cut.ts';
import { EncodedChunk } from './encoded-chunk.ts';
import { MediaMemory } from './media-memory.ts';
import type { ChunkPlan, FillerClip } from './types.ts';

const PROFILE = { width: 64, height: 64, fps: 10, audioRate: 24_000, renditions: [{ width: 32, height: 32 }] } as const;
const SECONDS = 60;
const FRAMES = SECONDS * PROFILE.fps;
const PICTURE_BYTES = 3_000;
/** Two renditions of pictures, and sound. */
const SECOND_BYTES = 2 * PROFILE.fps * PICTURE_BYTES + PROFILE.audioRate * 2;
const LIMIT_BYTES = 5 * SECOND_BYTES;

let directory: string;
let faults: { error: unknown; isLost: boolean }[];
let nowMs = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'memory-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

function memoryAt(path: string): MediaMemory {
  faults = [];
  return new MediaMemory({
    limitBytes: LIMIT_BYTES,
    directory: path,
    limitOnDisk: 2 ** 30,
    onFault: (error, isLost) => faults.push({ error, isLost }),
    now: () => nowMs,
  });
}

const plan = (holdFrames = 0): ChunkPlan => ({
  profile: PROFILE,
  segmentFrames: cutSegments(FRAMES, gridFor(PROFILE.fps, 1)),
  holdFrames,
});

/** Different for each frame, rendition and chunk. */
const picture = (name: number, rendition: number, frame: number) =>
  new Uint8Array(PICTURE_BYTES).fill(name * 31 + rendition * 7 + frame);
const sample = (name: number, at: number) => 1 + ((at * 7 + name * 977) % 30_011);

function add(chunk: EncodedChunk, name: number, second: number): void {
  const { audioRate } = PROFILE;
  const from = second * audioRate;
  chunk.addPcm(Int16Array.from({ length: audioRate }, (_, at) => sample(name, from + at)));
  addPictures(chunk, name, second);
}

function addPictures(chunk: EncodedChunk, name: number, second: number): void {
  const { fps } = PROFILE;
  const starts = new Set(segmentStarts(chunk.plan.segmentFrames));
  for (let frame = second * fps; frame < (second + 1) * fps; frame++)
    for (const rendition of [0, 1]) {
      const data = picture(name, rendition, frame);
      const isSync = starts.has(frame);
      chunk.addFrame(rendition, { data, isSync, durationTicks: FRAME_TICKS, compositionOffsetTicks: 0 }, nowMs);
    }
}

/** Reads a second as a publisher does: when it is there. */
async function read(chunk: EncodedChunk, name: number, second: number): Promise<void> {
  const { audioRate, fps } = PROFILE;
  const frame = second * fps;
  chunk.readUpTo(frame);
  await expect.poll(() => chunk.isAtHand(frame, fps)).toBe(true);
  await expect.poll(() => chunk.soundAtHand(second * audioRate)).toBeGreaterThanOrEqual((second + 1) * audioRate);
  const sound = chunk.sound(second * audioRate, (second + 1) * audioRate);
  expect(sound.every((value, at) => value === sample(name, second * audioRate + at))).toBe(true);
  for (const [rendition, samples] of chunk.video.entries())
    for (const [at, { data }] of samples.slice(frame, frame + fps).entries())
      expect(Buffer.compare(data, picture(name, rendition, frame + at))).toBe(0);
}

test('what many chunks hold stays under the limit but for what is near, and comes back as it was', async () => {
  const memory = memoryAt(directory);
  const chunks = [0, 1, 2, 3].map(() => new EncodedChunk(plan(), undefined, memory));
  for (const chunk of chunks.slice(0, 2)) chunk.readUpTo(0);
  let most = 0;
  for (let second = 0; second < SECONDS; second++) {
    for (const [name, chunk] of chunks.entries()) add(chunk, name, second);
    await expect.poll(() => memory.bytes).toBeLessThan(26 * SECOND_BYTES);
    most = Math.max(most, memory.bytes);
  }
  for (const chunk of chunks) chunk.finish();
  // Ten seconds of two that are on air, two of the others.
  await expect.poll(() => memory.bytes).toBeLessThanOrEqual(24 * SECOND_BYTES);
  expect(chunks[2]?.isAtHand(0, 20)).toBe(true);
  expect(chunks[2]?.isAtHand(500, 1)).toBe(false);
  // Nothing is left behind in the folder, even while it is used.
  expect(await readdir(directory)).toEqual([]);
  for (let second = 0; second < SECONDS; second++)
    for (const [name, chunk] of chunks.entries()) await read(chunk, name, second);
  for (const chunk of chunks) chunk.release();
  expect(memory.bytes).toBe(0);
  expect(faults).toEqual([]);
});

test('silence and pictures that others own take no memory, however long they are', () => {
  const memory = memoryAt(directory);
  const picture = { data: new Uint8Array(10_000), isSync: true, durationTicks: FRAME_TICKS, compositionOffsetTicks: 0 };
  const video = [0, 1].map(() => Array.from({ length: 20 }, () => picture));
  const clip = { id: 'idle', segmentFrames: [20], video, init: [] } as unknown as FillerClip;
  const chunk = new EncodedChunk(
    { ...plan(), segmentFrames: cutSegments(FRAMES, gridFor(PROFILE.fps, 1)) },
    clip,
    memory,
  );
  for (let second = 0; second < SECONDS; second++) chunk.addPcm(new Int16Array(PROFILE.audioRate));
  chunk.finish();
  expect(memory.bytes).toBe(0);
  expect(chunk.isAtHand(0, FRAMES)).toBe(true);
  expect(chunk.sound(0, 1_000)).toEqual(new Int16Array(1_000));
  chunk.release();
});

test('an encoder waits when nothing can be put aside and there is enough in hand, and goes on when it was read', async () => {
  const blocked = join(directory, 'no-directory');
  await writeFile(blocked, '');
  const memory = memoryAt(blocked);
  const chunk = new EncodedChunk(plan(), undefined, memory);
  chunk.readUpTo(0);
  for (let second = 0; second < 6; second++) add(chunk, 1, second);
  expect(chunk.mustWait).toBe(false);
  add(chunk, 1, 6);
  await expect.poll(() => faults).toHaveLength(1);
  expect(faults[0]?.isLost).toBe(false);
  expect(chunk.mustWait).toBe(true);
  // Nothing is lost by it, and the disk is not asked again at once.
  for (let second = 0; second < 4; second++) await read(chunk, 1, second);
  expect(faults).toHaveLength(1);
  expect(chunk.mustWait).toBe(false);
  // When the disk takes something again, it is used.
  await rm(blocked);
  nowMs += 10_000;
  for (let second = 7; second < SECONDS; second++) add(chunk, 1, second);
  await expect.poll(() => memory.bytes).toBeLessThanOrEqual(12 * SECOND_BYTES);
  for (let second = 4; second < SECONDS; second++) await read(chunk, 1, second);
  chunk.release();
  expect(memory.bytes).toBe(0);
});

test('what can not be read again ends its chunk there, and no other', async () => {
  const memory = memoryAt(directory);
  const [broken, whole] = [0, 1].map(() => new EncodedChunk(plan(), undefined, memory));
  if (!broken || !whole) throw new Error('no chunks');
  for (let second = 0; second < SECONDS; second++)
    for (const [name, chunk] of [broken, whole].entries()) add(chunk, name, second);
  for (const chunk of [broken, whole]) chunk.finish();
  await expect.poll(() => memory.bytes).toBeLessThanOrEqual(LIMIT_BYTES);
  const progress = vi.fn();
  broken.onProgress = progress;
  // As a disk does that lost what was written.
  const { FileHandle } = await fileHandleType();
  const reading = vi.spyOn(FileHandle.prototype, 'read').mockRejectedValueOnce(new Error('EIO: i/o error, read'));
  broken.readUpTo(300);
  await expect.poll(() => broken.state).toBe('failed');
  expect(progress).toHaveBeenCalled();
  expect(faults).toMatchObject([{ isLost: true }]);
  reading.mockRestore();
  for (let second = 0; second < SECONDS; second++) await read(whole, 1, second);
  for (const chunk of [broken, whole]) chunk.release();
});

test('what is lost while it is still being encoded stays lost, and is told', async () => {
  const memory = memoryAt(directory);
  const [chunk, other] = [0, 1].map(() => new EncodedChunk(plan(), undefined, memory));
  if (!chunk || !other) throw new Error('no chunks');
  const lost = vi.fn();
  chunk.onLost = lost;
  chunk.readUpTo(0);
  for (let second = 0; second < SECONDS - 1; second++)
    for (const [name, each] of [chunk, other].entries()) add(each, name, second);
  await expect.poll(() => chunk.isAtHand(300, 1)).toBe(false);
  const { FileHandle } = await fileHandleType();
  const reading = vi.spyOn(FileHandle.prototype, 'read').mockRejectedValueOnce(new Error('EIO: i/o error, read'));
  chunk.readUpTo(300);
  await expect.poll(() => chunk.state).toBe('failed');
  reading.mockRestore();
  expect(lost).toHaveBeenCalledOnce();
  add(chunk, 0, SECONDS - 1);
  expect(() => chunk.finish()).toThrow('could not be read again');
  expect(chunk.state).toBe('failed');
  for (const each of [chunk, other]) each.release();
  expect(memory.bytes).toBe(0);
});

test('pictures that go on for long without sound are put aside, too', async () => {
  const memory = memoryAt(directory);
  const chunk = new EncodedChunk(plan(), undefined, memory);
  chunk.addPcm(new Int16Array(PROFILE.audioRate).fill(1));
  chunk.soundEnds();
  for (let second = 0; second < SECONDS; second++) addPictures(chunk, 1, second);
  await expect.poll(() => memory.bytes).toBeLessThanOrEqual(LIMIT_BYTES);
  chunk.finish();
  expect(chunk.sound(0, PROFILE.audioRate * 2).at(-1)).toBe(0);
  chunk.release();
});

test('a disk that refused is asked again by those who wait, though nothing else happens', async () => {
  const blocked = join(directory, 'refusing');
  await writeFile(blocked, '');
  const memory = memoryAt(blocked);
  const chunk = new EncodedChunk(plan(), undefined, memory);
  for (let second = 0; second < 10; second++) add(chunk, 1, second);
  await expect.poll(() => faults).toHaveLength(1);
  await rm(blocked);
  nowMs += 10_000;
  await expect.poll(() => chunk.mustWait).toBe(false);
  expect(faults).toHaveLength(1);
  chunk.release();
});

test('the last picture is at hand in the end, wherever the media was meanwhile', async () => {
  const memory = memoryAt(directory);
  const hold = 10;
  const chunk = new EncodedChunk(plan(hold), undefined, memory);
  chunk.init.fill({} as never);
  const other = new EncodedChunk(plan(), undefined, memory);
  for (let second = 0; second < SECONDS; second++) add(chunk, 1, second);
  for (let at = 0; at < hold; at++)
    for (const rendition of [0, 1]) {
      const data = picture(1, rendition, FRAMES + at);
      chunk.addFrame(
        rendition,
        { data, isSync: at === 0, durationTicks: FRAME_TICKS, compositionOffsetTicks: 0 },
        0,
        true,
      );
    }
  for (let second = 0; second < SECONDS; second++) add(other, 2, second);
  await expect.poll(() => memory.bytes).toBeLessThanOrEqual(LIMIT_BYTES + 2 * SECOND_BYTES);
  // It was all shown before the encoder was done.
  chunk.readUpTo(FRAMES + 20);
  for (const rendition of [0, 1])
    chunk.init[rendition] = {
      trackId: 1,
      kind: 'video',
      timescale: 1000,
      width: 64,
      height: 64,
      avcC: new Uint8Array([1, 100, 0, 31, 255, 225, 0, 0, 0]),
    } as never;
  chunk.finish();
  const held = chunk.hold?.video.map((samples) => samples.map(({ data }) => data[0]));
  expect(held).toEqual([0, 1].map((r) => Array.from({ length: hold }, (_, at) => picture(1, r, FRAMES + at)[0])));
  for (const each of [chunk, other]) each.release();
  expect(memory.bytes).toBe(0);
});

async function fileHandleType() {
  const { open } = await import('node:fs/promises');
  const file = await open(join(directory, 'any'), 'w');
  await file.close();
  await rm(join(directory, 'any'));
  return { FileHandle: file.constructor as unknown as { prototype: { read(): Promise<unknown> } } };
}
