import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { childProcesses } from '../encode/test-media.ts';
import { StreamError } from '../errors.ts';
import { OwnedProcess, stopOnAbort } from './owned-process.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  expect(childProcesses()).toEqual([]);
});

const shell = (script: string) => new OwnedProcess({ command: 'sh', args: ['-c', script] });
/** A zombie is dead, whether or not somebody collects it. */
const isAlive = (pid: number) =>
  existsSync(`/proc/${pid}/stat`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');

test('resolves when the process ends well, and tells how it did not', async () => {
  await shell('exit 0').done;
  await expect(shell('echo the reason >&2; exit 3').done).rejects.toMatchObject({
    code: 'ENCODER_FAILED',
    message: 'sh ended with exit code 3: the reason',
  });
  await expect(shell('kill -SEGV $$').done).rejects.toMatchObject({
    message: expect.stringContaining('SIGSEGV'),
  });
});

test.each([
  ['/nonexistent/ffmpeg', 'ENCODER_MISSING'],
  ['/etc/passwd', 'ENCODER_FAILED'],
])('says that %s can not be started', async (command, code) => {
  const child = new OwnedProcess({ command, args: [] });
  child.watch(50);
  child.stop();
  await expect(new OwnedProcess({ command, args: [] }).done).rejects.toMatchObject({ code });
  await child.done.catch(() => undefined);
});

test('ends a process that takes SIGTERM without a second signal', async () => {
  const kill = vi.spyOn(process, 'kill');
  const child = shell('echo up; exec sleep 100');
  await once(child.readable(1), 'data');
  child.stop(undefined, 600_000);
  child.stop();
  await expect(child.done).rejects.toMatchObject({ code: 'ABORTED' });
  expect(kill.mock.calls).toEqual([[-(child.pid ?? 0), 'SIGTERM']]);
});

test('kills a process that traps SIGTERM, and all it started', async () => {
  const child = shell('trap "" TERM; sleep 100 & echo $!; while :; do sleep 1; done');
  const [line] = await child.readable(1).take(1).toArray();
  const grandchild = Number(String(line));
  const kill = vi.spyOn(process, 'kill');
  child.stop(new StreamError('ABORTED', 'enough'), 200);
  await expect(child.done).rejects.toMatchObject({ message: 'enough' });
  expect(kill.mock.calls.map(([, signal]) => signal)).toEqual(['SIGTERM', 'SIGKILL']);
  await expect.poll(() => isAlive(grandchild)).toBe(false);
});

test('fails a process that gives no output, stopped ones too', async () => {
  const silent = shell('echo stuck >&2; exec sleep 100');
  await expect.poll(() => silent.stderrTail).toBe('stuck');
  silent.watch(150);
  await expect(silent.done).rejects.toMatchObject({
    code: 'ENCODER_STALLED',
    message: 'sh gave no output for 150 ms: stuck',
  });
  const frozen = shell('kill -STOP $$');
  frozen.watch(150);
  await expect(frozen.done).rejects.toMatchObject({ code: 'ENCODER_STALLED' });
});

test('lets a process live that gives output now and then, or is not watched any more', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const child = shell('while read line; do echo x; done');
  child.watch(400);
  child.readable(1).on('data', () => child.alive());
  // It is silent for most of what is allowed, ten times.
  for (let time = 0; time < 10; time++) {
    vi.advanceTimersByTime(390);
    child.stdin.write('on\n');
    await once(child.readable(1), 'data');
  }
  child.stdin.end();
  await child.done;
  vi.useRealTimers();
  const unwatched = shell('sleep 0.3');
  unwatched.watch(50);
  unwatched.watch(0);
  await unwatched.done;
});

test('keeps the end of a flood on stderr', async () => {
  const child = shell('i=0; while [ $i -lt 3000 ]; do echo "line $i of the flood" >&2; i=$((i+1)); done; exit 1');
  await expect(child.done).rejects.toMatchObject({ code: 'ENCODER_FAILED' });
  expect(child.stderrTail.length).toBeLessThanOrEqual(4096);
  expect(child.stderrTail.endsWith('line 2999 of the flood')).toBe(true);
});

test('ends with the signal: before, during and after', async () => {
  const before = shell('exec sleep 100');
  stopOnAbort(before, AbortSignal.abort());
  await expect(before.done).rejects.toMatchObject({ code: 'ABORTED' });
  const during = shell('echo up; exec sleep 100');
  const leaving = new AbortController();
  stopOnAbort(during, leaving.signal);
  await once(during.readable(1), 'data');
  leaving.abort();
  await expect(during.done).rejects.toMatchObject({ code: 'ABORTED' });
  const after = shell('exit 0');
  const abort = new AbortController();
  stopOnAbort(after, abort.signal);
  await after.done;
  abort.abort();
  await after.done;
});

test('gives a process nothing of the environment but PATH', async () => {
  process.env.THROUGHLINE_SECRET = 'x';
  const child = shell('env');
  const text = (await child.readable(1).toArray()).join('');
  await child.done;
  expect(text).not.toContain('THROUGHLINE_SECRET');
  expect(text).toContain('PATH=');
});

test('an event loop that stands still is not taken for a process that does', async () => {
  const child = new OwnedProcess({ command: 'sh', args: ['-c', 'while :; do echo on; sleep 0.05; done'] });
  child.readable(1).on('data', () => child.alive());
  await new Promise((resolve) => child.readable(1).once('data', resolve));
  child.watch(300);
  // Nothing of this process runs meanwhile, neither timers nor what comes through pipes.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 900);
  // Long enough for the timer that is over by now.
  await delay(100);
  expect(child.exited).toBe(false);
  child.stop();
  await expect(child.done).rejects.toMatchObject({ code: 'ABORTED' });
});
