import { mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSession, sessionStatus } from './support/api.ts';
import { startInVain } from './support/second-start.ts';
import { freePort, type RunningServer, startServer } from './support/server.ts';

const ENV = { AVATAR: 'none' };

let directory: string;
let dataDir: string;
let port: number;
let server: RunningServer;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'second-'));
  dataDir = join(directory, 'data');
  port = await freePort();
  server = await startServer({ dataDir, port, env: ENV });
});

afterEach(async () => {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Names, sizes and times of all files that the first server does not change by itself. */
async function filesOf(): Promise<string[]> {
  const entries = await readdir(dataDir, { recursive: true, withFileTypes: true });
  const files = entries.filter(
    (entry) => entry.isFile() && !/[.](cache|jobs|state|probe)/.test(join(entry.parentPath, entry.name)),
  );
  const lines = files.map(async ({ parentPath, name }) => {
    const { size, mtimeMs } = await stat(join(parentPath, name));
    return `${join(parentPath, name)} ${size} ${mtimeMs}`;
  });
  return (await Promise.all(lines)).sort();
}

test('the start command given twice ends the second before it touches anything, and says what to do', async () => {
  const { id } = await openSession(server.origin);
  const before = await filesOf();
  expect(await startInVain(dataDir, port)).toMatch(
    new RegExp(`ended with 1:[^]*port ${port} is taken[^]*PORT=8081 DATA_DIR=./segments-2 npm start`),
  );
  expect(await filesOf()).toEqual(before);
  expect((await sessionStatus(server.origin, id)).state).toBe('open');
});

test('a second server on another port is told whose the directory is, by whatever path it comes', async () => {
  const { id } = await openSession(server.origin);
  const link = join(directory, 'link');
  await symlink(dataDir, link);
  const before = await filesOf();
  for (const path of [dataDir, `${dataDir}/../data/`, link]) {
    expect(await startInVain(path, await freePort())).toMatch(
      new RegExp(
        `ended with 1:[^]*DATA_DIR_IN_USE[^]*${server.origin} \\(process ${server.pid},[^]*DATA_DIR=./segments-2`,
      ),
    );
  }
  expect(await filesOf()).toEqual(before);
  expect((await sessionStatus(server.origin, id)).state).toBe('open');
});

test('many that are started at once leave one, and the sessions are its', async () => {
  const { id } = await openSession(server.origin);
  await server.stop('SIGKILL');
  const started = await Promise.allSettled(Array.from({ length: 4 }, () => startServer({ dataDir, env: ENV })));
  const up = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  try {
    expect(up).toHaveLength(1);
    expect((await sessionStatus(up[0]?.origin ?? '', id)).state).toBe('open');
    for (const each of started)
      if (each.status === 'rejected') expect(String(each.reason)).toContain('DATA_DIR_IN_USE');
  } finally {
    await Promise.all(up.map((each) => each.stop()));
  }
});

test.each(['SIGKILL', 'SIGTERM'] as const)('a server that ended with %s leaves no lock', async (signal) => {
  await server.stop(signal);
  server = await startServer({ dataDir, port, env: ENV });
  expect(await startInVain(dataDir, await freePort())).toContain(`process ${server.pid},`);
});
