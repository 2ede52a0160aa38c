import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { StreamError } from '../errors.ts';
import { isExhausted, whenThereIsRoom } from './exhaustion.ts';

const full = () => Object.assign(new Error('spawn EMFILE'), { code: 'EMFILE' });

test('knows what the system will have again, however deep it is', () => {
  expect(isExhausted(full())).toBe(true);
  expect(isExhausted(new StreamError('ENCODER_FAILED', 'no start', { cause: full() }))).toBe(true);
  expect(isExhausted(Object.assign(new Error('gone'), { code: 'ENOENT' }))).toBe(false);
  expect(isExhausted('EMFILE')).toBe(false);
});

describe('work that finds no room', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  async function outcome(work: () => Promise<string>, limitMs: number, signal?: AbortSignal) {
    const done = whenThereIsRoom(work, { limitMs, signal });
    const settled = done.then(
      (value) => value,
      (error: unknown) => error,
    );
    await vi.advanceTimersByTimeAsync(limitMs + 10_000);
    return await settled;
  }

  test('is done again until there is some', async () => {
    let tries = 0;
    const work = async (): Promise<string> => {
      tries += 1;
      if (tries < 6) throw full();
      return 'done';
    };
    expect(await outcome(work, 60_000)).toBe('done');
    expect(tries).toBe(6);
  });

  test('fails with its last error when the time is over, after a bounded number of tries', async () => {
    let tries = 0;
    const work = async (): Promise<string> => {
      tries += 1;
      throw full();
    };
    expect(await outcome(work, 60_000)).toMatchObject({ code: 'EMFILE' });
    expect(tries).toBeGreaterThan(10);
    expect(tries).toBeLessThan(60);
  });

  test('fails at once for any other reason, and when it is called off', async () => {
    let tries = 0;
    const broken = async (): Promise<string> => {
      tries += 1;
      throw new StreamError('BOX_MALFORMED', 'no box');
    };
    expect(await outcome(broken, 60_000)).toMatchObject({ code: 'BOX_MALFORMED' });
    expect(tries).toBe(1);
    const abort = new AbortController();
    setTimeout(() => abort.abort(new StreamError('ABORTED', 'enough')), 300);
    const work = async (): Promise<string> => {
      throw full();
    };
    expect(await outcome(work, 60_000, abort.signal)).toMatchObject({ code: 'ABORTED' });
  });
});

/** Runs a module where no more than so many files may be open. */
async function withDescriptors(limit: number, script: string): Promise<unknown> {
  const imports = ['owned-process', 'start-process', 'exhaustion', 'file-lock'].map(
    (name) =>
      `import * as ${name.replaceAll('-', '_')} from ${JSON.stringify(join(import.meta.dirname, `${name}.ts`))};`,
  );
  const fill = `
    import { openSync, closeSync } from 'node:fs';
    const held = [];
    const fill = () => { try { for (;;) held.push(openSync('/dev/null')); } catch {} };
    const free = () => { for (const file of held.splice(0)) closeSync(file); };`;
  const node = ['--input-type=module', '-e', [...imports, fill, script].join('\n')];
  const { stdout } = await promisify(execFile)('sh', [
    '-c',
    `ulimit -n ${limit}; exec "$0" "$@"`,
    process.execPath,
    ...node,
  ]);
  return JSON.parse(stdout);
}

test('a process that finds no descriptors has ended: its pipes give nothing, and nothing is left unhandled', async () => {
  const said = await withDescriptors(
    64,
    `
    process.on('unhandledRejection', (error) => { console.log(JSON.stringify({ unhandled: String(error) })); process.exit(); });
    fill();
    const child = new owned_process.OwnedProcess({ command: 'cat', args: [], extraPipes: 2 });
    child.watch(50);
    child.stdin.write('x');
    child.stdin.end('y');
    const read = await Promise.all([1, 3, 4].map((fd) => child.readable(fd).toArray()));
    const gone = await child.done.catch((error) => [error.code, error.cause.code]);
    child.stop();
    child.stop();
    await new Promise((resolve) => setTimeout(resolve, 100));
    console.log(JSON.stringify({ read, gone, exited: child.exited, pid: child.pid ?? null }));`,
  );
  expect(said).toEqual({ read: [[], [], []], gone: ['ENCODER_FAILED', 'EMFILE'], exited: true, pid: null });
});

test('a process waits for descriptors, and runs once there are some', async () => {
  const said = await withDescriptors(
    64,
    `
    fill();
    setTimeout(free, 200);
    const child = await start_process.startProcess({ command: 'echo', args: ['here'] }, { limitMs: 20_000 });
    const text = (await child.readable(1).toArray()).join('');
    await child.done;
    console.log(JSON.stringify({ text }));`,
  );
  expect(said).toEqual({ text: 'here\n' });
});
