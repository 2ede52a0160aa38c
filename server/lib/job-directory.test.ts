import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { lendFile, makeJobDirectory, makeSpareDirectory, sweepJobDirectories } from './job-directory.ts';

/** What the file system says instead of doing what it is asked. */
const { refuses } = vi.hoisted(() => ({ refuses: { mkdtemp: [] as string[], link: [] as string[] } }));

vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof import('node:fs/promises')>();
  const unless = <T extends unknown[], R>(name: keyof typeof refuses, work: (...call: T) => Promise<R>) => {
    return async (...call: T): Promise<R> => {
      const code = refuses[name].shift();
      if (code !== undefined) throw Object.assign(new Error(`${code}: refused`), { code });
      return await work(...call);
    };
  };
  return { ...fs, mkdtemp: unless('mkdtemp', fs.mkdtemp), link: unless('link', fs.link) };
});

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'jobs-'));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

test('is below its root, and gone with the job', async () => {
  const job = await makeJobDirectory(join(root, 'a', 'jobs'));
  await writeFile(join(job.path, 'file'), 'x');
  expect(await readdir(join(root, 'a', 'jobs'))).toHaveLength(1);
  await job.remove();
  expect(await readdir(join(root, 'a', 'jobs'))).toEqual([]);
});

test.each(['ENOSPC', 'EROFS'])('is one of the system for temporary files when the disk says %s', async (code) => {
  refuses.mkdtemp.push(code);
  const job = await makeJobDirectory(root);
  expect(job.path.startsWith(join(tmpdir(), 'throughline-job-'))).toBe(true);
  await job.remove();
  await expect(stat(job.path)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('is swept with what else an earlier server left, there and among temporary files, but for those of others', async () => {
  const jobs = join(root, 'jobs');
  const left = [await makeJobDirectory(jobs), await makeSpareDirectory(jobs)];
  const foreign = [await makeJobDirectory(join(root, 'other')), await makeSpareDirectory(join(root, 'other'))];
  for (const { path } of [...left, ...foreign]) await writeFile(join(path, 'text.txt'), 'what was said');
  await sweepJobDirectories(jobs);
  await sweepJobDirectories(jobs);
  for (const { path } of left) await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  for (const job of foreign) {
    expect(await readFile(join(job.path, 'text.txt'), 'utf8')).toBe('what was said');
    await job.remove();
  }
});

test('other troubles are told', async () => {
  await writeFile(join(root, 'file'), '');
  await expect(makeJobDirectory(join(root, 'file', 'jobs'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

test.each([
  ['by another name', undefined, true],
  ['by reference to another file system', 'EXDEV', false],
  ['by reference where nothing can be written', 'ENOSPC', false],
])('a file is lent %s', async (_, code, isSame) => {
  const job = join(root, 'job');
  await mkdir(job);
  await writeFile(join(root, 'upload'), 'hello');
  if (code !== undefined) refuses.link.push(code);
  await lendFile(join(root, 'upload'), job, 'input');
  expect(await readFile(join(job, 'input'), 'utf8')).toBe('hello');
  const { nlink } = await stat(join(root, 'upload'));
  expect(nlink === 2).toBe(isSame);
  // The job goes; what was lent stays.
  await rm(job, { recursive: true });
  expect(await readFile(join(root, 'upload'), 'utf8')).toBe('hello');
});
