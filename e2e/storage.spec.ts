import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, open, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { requireWritable } from '../server/session/journal/writable.ts';
import { endSession, openSession, sessionStatus } from './support/api.ts';
import { markFaults } from './support/check-marks.ts';
import { makeMarkedClip } from './support/clips.ts';
import { fetchMultivariant } from './support/hls-client.ts';
import { filesIn } from './support/leftovers.ts';
import { LowLatencyReader } from './support/ll-reader.ts';
import { mountSmallDisk, type SmallDisk } from './support/mounts.ts';
import { type ClipFile, Pusher } from './support/pusher.ts';
import { freePort, type RunningServer, startServer } from './support/server.ts';
import { until } from './support/until.ts';

const FPS = 25;
const AUDIO_RATE = 48_000;
const DISK_MB = 24;
const PROFILE = { width: 256, height: 256, fps: FPS, audioRate: AUDIO_RATE, renditions: [] };

let directory: string;
let dataDir: string;
let disk: SmallDisk | undefined;
let clips: ClipFile[];
let server: RunningServer;
let port: number;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'storage-'));
  dataDir = join(directory, 'data');
  await mkdir(dataDir);
  disk = await mountSmallDisk(dataDir, DISK_MB);
  clips = [];
  for (const [clip, frames] of [60, 45, 80, 30].entries())
    clips.push({ clip, frames, path: await makeMarkedClip({ clip, frames, dir: directory, width: 256, height: 256 }) });
  if (!disk) return;
  port = await freePort();
  server = await startServer({ dataDir, port, env: { TMPDIR: directory } });
});

afterAll(async () => {
  await server?.stop();
  await disk?.unmount();
  await rm(directory, { recursive: true, force: true });
});

beforeEach((context) => {
  if (!disk) context.skip('this user may not mount a disk');
});

type Watched = { readonly id: string; readonly reader: LowLatencyReader };

async function watch(id: string): Promise<Watched> {
  const { playlistUrl } = await openSession(server.origin, { id, profile: PROFILE, window: 600 });
  const [media = ''] = await fetchMultivariant(playlistUrl);
  return { id, reader: new LowLatencyReader(media) };
}

async function push(id: string, clip: ClipFile): Promise<Response> {
  const form = await open(clip.path);
  try {
    const body = await form.readFile();
    return await fetch(`${server.origin}/v1/sessions/${id}/chunks`, { method: 'POST', body });
  } finally {
    await form.close();
  }
}

const readiness = async () => {
  const response = await fetch(`${server.origin}/readyz`);
  return {
    status: response.status,
    ...((await response.json()) as { ready: boolean; storage: Record<string, unknown> }),
  };
};

/** Takes all room there is on the disk, by a file that is deleted to give it back. */
async function fillDisk(): Promise<() => Promise<void>> {
  const path = join(dataDir, 'filling');
  const file = await open(path, 'w');
  const piece = Buffer.alloc(4096);
  for (;;) {
    try {
      await file.write(piece);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      break;
    }
  }
  await file.close();
  expect((await statfs(dataDir)).bfree).toBe(0);
  return () => rm(path);
}

test('a full disk: new media is refused, what runs goes on, and all is well when there is room again', async () => {
  const { id, reader } = await watch('full');
  await using _reader = reader;
  for (const clip of clips.slice(0, 3)) expect((await push(id, clip)).status).toBe(202);
  // The server deletes each upload once it is encoded: that would make room for a fourth.
  await until('they are encoded', async () => (await filesIn(join(dataDir, 'full', 'chunks'))).length === 0);
  const makeRoom = await fillDisk();
  const refused = await push(id, clips[3]!);
  expect(refused.status).toBe(507);
  expect(await refused.json()).toMatchObject({ code: 'STORAGE_FULL', status: 507 });
  // Opened before nothing could be stored: told so by the first that tries.
  const opened = await fetch(`${server.origin}/v1/sessions`, { method: 'POST' });
  expect([opened.status, ((await opened.json()) as { code: string }).code]).toEqual([507, 'STORAGE_FULL']);
  const say = await fetch(`${server.origin}/v1/sessions/${id}/say`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{ "text": "Hello." }',
  });
  expect(say.status).toBe(507);
  expect(await readiness()).toMatchObject({ status: 503, ready: false, storage: { writable: false, code: 'ENOSPC' } });
  await until('what was accepted is out', async () => (await sessionStatus(server.origin, id)).chunks.published === 3);
  await sleep(4_000);

  await makeRoom();
  await until('the server is ready again', async () => (await readiness()).status === 200);
  expect((await push(id, clips[3]!)).status).toBe(202);
  await until('the last one is out', async () => (await sessionStatus(server.origin, id)).chunks.published === 4);
  await sleep(1_500);
  // All that was shown meanwhile is there after a crash.
  await server.stop('SIGKILL');
  server = await startServer({ dataDir, port, env: { TMPDIR: directory } });
  await reader.askAgain();
  await endSession(server.origin, id);
  await until('the reader has it all', () => reader.hasAll);
  expect(reader.faults).toEqual([]);
  expect(
    await markFaults(reader.init!, reader.segments, clips, { fps: FPS, audioRate: AUDIO_RATE, directory }),
  ).toEqual([]);
  // Whoever waits for a part waits as long as ever: a disk that takes nothing holds up nobody.
  expect(server.log.filter((line) => line.includes('"level":50'))).toEqual([]);
});

test('a disk that becomes read-only is told, and forgotten when it no longer is', async () => {
  const { id, reader } = await watch('read-only');
  await using _reader = reader;
  await using pusher = new Pusher(`${server.origin}/v1/sessions/${id}/chunks`, clips.slice(0, 1), () => 0);
  await until('the clip is accepted', () => pusher.pushed.length === 1);
  await until('it is out', async () => (await sessionStatus(server.origin, id)).chunks.published === 1);
  // Files that are open for writing keep a disk from becoming read-only: the server closes them when it is idle.
  const becomesReadOnly = () =>
    disk!.remount('ro').then(
      () => true,
      () => false,
    );
  await until('the disk is read-only', becomesReadOnly);
  const refused = await push(id, clips[1]!);
  expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([507, 'STORAGE_FULL']);
  expect(await readiness()).toMatchObject({ status: 503, storage: { writable: false, code: 'EROFS' } });
  const before = reader.playlist?.segments.at(-1)?.msn ?? 0;
  await sleep(2_500);
  expect(reader.playlist?.segments.at(-1)?.msn ?? 0).toBeGreaterThan(before);
  await disk!.remount('rw');
  await until('the server is ready again', async () => (await readiness()).status === 200);
  expect((await push(id, clips[1]!)).status).toBe(202);
  expect(reader.faults).toEqual([]);
});

test('a disk that takes nothing is noticed though nobody stores anything, and no server starts on it', async () => {
  const becomesReadOnly = () =>
    disk!.remount('ro').then(
      () => true,
      () => false,
    );
  await until('the disk is read-only', becomesReadOnly);
  await until('the server says so', async () => (await readiness()).status === 503);
  expect(await readiness()).toMatchObject({ ready: false, storage: { writable: false, code: 'EROFS' } });
  await server.stop();
  const start = startServer({ dataDir, env: { TMPDIR: directory } });
  await expect(start).rejects.toThrow(
    /ended with 1:[\s\S]*DATA_DIR .* can not be used \(EROFS: the file system is read-only\)/,
  );
  await disk!.remount('rw');
  const makeRoom = await fillDisk();
  await expect(requireWritable(join(dataDir, 'new'))).rejects.toMatchObject({ code: 'STORAGE_FULL' });
  // Where sessions are, they go on from memory.
  expect(await requireWritable(dataDir)).toMatchObject({ code: 'ENOSPC' });
  await makeRoom();
  server = await startServer({ dataDir, port, env: { TMPDIR: directory } });
});

test('a directory of somebody else is refused by name', async (context) => {
  if (process.getuid?.() !== 0) context.skip('only root may start a server as somebody else');
  const foreign = join(directory, 'foreign');
  await mkdir(foreign, { mode: 0o755 });
  await chmod(directory, 0o755);
  const args = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, 'server/main.ts'];
  const env = { ...process.env, DATA_DIR: foreign, PORT: '0', NO_OPEN: '1', HOME: '/tmp' };
  const ended: unknown = await promisify(execFile)('setpriv', args, {
    env,
    cwd: join(import.meta.dirname, '..'),
  }).catch((error: unknown) => error);
  expect(ended).toMatchObject({ code: 1, stdout: expect.stringContaining('EACCES: writing is not permitted') });
});
