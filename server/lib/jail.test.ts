import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { Jail } from './jail.ts';
import { OwnedProcess } from './owned-process.ts';

// Which walls there are depends on the machine: each jail that works here has to keep what its kind promises.
const jails = await Array.fromAsync(Jail.thatWork({ command: 'ffmpeg', devices: false }));
const isRoot = process.getuid?.() === 0;

let directory: string;
let secret: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'jail-'));
  secret = `${directory}-secret`;
  await writeFile(join(directory, 'own'), 'mine');
  await writeFile(secret, 'not yours');
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
  await rm(secret);
});

/** Runs a shell script in a jail; its output. */
async function inside(jail: Jail, script: string, files: readonly string[] = []): Promise<string> {
  const child = new OwnedProcess(jail.start({ command: 'sh', args: ['-c', script], cwd: directory, files }));
  let output = '';
  child.readable(1).on('data', (text) => (output += text));
  child.stdin.end();
  await child.done;
  return output.trim();
}

/** Runs ffmpeg in a jail until it has failed. */
async function failedFfmpeg(jail: Jail, args: readonly string[]): Promise<unknown> {
  const child = new OwnedProcess(jail.start({ command: 'ffmpeg', args: ['-v', 'error', ...args], cwd: directory }));
  child.readable(1).resume();
  return await child.done.then(
    () => 'ffmpeg did not fail',
    (error: unknown) => error,
  );
}

const sizeOf = (name: string) =>
  stat(join(directory, name)).then(
    ({ size }) => size,
    () => 0,
  );

const named = jails.map((jail) => ({ jail, name: `${jail.kind}, ffmpeg runs ${jail.description}` }));

test('some jail works here, and the first of them is the one that is built', async () => {
  const built = await Jail.build({ command: 'ffmpeg', devices: false });
  expect(built.description).toBe(jails[0]?.description);
  console.log(`on this machine ffmpeg reads uploads ${built.description}`);
});

describe.each(named)('$name:', ({ jail }) => {
  test('a program reads its own directory, by its name and as working directory', async () => {
    expect(await inside(jail, `cat own && pwd && cat ${directory}/own`)).toBe(`mine${directory}\nmine`);
  });

  test('a program has further pipes', async () => {
    const child = new OwnedProcess({
      ...jail.start({ command: 'sh', args: ['-c', 'cat >&3'], cwd: directory }),
      extraPipes: 1,
    });
    let output = '';
    child.readable(3).on('data', (text) => (output += text));
    child.stdin.end('through');
    await child.done;
    expect(output).toBe('through');
  });

  test('stopping it ends the program behind the wall, too', async () => {
    const script = 'echo on; sleep 60 & wait';
    const child = new OwnedProcess(jail.start({ command: 'sh', args: ['-c', script], cwd: directory }));
    await new Promise((resolve) => child.readable(1).once('data', resolve));
    child.stop(undefined, 0);
    // It is over when its pipes are closed: nothing that holds one is left.
    await expect(child.done).rejects.toMatchObject({ code: 'ABORTED' });
  });

  test('a program that fails behind the wall fails for its caller', async () => {
    await expect(inside(jail, 'echo reason >&2; exit 3')).rejects.toMatchObject({
      code: 'ENCODER_FAILED',
      message: 'sh ended with exit code 3: reason',
    });
  });
});

describe.each(named.filter(({ jail }) => jail.hasLimits))('$name:', ({ jail }) => {
  test('memory, open files, written bytes and core dumps are limited', async () => {
    expect(await inside(jail, 'ulimit -d; ulimit -n; ulimit -f; ulimit -c')).toBe(`${3 * 2 ** 20}\n64\n0\n0`);
  });
});

describe.each(named.filter(({ jail }) => jail.hasLimits || jail.kind === 'bwrap'))('$name:', ({ jail }) => {
  test('a write to a new or an old file leaves no byte, and the caller is told', async () => {
    const input = ['-f', 'lavfi', '-i', 'sine=duration=0.1'];
    for (const error of [
      await inside(jail, 'echo x > new').catch((reason: unknown) => reason),
      await inside(jail, 'echo x >> own').catch((reason: unknown) => reason),
      await failedFfmpeg(jail, [...input, '-y', 'new.wav']),
    ]) {
      // A write beyond the limit ends the program with a signal, or the file system is read-only.
      expect(error).toMatchObject({ code: 'ENCODER_FAILED', message: expect.stringMatching(/SIGXFSZ|Read-only/) });
    }
    expect([await sizeOf('new'), await sizeOf('new.wav')]).toEqual([0, 0]);
    expect(await readFile(join(directory, 'own'), 'utf8')).toBe('mine');
  });
});

describe.each(named.filter(({ jail }) => jail.kind !== 'none'))('$name:', ({ jail }) => {
  test('a program has no network', async () => {
    let requests = 0;
    const server = createServer((_req, res) => res.end(String(++requests))).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const error = await failedFfmpeg(jail, ['-i', url]);
    expect(requests).toBe(0);
    expect(error).toMatchObject({
      code: 'ENCODER_FAILED',
      message: expect.stringMatching(/Network is unreachable|Connection refused|Cannot assign/),
    });
    await failedFfmpeg(Jail.OPEN, ['-i', url]);
    expect(requests).toBeGreaterThan(0);
    server.close();
  });
});

describe.each(named.filter(({ jail }) => jail.kind === 'bwrap'))('$name:', ({ jail }) => {
  test('a program finds no file but its own, and can change none', async () => {
    const places = [secret, '/etc/passwd', '/proc/1/environ', import.meta.filename].join(' ');
    expect(await inside(jail, `cat ${places} 2>/dev/null; ls /root /home 2>/dev/null; true`)).toBe('');
    expect(await inside(jail, `cat ${secret}`, [secret])).toBe('not yours');
    await expect(inside(jail, ': > own')).rejects.toThrow('Read-only');
    await expect(inside(jail, 'rm own')).rejects.toThrow('Read-only');
    expect(await readFile(join(directory, 'own'), 'utf8')).toBe('mine');
  });
});

// A test that can't run here says so by its title.
for (const kind of ['bwrap', 'unshare'] as const) {
  if (jails.some((jail) => jail.kind === kind)) continue;
  test.skip(`skipped: what ${kind} keeps out (it is not installed, or this user may not use it)`);
}
if (!jails.some(({ hasLimits }) => hasLimits)) test.skip("skipped: limits (sh can't set them here)");

describe('on a machine', () => {
  let programs: string;
  beforeAll(async () => {
    programs = await mkdtemp(join(tmpdir(), 'jail-programs-'));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(programs, { recursive: true });
    await mkdir(programs);
  });
  afterAll(() => rm(programs, { recursive: true, force: true }));

  /** The jails of a machine that has ffmpeg and these programs alone, each a shell script. */
  async function jailsWith(scripts: Readonly<Record<string, string>>, shell = '/bin/sh'): Promise<string[]> {
    await symlink(shell, join(programs, 'sh'));
    for (const [name, script] of Object.entries({ ...scripts, ffmpeg: 'exit 0' })) {
      await writeFile(join(programs, name), `#!/bin/sh\n${script}\n`);
      await chmod(join(programs, name), 0o755);
    }
    vi.stubEnv('PATH', programs);
    const found = await Array.fromAsync(Jail.thatWork({ command: 'ffmpeg', devices: false }));
    return found.map(({ kind, hasLimits }) => `${kind}${hasLimits ? ' with limits' : ''}`);
  }

  test('without bwrap and unshare only the limits are left', async () => {
    expect(await jailsWith({})).toEqual(['none with limits', 'none']);
  });

  test('where bwrap and unshare are installed but not permitted only the limits are left', async () => {
    const refused = 'echo "Operation not permitted" >&2; exit 1';
    expect(await jailsWith({ bwrap: refused, unshare: refused })).toEqual(['none with limits', 'none']);
  });

  test('where only user namespaces are permitted, one of those leaves it no network', async () => {
    const unshare = 'case "$1" in --user) shift 4; exec "$@";; esac; exit 1';
    expect(await jailsWith({ unshare })).toEqual(['unshare with limits', 'none with limits', 'unshare', 'none']);
  });

  test('a shell that sets no limits leaves the walls', async () => {
    const unshare = 'shift 2; exec "$@"';
    expect(await jailsWith({ unshare }, '/bin/false')).toEqual(['unshare', 'none']);
  });
});

test('limits that were lower already stay, and the others are set', async () => {
  const jail = jails.find(({ kind, hasLimits }) => kind === 'none' && hasLimits);
  const { command, args } = jail?.start({ command: 'sh', args: ['-c', 'ulimit -n; ulimit -d; ulimit -f'] }) ?? {};
  const lowered = ['-c', 'ulimit -n 32 && exec "$@"', 'sh', `${command}`, ...(args ?? [])];
  // Root may raise limits, so this is somebody else; a namespace that has nobody else has no such root, either.
  const asNobody = spawnSync('sh', lowered, { encoding: 'utf8', ...(isRoot && { uid: 65_534 }) });
  const { stdout } = asNobody.error ? spawnSync('sh', lowered, { encoding: 'utf8' }) : asNobody;
  expect(stdout.trim()).toBe(`32\n${3 * 2 ** 20}\n0`);
});

test('a program that works in no jail is started without one', async () => {
  const none = await Jail.build({ command: 'no-such-program', devices: false });
  expect(none).toBe(Jail.OPEN);
  expect(none.start({ command: 'a', args: ['b'] })).toEqual({ command: 'a', args: ['b'], title: 'a' });
});
