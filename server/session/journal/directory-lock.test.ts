import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FileLock } from '../../lib/file-lock.ts';
import { DirectoryLock } from './directory-lock.ts';

const logger = pino({ level: 'silent' });
const taken: DirectoryLock[] = [];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock-'));
});

afterEach(async () => {
  for (const lock of taken.splice(0)) await lock.release();
  await rm(folder, { recursive: true });
});

async function take(directory = folder, origin = 'http://first'): Promise<DirectoryLock> {
  const lock = await DirectoryLock.take(directory, origin, logger);
  taken.push(lock);
  return lock;
}

test('a directory has one owner, who is named to others, until it is given back', async () => {
  // Longer than the address of a socket may be.
  const directory = join(folder, 'x'.repeat(200));
  await mkdir(directory);
  const first = await take(directory);
  for (let tries = 0; tries < 3; tries++)
    await expect(take(directory, 'http://second')).rejects.toMatchObject({
      code: 'DATA_DIR_IN_USE',
      message: expect.stringMatching(`in use by the server at http://first \\(process ${process.pid}, since 20`),
    });
  await first.release();
  await first.release();
  expect(await readdir(directory)).toEqual(['.lock']);
  await take(directory, 'http://second');
});

test('of many that want it at once, one has it', async () => {
  const all = await Promise.allSettled(Array.from({ length: 6 }, (_, index) => take(folder, `http://${index}`)));
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  for (const each of all)
    if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'DATA_DIR_IN_USE' });
});

test('who is killed leaves nothing that is in the way', async () => {
  const script = `import { createServer } from 'node:net';
    createServer().listen('.server', () => console.log('up'));`;
  const other = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: folder });
  await once(other.stdout, 'data');
  // It is there, though it says nothing of itself.
  await expect(take()).rejects.toThrow('is in use by another server');
  other.kill('SIGKILL');
  await once(other, 'close');
  expect(await readdir(folder)).toContain('.server');
  await take();
});

test('whatever lies there under its name is no owner', async () => {
  await writeFile(join(folder, '.server'), '{}');
  await take();
});

test('it keeps no file open for writing: the disk may become read-only', async () => {
  const writers = async () => {
    const names = await readdir('/proc/self/fd');
    const open = await Promise.all(
      names.map(async (name) => {
        const [path, info] = await Promise.all([
          readlink(join('/proc/self/fd', name)).catch(() => ''),
          readFile(join('/proc/self/fdinfo', name), 'utf8').catch(() => ''),
        ]);
        const flags = Number.parseInt(/flags:\s+(\d+)/.exec(info)?.[1] ?? '0', 8);
        return path.startsWith(folder) && (flags & 3) !== 0 ? path : undefined;
      }),
    );
    return open.filter((path) => path !== undefined);
  };
  await take();
  expect(await writers()).toEqual([]);
});

test('where there can be no socket, the file lock is kept', async () => {
  // A directory in its place, which is not empty, can't be replaced.
  await mkdir(join(folder, '.server', 'x'), { recursive: true });
  const lock = await take();
  expect(FileLock.take(join(folder, '.lock'))).toBe('taken');
  await lock.release();
  const again = FileLock.take(join(folder, '.lock'));
  expect(again).toBeInstanceOf(FileLock);
  if (again instanceof FileLock) again.release();
});
