import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteSession, endSession, openSession, pushChunk, sessionStatus } from './support/api.ts';
import { makeMarkedClip } from './support/clips.ts';
import { EventReader } from './support/event-reader.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { until } from './support/until.ts';

const MEGABYTE = 1024 * 1024;
const MAX_DATA_BYTES = 4 * MEGABYTE;
/** Of the directory that no session keeps: idle loops and caches, and what a look at growing files may miss. */
const BESIDE = MEGABYTE / 2;
const PROFILE = { width: 256, height: 256, fps: 25, audioRate: 48_000 } as const;
const FLOODING_SESSIONS = 4;

let directory: string;
let dataDir: string;
let server: RunningServer;
let clip: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bound-'));
  dataDir = join(directory, 'data');
  clip = await makeMarkedClip({ clip: 0, frames: 100, dir: directory, width: 256, height: 256 });
  server = await startServer({ dataDir, env: { AVATAR: 'none', MAX_DATA_BYTES: `${MAX_DATA_BYTES}` } });
});

afterAll(async () => {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Bytes of all files that sessions keep; what goes meanwhile counts nothing. */
async function keptBytes(directory = dataDir): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(directory, { withFileTypes: true }).catch(() => [])) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) bytes += ['.cache', '.clips', '.jobs'].includes(entry.name) ? 0 : await keptBytes(path);
    else
      bytes += await stat(path).then(
        ({ size }) => size,
        () => 0,
      );
  }
  return bytes;
}

test('a flood is refused when all that may be kept is kept, and nothing that was kept before is deleted for it', async () => {
  const past = await openSession(server.origin, { profile: PROFILE, pacing: 'asap' });
  await pushChunk(server.origin, past.id, clip);
  await endSession(server.origin, past.id);
  await until('it has ended', async () => (await sessionStatus(server.origin, past.id)).state === 'ended');
  const recording = async () => {
    const response = await fetch(`${server.origin}/live/${past.id}/recording.mp4`);
    return [response.status, (await response.bytes()).byteLength] as const;
  };
  const before = await recording();
  expect(before[0]).toBe(200);

  const body = await readFile(clip);
  const ids: string[] = [];
  for (let each = 0; each < FLOODING_SESSIONS; each++)
    ids.push((await openSession(server.origin, { profile: PROFILE, pacing: 'asap' })).id);
  const answers = new Map<string, number>();
  let mostBytes = 0;
  let isOver = false;
  const measuring = (async () => {
    while (!isOver) {
      mostBytes = Math.max(mostBytes, await keptBytes());
      await sleep(50);
    }
  })();
  const flood = async (id: string) => {
    // Until it is refused, and goes on to be for as long as what was taken becomes more.
    while (mostBytes < 0.6 * MAX_DATA_BYTES || !answers.has('507 STORAGE_FULL')) {
      const response = await fetch(`${server.origin}/v1/sessions/${id}/chunks`, { method: 'POST', body });
      const { code = '' } = (await response.json()) as { code?: string };
      const answer = `${response.status} ${code}`.trim();
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
      // Whoever is refused asks again later, as a client does.
      if (!response.ok) await sleep(100);
    }
  };
  await Promise.all(ids.map(flood));
  isOver = true;
  await measuring;
  expect([...answers.keys()].filter((answer) => answer !== '202')).toEqual(['507 STORAGE_FULL']);
  expect(answers.get('202')).toBeGreaterThan(0);
  expect(mostBytes).toBeLessThan(MAX_DATA_BYTES + BESIDE);
  expect(await recording()).toEqual(before);
  // What was accepted is out, or it is said why not.
  for (const id of ids) {
    await until(`all of ${id} is out`, async () => {
      const { accepted, published, failed } = (await sessionStatus(server.origin, id)).chunks;
      return accepted === published + failed;
    });
    await using reader = new EventReader(`${server.origin}/v1/sessions/${id}/events`);
    const { failed } = (await sessionStatus(server.origin, id)).chunks;
    await until('all failures are told', () => reader.ofType('chunk.failed').length === failed);
    for (const event of reader.ofType('chunk.failed'))
      expect(event).toMatchObject({ reason: { code: 'STORAGE_FULL' } });
  }
  // Where sessions are deleted there is room again.
  for (const id of ids) await deleteSession(server.origin, id);
  const last = await openSession(server.origin, { profile: PROFILE, pacing: 'asap' });
  await pushChunk(server.origin, last.id, clip);
  expect(await recording()).toEqual(before);
}, 240_000);
