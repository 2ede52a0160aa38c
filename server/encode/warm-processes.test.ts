import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Jail } from '../lib/jail.ts';
import { ORDINARY_FILE } from './chunk-arguments.ts';
import { childProcesses, SMALL } from './test-media.ts';
import { WarmProcesses } from './warm-processes.ts';

const FILE = ORDINARY_FILE;
let directory = '';
let processes: WarmProcesses;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'warm-'));
  processes = new WarmProcesses({
    ffmpegPath: 'ffmpeg',
    encoder: 'libx264',
    jobsDirectory: directory,
    jail: Jail.OPEN,
  });
});
afterEach(async () => {
  await processes.close();
  expect(childProcesses()).toEqual([]);
  expect(readdirSync(directory)).toEqual([]);
  rmSync(directory, { recursive: true });
});

async function started(count: number): Promise<number[]> {
  await expect.poll(() => childProcesses().length).toBe(count);
  return childProcesses();
}

async function end(ready: Awaited<ReturnType<WarmProcesses['take']>>): Promise<void> {
  ready.process.stop();
  await ready.process.done.catch(() => undefined);
  await ready.remove();
}

test('hands out the process that waits, once', async () => {
  processes.warm(FILE, SMALL);
  processes.warm(FILE, SMALL);
  const [pid] = await started(1);
  const first = await processes.take(FILE, SMALL);
  expect(first.process.pid).toBe(pid);
  const second = await processes.take(FILE, SMALL);
  expect(second.process.pid).not.toBe(pid);
  expect(second.directory).not.toBe(first.directory);
  await Promise.all([end(first), end(second)]);
});

test('puts a new process in the place of one that died', async () => {
  processes.warm(FILE, SMALL);
  const [pid] = await started(1);
  process.kill(pid!, 'SIGKILL');
  await started(0);
  const ready = await processes.take(FILE, SMALL);
  expect(ready.process.exited).toBe(false);
  expect(readdirSync(directory)).toHaveLength(1);
  await end(ready);
});

test('keeps three kinds waiting at most, those last asked for', async () => {
  for (const width of [64, 80, 96, 112, 128]) processes.warm(FILE, { ...SMALL, width });
  // The first two are ended again, each as soon as it has begun.
  await expect.poll(() => [childProcesses().length, readdirSync(directory).length]).toEqual([3, 3]);
  const pids = await started(3);
  const kept = await processes.take(FILE, { ...SMALL, width: 128 });
  expect(pids).toContain(kept.process.pid);
  const dropped = await processes.take(FILE, { ...SMALL, width: 64 });
  expect(pids).not.toContain(dropped.process.pid);
  await Promise.all([end(kept), end(dropped)]);
});

test('close waits for all, also for those on their way out, and nothing starts after it', async () => {
  for (const width of [64, 80, 96, 112, 128]) processes.warm(FILE, { ...SMALL, width });
  await processes.close();
  expect(childProcesses()).toEqual([]);
  expect(readdirSync(directory)).toEqual([]);
  processes.warm(FILE, SMALL);
  await expect(processes.take(FILE, SMALL)).rejects.toMatchObject({ code: 'ABORTED' });
  await processes.close();
});

test('leaves a process to end by itself when its parent is gone', async () => {
  const ready = await processes.take(FILE, SMALL);
  ready.process.stdin.end();
  await expect(ready.process.done).rejects.toMatchObject({ code: 'ENCODER_FAILED' });
  await ready.remove();
  expect(existsSync(ready.directory)).toBe(false);
});
