import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Part, Segment } from '../../timeline/segment.ts';
import { SegmentStore } from '../segment-store.ts';
import { PartFiles } from './part-files.ts';
import { TroubledDisk } from './troubled-disk.ts';

const MIB = 1024 * 1024;

let directory: string;
let disk: TroubledDisk;
let store: SegmentStore;
let files: PartFiles;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'parts-'));
  disk = new TroubledDisk();
  store = new SegmentStore(directory, disk);
  files = new PartFiles(store);
});
afterEach(async () => {
  await disk.closeAll();
  await rm(directory, { recursive: true, force: true });
});

function segmentOf(msn: number): Segment {
  return { msn, startFrame: 0, parts: [], frames: 0, complete: false, ...rest };
}
const rest = { initId: 0, discontinuity: false, programDateTimeMs: 0, derived: false };

/** The next part of a segment, with a body for each rendition. */
function add(segment: Segment, ...bodies: Uint8Array[]) {
  const part: Part = { number: segment.parts.length, startFrame: 0, frames: 1, ...sound };
  segment.parts.push(part);
  return files.add(segment, part, bodies);
}
const sound = { firstBlock: 0, blocks: 1, independent: true, media: undefined };

const stored = (msn: number, rendition = 'v0') => readFile(store.segmentPath(rendition, msn), 'utf8');

test('a segment is its parts one after the other, of each rendition', async () => {
  const segment = segmentOf(3);
  const parts = ['one,', 'two,', 'three'].map((text) => add(segment, Buffer.from(text), Buffer.from(text[0] ?? '')));
  expect(parts[1]?.crcs).toEqual([crc32('two,'), crc32('t')]);
  expect(files.isStored(segment)).toBe(false);
  // Whoever is first to be written.
  await Promise.all(parts.toReversed().map(({ work }) => work.write()));
  expect([await stored(3), await stored(3, 'v1')]).toEqual(['one,two,three', 'ott']);
  expect(segment.parts.map(({ sizes }) => sizes)).toEqual([
    [4, 1],
    [4, 1],
    [5, 1],
  ]);
  expect(files.isStored(segment)).toBe(true);
  expect(await files.storeAgain()).toEqual([]);
});

test('a file that an earlier server left is begun anew', async () => {
  await disk.write(store.segmentPath('v0', 3), [Buffer.from('something that was longer')], 0);
  const segment = segmentOf(3);
  await add(segment, Buffer.from('one,')).work.write();
  await add(segment, Buffer.from('two')).work.write();
  expect(await stored(3)).toBe('one,two');
});

test('a complete segment is closed with its last part', async () => {
  const segment = segmentOf(3);
  await add(segment, Buffer.from('one')).work.write();
  expect(disk.open).toBe(1);
  segment.complete = true;
  await add(segment, Buffer.from('two')).work.write();
  expect(disk.open).toBe(0);
});

test('what the disk did not take is stored later', async () => {
  const segment = segmentOf(3);
  await add(segment, Buffer.from('one,')).work.write();
  disk.fails = 'ENOSPC';
  for (const text of ['two,', 'three,'])
    await expect(add(segment, Buffer.from(text)).work.write()).rejects.toThrow('ENOSPC');
  expect(files.isStored(segment)).toBe(false);
  await expect(files.storeAgain()).rejects.toThrow('ENOSPC');
  disk.fails = undefined;
  await add(segment, Buffer.from('four')).work.write();
  expect(await files.storeAgain()).toEqual([]);
  expect(await stored(3)).toBe('one,two,three,four');
  expect(files.isStored(segment)).toBe(true);
});

test('keeps 32 MiB for a disk that takes nothing, and tells which segments lack what was older', async () => {
  disk.fails = 'EIO';
  const segments = [1, 2, 3].map(segmentOf) as [Segment, Segment, Segment];
  for (const segment of segments)
    for (let count = 0; count < 3; count++)
      await expect(add(segment, new Uint8Array(4 * MIB).fill(segment.msn)).work.write()).rejects.toThrow('EIO');
  disk.fails = undefined;
  // 36 MiB came: the first part of the first segment had to go.
  expect(await files.storeAgain()).toEqual([1]);
  expect(segments.map((segment) => files.isStored(segment))).toEqual([false, true, true]);
  expect(segments.map(({ msn }) => files.isLost(msn))).toEqual([true, false, false]);
  const bytes = await readFile(store.segmentPath('v0', 2));
  expect(bytes.length).toBe(12 * MIB);
  expect(bytes.every((byte) => byte === 2)).toBe(true);
  expect(await files.storeAgain()).toEqual([]);
});
