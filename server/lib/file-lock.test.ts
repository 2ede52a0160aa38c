import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FileLock } from './file-lock.ts';

let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lock-'));
  path = join(directory, 'lock');
});

afterEach(async () => {
  await chmod(directory, 0o700);
  await rm(directory, { recursive: true, force: true });
});

/** Another process that takes the lock, says `held` or why it could not, and stays until it is killed. */
async function holder(lockPath: string): Promise<{ said: string; kill(): Promise<void> }> {
  const script = `
    import { FileLock } from ${JSON.stringify(join(import.meta.dirname, 'file-lock.ts'))};
    const lock = FileLock.take(${JSON.stringify(lockPath)});
    console.log(typeof lock === 'string' ? lock : 'held');
    setInterval(() => lock, 1_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    said: said.toString().trim(),
    kill: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

test('one holder at a time, in this process too; the file stays empty', async () => {
  const lock = FileLock.take(path);
  expect(lock).toBeInstanceOf(FileLock);
  expect(FileLock.take(path)).toBe('taken');
  expect((await readFile(path)).byteLength).toBe(0);
  if (lock instanceof FileLock) lock.release();
  const next = FileLock.take(path);
  expect(next).toBeInstanceOf(FileLock);
  if (!(next instanceof FileLock)) return;
  next.release();
  next.release();
});

test('holds against other processes, and ends with the process that is killed', async () => {
  const first = await holder(path);
  expect(first.said).toBe('held');
  expect(FileLock.take(path)).toBe('taken');
  const second = await holder(path);
  expect(second.said).toBe('taken');
  await second.kill();
  await first.kill();
  const lock = FileLock.take(path);
  expect(lock).toBeInstanceOf(FileLock);
  if (lock instanceof FileLock) lock.release();
});

test('a file that can not be made is unwritable', () => {
  expect(FileLock.take(join(directory, 'missing', 'lock'))).toBe('unwritable');
  expect(FileLock.take('/proc/lock')).toBe('unwritable');
});
