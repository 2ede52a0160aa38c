import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Jail } from '../../lib/jail.ts';
import { run } from './run.ts';

const base = { jail: Jail.OPEN, signal: new AbortController().signal, timeLimitMs: 60_000, maxOutputBytes: 1000 };
const sh = (script: string) => ({ ...base, command: 'sh', args: ['-c', script] });

it('gives what the program wrote', async () => {
  expect((await run({ ...base, command: 'cat', args: [], input: 'hi' })).toString()).toBe('hi');
});

it('tells the end of stderr and the exit code', async () => {
  await expect(run(sh('echo broken >&2; exit 4'))).rejects.toThrow(/exit code 4: broken/);
});

it('tells that a program is missing', async () => {
  await expect(run({ ...base, command: '/nowhere/x', args: [] })).rejects.toMatchObject({ code: 'SPEECH_FAILED' });
});

it('kills a program that ignores SIGTERM, and settles when it is gone', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'run-'));
  const leaving = new AbortController();
  // It ignores the signal from when the file is there.
  const script = 'trap "" TERM; echo $$ > pid.new; mv pid.new pid; while :; do sleep 1; done';
  const running = run({ ...sh(script), cwd: directory, signal: leaving.signal });
  const ended = expect(running).rejects.toMatchObject({ code: 'ABORTED' });
  const readPid = () => readFile(join(directory, 'pid'), 'utf8').then(Number, () => 0);
  await expect.poll(readPid).toBeGreaterThan(0);
  const pid = await readPid();
  leaving.abort();
  await ended;
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  await rm(directory, { recursive: true });
});

it('ends a program that takes too long', async () => {
  await expect(run({ ...base, command: 'sleep', args: ['10'], timeLimitMs: 50 })).rejects.toThrow(/longer than 50 ms/);
});

it('ends a program that writes too much', async () => {
  await expect(run({ ...base, command: 'yes', args: [] })).rejects.toThrow(/more than 1000 bytes/);
});

it('survives a program that does not read its input', async () => {
  expect((await run({ ...base, command: 'true', args: [], input: 'x'.repeat(1_000_000) })).length).toBe(0);
});

it('does not start when already aborted', async () => {
  await expect(run({ ...sh('exit 0'), signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'ABORTED' });
});
