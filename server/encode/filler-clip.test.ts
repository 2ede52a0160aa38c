import { readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { gridFor } from '../timeline/cut.ts';
import { encodeLoop, encodeStill, type FillerRequest, readFiller } from './filler-clip.ts';
import { childProcesses, Lab, NEVER, rawClip, SMALL } from './test-media.ts';
import type { FillerClip, RawClip } from './types.ts';

let lab: Lab;
let draws = 0;

beforeEach(() => {
  lab = new Lab();
  draws = 0;
});
afterEach(async () => {
  await lab.close();
  expect(childProcesses()).toEqual([]);
});

function request(look = 'plain'): FillerRequest {
  const draw = () => {
    draws += 1;
    return rawClip(50);
  };
  const profile = { ...SMALL, renditions: [{ width: 64, height: 64 }] };
  return { profile, grid: gridFor(25, 1), encoder: 'libx264', look, cacheDirectory: lab.path('cache'), draw };
}

async function load(look?: string): Promise<FillerClip> {
  return (await readFiller(request(look))) ?? (await encodeLoop(request(look), lab.chunks, NEVER));
}

const files = () => readdirSync(lab.path('cache')).map((name) => join(lab.path('cache'), name));

/** Buffers and other byte arrays alike. */
const plain = (clip: Awaited<ReturnType<typeof load>>) =>
  JSON.stringify(clip, (_, value) => (ArrayBuffer.isView(value) ? [...(value as Uint8Array)] : (value?.data ?? value)));

test('comes from the cache as it was made', async () => {
  const made = await load();
  expect(made.segmentFrames).toEqual([25, 25]);
  expect(made.video.map((samples) => samples.length)).toEqual([50, 50]);
  expect(made.video[0]?.flatMap((sample, frame) => (sample.isSync ? [frame] : []))).toEqual([0, 25]);
  const read = await load();
  expect(draws).toBe(1);
  expect(read.video.flat().map((sample) => Buffer.from(sample.data).toString('hex'))).toEqual(
    made.video.flat().map((sample) => Buffer.from(sample.data).toString('hex')),
  );
  expect(read.video.flat().map(({ data: _, ...rest }) => rest)).toEqual(
    made.video.flat().map(({ data: _, ...rest }) => rest),
  );
  expect(plain({ ...read, video: [] })).toBe(plain({ ...made, video: [] }));
});

test('its first picture stands still for one segment, and needs no more than that picture', async () => {
  let drawn = 0;
  const draw = (): RawClip => {
    const clip = rawClip(50);
    const counted = async function* (): AsyncGenerator<Uint8Array> {
      for await (const picture of clip.pictures) {
        drawn += 1;
        yield picture;
      }
    };
    return { ...clip, pictures: counted() };
  };
  const still = await encodeStill({ ...request(), draw }, lab.chunks, { deadlineMs: 0, signal: NEVER });
  expect(still.segmentFrames).toEqual([25]);
  expect(still.video.map((samples) => samples.length)).toEqual([25, 25]);
  expect(still.video[0]?.map(({ isSync }) => isSync).indexOf(true, 1)).toBe(-1);
  expect(drawn).toBe(1);
  const loop = await load();
  expect(still.init).toEqual(loop.init);
});

test('the cache keeps so many files at most, the newest ones', async () => {
  await load();
  const [first = ''] = files();
  for (let at = 0; at < 150; at++) {
    const path = join(lab.path('cache'), `filler-${at.toString(16).padStart(16, '0')}-0.mp4`);
    writeFileSync(path, 'x');
    utimesSync(path, 1_000 + at, 1_000 + at);
  }
  await load('other');
  expect(files()).toHaveLength(100);
  expect(files()).toContain(first);
  expect(files().some((path) => path.endsWith('0000000000000000-0.mp4'))).toBe(false);
});

test('is drawn again for another look', async () => {
  await load();
  await load('other');
  expect(draws).toBe(2);
  expect(files()).toHaveLength(4);
});

test('is made again where a cached file is torn, empty or garbage', async () => {
  await load();
  const whole = readFileSync(files()[0] ?? '');
  const tears = [0, 7, 300, Math.round(whole.length / 2), whole.length - 1];
  for (const [count, length] of tears.entries()) {
    truncateSync(files()[count % 2] ?? '', length);
    expect((await load()).video[0]).toHaveLength(50);
    expect(draws).toBe(count + 2);
  }
  writeFileSync(files()[0] ?? '', 'garbage that is no MP4 at all');
  expect((await load()).video[0]).toHaveLength(50);
  expect(files().filter((path) => path.endsWith('.tmp'))).toEqual([]);
});
