import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Disk } from './disk.ts';

let directory: string;
let disk: Disk;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'disk-'));
  disk = new Disk();
});

afterEach(async () => {
  await disk.closeAll();
  await rm(directory, { recursive: true, force: true });
});

const bytes = (text: string): Buffer => Buffer.from(text);

test('writes pieces at a position, over what was there, and makes missing directories', async () => {
  const path = join(directory, 'a', 'b', 'file');
  await disk.write(path, [bytes('hello '), bytes('there')], 0);
  await disk.write(path, [bytes('HELL')], 0);
  await disk.write(path, [bytes('!')], 13);
  expect(await disk.read(path)).toEqual(bytes('HELLo there\0\0!'));
  await disk.write(path, [bytes('new')], 0, true);
  expect(await disk.read(path)).toEqual(bytes('new'));
});

test('keeps writes to one file apart, whoever comes at the same time', async () => {
  const path = join(directory, 'file');
  await Promise.all(Array.from({ length: 100 }, (_, at) => disk.write(path, [bytes(String(at % 10))], at)));
  expect((await disk.read(path)).toString()).toBe('0123456789'.repeat(10));
  expect(disk.open).toBe(1);
});

test('a file is replaced as a whole, also while it is open', async () => {
  const path = join(directory, 'file');
  await disk.write(path, [bytes('the old one, which is long')], 0);
  await disk.replace(path, [bytes('the '), bytes('new one')]);
  expect((await disk.read(path)).toString()).toBe('the new one');
  await disk.write(path, [bytes('THE')], 0);
  expect((await disk.read(path)).toString()).toBe('THE new one');
  expect(await readdir(directory)).toEqual(['file']);
});

test('cuts a file off, and never makes one longer', async () => {
  const path = join(directory, 'file');
  await writeFile(path, 'hello');
  await disk.truncate(path, 9);
  expect(await readFile(path, 'utf8')).toBe('hello');
  await disk.truncate(path, 2);
  expect(await readFile(path, 'utf8')).toBe('he');
});

test('keeps 256 files open at most, those that were used last', async () => {
  const path = (at: number): string => join(directory, `f${at}`);
  for (let at = 0; at < 300; at++) await disk.write(path(at), [bytes('x')], 0);
  expect(disk.open).toBe(256);
  await disk.close(path(43));
  expect(disk.open).toBe(256);
  await disk.close(path(44));
  expect(disk.open).toBe(255);
  // One that was closed is opened again.
  await disk.write(path(0), [bytes('y')], 1);
  expect((await disk.read(path(0))).toString()).toBe('xy');
});

test('closes files that nobody writes to', async () => {
  await disk.write(join(directory, 'idle'), [bytes('x')], 0);
  const busy = join(directory, 'busy');
  for (let at = 0; disk.open !== 1 || at < 20; at++) {
    if (at > 100) throw new Error('it stays open');
    await disk.write(busy, [bytes('x')], at);
    await delay(100);
  }
  expect((await disk.read(busy)).toString()).toMatch(/^x{20,}$/);
});

test('tells of what can not be written, and tries anew the next time', async () => {
  const path = join(directory, 'a', 'file');
  await writeFile(join(directory, 'a'), 'a file is where a directory should be');
  await expect(disk.write(path, [bytes('x')], 0)).rejects.toMatchObject({ code: 'ENOTDIR' });
  expect(disk.open).toBe(0);
  await rm(join(directory, 'a'));
  await disk.write(path, [bytes('x')], 0);
  expect((await disk.read(path)).toString()).toBe('x');
});

test('deletes a directory, though its files are open', async () => {
  await disk.write(join(directory, 'a', 'file'), [bytes('x')], 0);
  await disk.write(join(directory, 'ab', 'file'), [bytes('x')], 0);
  await disk.removeAll(join(directory, 'a'));
  expect(await readdir(directory)).toEqual(['ab']);
  expect(disk.open).toBe(1);
});

test('syncs that take long leave threads to what is written, and all of them get their turn', async () => {
  let [running, most, done] = [0, 0, 0];
  const slow = {
    async sync(): Promise<void> {
      most = Math.max(most, ++running);
      await delay(30);
      running -= 1;
      done += 1;
    },
  };
  const syncs = Array.from({ length: 7 }, () => disk.syncFile(slow));
  const failing = disk.syncFile({ sync: () => Promise.reject(new Error('EIO')) });
  await disk.write(join(directory, 'file'), [bytes('x')], 0);
  expect(done).toBeLessThan(3);
  await expect(failing).rejects.toThrow('EIO');
  await Promise.all(syncs);
  expect([done, most]).toEqual([7, 2]);
});
