import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endSession, openSession, sessionStatus, waitForPlaylist } from './support/api.ts';
import { makeMarkedClip } from './support/clips.ts';
import { fetchMultivariant } from './support/hls-client.ts';
import { RawClient } from './support/raw-client.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { SMALL_PROFILE } from './support/talker.ts';
import { until } from './support/until.ts';

const DESCRIPTORS = 1_024;
const HOST = 'Host: localhost\r\n';

let directory: string;
let server: RunningServer;
let clip: Buffer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'floods-'));
  const path = await makeMarkedClip({ clip: 0, frames: 40, dir: directory, width: 128, height: 128 });
  clip = await readFile(path);
  const env = { AVATAR: 'none', ENCODE_PARALLEL: '4' };
  server = await startServer({ dataDir: join(directory, 'data'), env, descriptors: DESCRIPTORS });
});

afterAll(async () => {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

const openDescriptors = async (): Promise<number> => (await readdir(`/proc/${server.pid}/fd`)).length;
const push = (id: string): Promise<Response> =>
  fetch(`${server.origin}/v1/sessions/${id}/chunks`, { method: 'POST', body: new Uint8Array(clip) });
const published = async (id: string): Promise<number> => (await sessionStatus(server.origin, id)).chunks.published;

/** A session that has ended, with a recording and segments on disk. */
async function recorded(): Promise<string> {
  const { id } = await openSession(server.origin, { profile: SMALL_PROFILE, pacing: 'asap' });
  for (let count = 0; count < 3; count += 1) expect((await push(id)).status).toBe(202);
  await endSession(server.origin, id);
  await until('it has ended', async () => (await sessionStatus(server.origin, id)).state === 'ended');
  await until('it is recorded', async () => (await fetch(`${server.origin}/live/${id}/recording.mp4`)).ok);
  return id;
}

test('a thousand requests ahead on each of many connections, for files, and nothing read: the next upload is taken', async () => {
  const id = await recorded();
  const before = await openDescriptors();
  const clients = await RawClient.openAll(server.origin, 50);
  for (const client of clients) {
    client.socket.pause();
    client.say(`GET /live/${id}/recording.mp4 HTTP/1.1\r\n${HOST}\r\n`.repeat(1_000));
  }
  await sleep(500);
  expect(await openDescriptors()).toBeLessThan(before + 50 + 20);
  const { id: other } = await openSession(server.origin, { profile: SMALL_PROFILE });
  expect((await push(other)).status).toBe(202);
  await until('it is on air', async () => (await published(other)) === 1);
  for (const client of clients) client[Symbol.dispose]();
  await until('all is let go', async () => (await openDescriptors()) < before + 30);
});

test('more connections than there are descriptors: those that are one too many are closed, and who talks goes on', async () => {
  const { id, playlistUrl } = await openSession(server.origin, { profile: SMALL_PROFILE });
  await waitForPlaylist(playlistUrl);
  const [media = ''] = await fetchMultivariant(playlistUrl);
  for (let count = 0; count < 4; count += 1) expect((await push(id)).status).toBe(202);
  const clients = await RawClient.openAll(server.origin, DESCRIPTORS + 200);
  const path = new URL(media).pathname;
  for (const client of clients) client.say(`GET ${path}?_HLS_msn=99999 HTTP/1.1\r\n${HOST}\r\n`);
  await until('the rest is closed', () => clients.some(({ socket }) => socket.closed));
  const open = clients.filter(({ socket }) => !socket.closed);
  expect(open.length).toBeLessThan(DESCRIPTORS - 300);
  expect(await openDescriptors()).toBeLessThan(DESCRIPTORS - 100);
  // Encodes have started meanwhile, and their pipes with them.
  await sleep(3_000);
  for (const client of clients) client[Symbol.dispose]();
  await until('all is out', async () => (await published(id)) === 4);
  expect((await push(id)).status).toBe(202);
  expect(server.log.join('\n')).toContain('all connections are taken');
  expect(server.log.filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
});

test('requests for the part that a hint names, of a stream that stands still, leave nothing', async () => {
  const { id, playlistUrl } = await openSession(server.origin, { profile: SMALL_PROFILE, filler: 'none' });
  expect((await push(id)).status).toBe(202);
  await until('it is out', async () => (await published(id)) === 1);
  await waitForPlaylist(playlistUrl);
  const [media = ''] = await fetchMultivariant(playlistUrl);
  const hint = /PRELOAD-HINT:TYPE=PART,URI="([^"]+)"/.exec(await (await fetch(media)).text())?.[1] ?? '';
  const path = new URL(hint, media).pathname;
  const waiting = async (): Promise<number> => {
    const text = await (await fetch(`${server.origin}/metrics`)).text();
    return Number(/^throughline_http_held_requests (\d+)/m.exec(text)?.[1]);
  };
  for (let round = 0; round < 10; round += 1) {
    const clients = await RawClient.openAll(server.origin, 100);
    for (const client of clients) client.say(`GET ${path} HTTP/1.1\r\n${HOST}\r\n`);
    await until('they wait', async () => (await waiting()) >= 90);
    for (const client of clients) client[Symbol.dispose]();
    await until('they have left', async () => (await waiting()) === 0);
  }
  const held = fetch(new URL(hint, media));
  expect((await push(id)).status).toBe(202);
  expect((await held).status).toBe(200);
});
