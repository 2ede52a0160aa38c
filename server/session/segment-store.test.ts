import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StreamError } from '../errors.ts';
import { SegmentStore } from './segment-store.ts';

let store: SegmentStore;
beforeEach(async () => {
  store = new SegmentStore(await mkdtemp(join(tmpdir(), 'store-')));
});
afterEach(() => store.removeAll());

const chunks = () => readdir(join(store.directory, 'chunks'));
const MAX = { maxBytes: 10, signal: new AbortController().signal, onBytes: () => undefined };

/** A body that gives `text` and then neither goes on nor ends. */
function stuck(text: string): Readable {
  const body = new Readable({ read: () => undefined });
  body.push(text);
  return body;
}

test('stores a body under its name', async () => {
  const { path, sizeBytes } = await store.storeUpload(
    'a',
    Readable.from([Buffer.from('12345'), Buffer.from('67890')]),
    MAX,
  );
  expect(sizeBytes).toBe(10);
  expect(await readFile(path, 'utf8')).toBe('1234567890');
  expect(await chunks()).toEqual(['a']);
  await store.removeUpload(path);
  expect(await chunks()).toEqual([]);
});

test('refuses a body that is too large, and leaves nothing', async () => {
  const body = Readable.from([Buffer.from('12345'), Buffer.from('678901')]);
  await expect(store.storeUpload('a', body, MAX)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' });
  expect(await chunks()).toEqual([]);
  expect(body.destroyed).toBe(true);
});

test('asks about a body before it is written, and leaves nothing of one that is refused', async () => {
  const asked: number[] = [];
  const onBytes = (bytes: number): void => {
    asked.push(bytes);
    if (bytes > 6) throw new StreamError('STORAGE_FULL', 'full');
  };
  const body = Readable.from([Buffer.from('12345'), Buffer.from('6'), Buffer.from('789')]);
  await expect(store.storeUpload('a', body, { ...MAX, onBytes })).rejects.toMatchObject({ code: 'STORAGE_FULL' });
  expect(asked).toEqual([5, 6, 9]);
  expect(await chunks()).toEqual([]);
});

test('leaves nothing of a body whose sender went away', async () => {
  const body = stuck('123');
  const stored = store.storeUpload('a', body, MAX);
  setTimeout(() => body.destroy(), 20);
  await expect(stored).rejects.toMatchObject({ code: 'ABORTED' });
  expect(await chunks()).toEqual([]);
});

test.each([0, 20])('stops waiting for a body that is called off after %i ms', async (afterMs) => {
  const abort = new AbortController();
  if (afterMs === 0) abort.abort();
  const stored = store.storeUpload('a', stuck('123'), { ...MAX, signal: abort.signal });
  setTimeout(() => abort.abort(), afterMs);
  await expect(stored).rejects.toMatchObject({ code: 'ABORTED' });
  expect(await chunks()).toEqual([]);
});

test('gives segments back as their parts were stored, without what lay there before', async () => {
  const path = store.segmentPath('v0', 7);
  await store.disk.write(path, [Buffer.from('something longer')], 0, true);
  await store.disk.write(path, [Buffer.from('ab')], 0, true);
  await store.disk.write(path, [Buffer.from('c')], 2);
  expect((await store.readSegment('v0', 7)).toString()).toBe('abc');
  expect(await readdir(join(store.directory, 'v0'))).toEqual(['s7.m4s']);
  await store.removeAll();
  await expect(store.readSegment('v0', 7)).rejects.toMatchObject({ code: 'ENOENT' });
  await rm(store.directory, { recursive: true, force: true });
});
