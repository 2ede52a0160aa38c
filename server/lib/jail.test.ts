import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Jail } from './jail.ts';
import { OwnedProcess } from './owned-process.ts';

let directory: string;
let jail: Jail;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'jail-'));
  await writeFile(join(directory, 'own'), 'mine');
  jail = await Jail.build({ command: 'ffmpeg', devices: false });
  console.log(`here, ffmpeg reads uploads ${jail.description}`);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

/** What a script in there says; it is let near its directory alone. */
async function inside(script: string, files: readonly string[] = []): Promise<string> {
  const child = new OwnedProcess(jail.start({ command: 'sh', args: ['-c', script], cwd: directory, files }));
  let said = '';
  child.readable(1).on('data', (text) => (said += text));
  child.stdin.end();
  await child.done;
  return said.trim();
}

test('lets a program read its own directory, by its own name and from there', async () => {
  expect(await inside(`cat own && pwd && cat ${directory}/own`)).toBe(`mine${directory}\nmine`);
});

test('gives it pipes, and what they are given', async () => {
  const child = new OwnedProcess({
    ...jail.start({ command: 'sh', args: ['-c', 'cat >&3'], cwd: directory }),
    extraPipes: 1,
  });
  let said = '';
  child.readable(3).on('data', (text) => (said += text));
  child.stdin.end('through');
  await child.done;
  expect(said).toBe('through');
});

test('lets it write no file, and open only so many', async () => {
  expect(await inside('echo x > new 2>/dev/null; [ -s new ] || echo none')).toBe('none');
  await expect(readFile(join(directory, 'new'), 'utf8').catch(() => '')).resolves.toBe('');
  expect(await inside('ulimit -n')).toBe('64');
});

test('takes it down with its group, whatever it is at', async () => {
  const child = new OwnedProcess(jail.start({ command: 'sh', args: ['-c', 'echo on; exec sleep 60'], cwd: directory }));
  await new Promise((resolve) => child.readable(1).once('data', resolve));
  child.stop(undefined, 0);
  await expect(child.done).rejects.toMatchObject({ code: 'ABORTED' });
});

describe('as tight as this system lets it be:', () => {
  test('bwrap lets it see nothing else', async ({ skip }) => {
    skip(jail.kind !== 'bwrap', 'there is no bwrap here that works');
    const secret = join(tmpdir(), `secret-${process.pid}`);
    await writeFile(secret, 'not yours');
    expect(
      await inside(`cat ${secret} /etc/passwd /proc/1/environ 2>/dev/null; ls /work /root /home 2>/dev/null; true`),
    ).toBe('');
    expect(await inside(`cat ${secret}`, [secret])).toBe('not yours');
    await rm(secret);
  });

  test('no wall but the last leaves it a network', async ({ skip }) => {
    skip(jail.kind === 'none', 'this system lets nobody build walls');
    const server = createServer((_req, res) => res.end('reached')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const child = new OwnedProcess(jail.start({ command: 'ffmpeg', args: ['-v', 'error', '-i', url], cwd: directory }));
    await child.done.catch(() => undefined);
    expect(child.stderrTail).toMatch(/Network is unreachable|Connection refused|Cannot assign/);
    server.close();
  });
});

test('says when nothing keeps a program in', async () => {
  const none = await Jail.build({ command: 'no-such-program', devices: false });
  expect(none.kind).toBe('none');
  expect(none.start({ command: 'a', args: ['b'] })).toEqual({ command: 'a', args: ['b'], title: 'a' });
});
