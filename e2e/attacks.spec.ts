import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSession, sessionStatus, waitForPlaylist } from './support/api.ts';
import { filesIn, openFiles } from './support/leftovers.ts';
import { residentMegabytes } from './support/processes.ts';
import { RawClient } from './support/raw-client.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { SMALL_PROFILE } from './support/talker.ts';
import { until } from './support/until.ts';

/** What strangers do to servers over HTTP, done to ours; the numbers are those of the list we keep. Uploads: server/encode/hostile.test.ts. */

const MAX_CHUNK_BYTES = 2_000_000;
const ID = 'victim';
const HEAD = `HTTP/1.1\r\nHost: localhost\r\n`;

let directory: string;
let server: RunningServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'attacks-'));
  server = await startServer({ dataDir: directory, env: { AVATAR: 'none', MAX_CHUNK_BYTES: `${MAX_CHUNK_BYTES}` } });
  const { playlistUrl } = await openSession(server.origin, { id: ID, profile: SMALL_PROFILE });
  await waitForPlaylist(playlistUrl);
});

afterAll(async () => {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Somebody who does no harm is served while others do. */
async function honestViewerIsServed(): Promise<void> {
  const answer = await fetch(`${server.origin}/live/${ID}/index.m3u8`);
  expect(answer.status).toBe(200);
  await answer.text();
}

async function statusOf(line: string, rest = 'Connection: close\r\n\r\n'): Promise<number | undefined> {
  using client = await RawClient.open(server.origin);
  return await client.say(`${line} ${HEAD}${rest}`).answered();
}

const TRAVERSALS = [
  '../../../etc/passwd',
  '..%2f..%2f..%2fetc%2fpasswd',
  '%2e%2e/%2e%2e/etc/passwd',
  '....//....//etc/passwd',
  '..\\..\\etc\\passwd',
  '..%5c..%5cetc%5cpasswd',
  '%252e%252e%252fetc%252fpasswd',
  'v0/../../../../etc/passwd',
  'v0/%00.mp4',
  'v0/stream.m3u8%00.mp4',
  '/etc/passwd',
  'file:///etc/passwd',
  '.%2e/.%2e/etc/passwd',
  '..;/..;/etc/passwd',
  '%c0%ae%c0%ae/etc/passwd',
  '%uff0e%uff0e/etc/passwd',
  'journal',
  '../journal',
  'chunks/',
  'v0/init.mp4/..',
];

test.each(TRAVERSALS)('23: no file is found by %s', async (path) => {
  for (const prefix of [`/live/${ID}/`, '/assets/', '/'])
    expect([400, 404]).toContain(await statusOf(`GET ${prefix}${path}`));
});

test('26: 300 reloads that are held, half of them reset, hold nobody up', async () => {
  const clients = await RawClient.openAll(server.origin, 300);
  const status = await sessionStatus(server.origin, ID);
  const next = Math.floor(status.publishedUntil / 2) + 2;
  for (const client of clients) client.say(`GET /live/${ID}/v0/stream.m3u8?_HLS_msn=${next} ${HEAD}\r\n`);
  await sleep(200);
  for (const client of clients.slice(150)) client.socket.resetAndDestroy();
  for (let look = 0; look < 5; look++) await honestViewerIsServed();
  for (const client of clients) client[Symbol.dispose]();
});

describe.concurrent('slow', () => {
  test('27: 300 clients whose headers never end are cut off, and one is answered whose headers took some seconds', async () => {
    const clients = await RawClient.openAll(server.origin, 300);
    for (const client of clients) client.say(`GET / ${HEAD}X-Slow: `);
    using slow = await RawClient.open(server.origin);
    slow.say(`GET /healthz ${HEAD}X-Slow: `);
    await honestViewerIsServed();
    await sleep(5_000);
    expect(await slow.say('yes\r\n\r\n').answered()).toBe(200);
    expect(clients.filter(({ socket }) => socket.closed)).toEqual([]);
    await Promise.all(clients.map((client) => client.closed()));
    expect(new Set(clients.map(({ status }) => status))).toEqual(new Set([408]));
  });

  test('38: a body of a byte a second is answered 408', async () => {
    using client = await RawClient.open(server.origin);
    client.say(`POST /v1/sessions/${ID}/chunks ${HEAD}Content-Length: 1000\r\n\r\n`);
    const trickle = setInterval(() => client.say('x'), 1_000);
    const status = await client.answered();
    clearInterval(trickle);
    expect(status).toBe(408);
  });
});

test('28: 100 clients that ask for 20 things each and read none cost little', async () => {
  const beforeMb = await residentMegabytes(server.pid);
  const clients = await RawClient.openAll(server.origin, 100);
  for (const client of clients) {
    client.socket.pause();
    client.say(`GET /player.js ${HEAD}\r\n`.repeat(20));
  }
  await sleep(1_500);
  await honestViewerIsServed();
  expect((await residentMegabytes(server.pid)) - beforeMb).toBeLessThan(200);
  for (const client of clients) client[Symbol.dispose]();
});

test('29: 500 connections that are reset leave no file open', async () => {
  await sleep(500);
  const before = await openFiles(server.pid);
  for (let round = 0; round < 5; round++)
    for (const client of await RawClient.openAll(server.origin, 100))
      client.say(`GET / ${HEAD}\r\n`).socket.resetAndDestroy();
  await until('they are closed', async () => (await openFiles(server.pid)) <= before + 5);
});

test.each([
  ['two lengths', `POST /v1/sessions ${HEAD}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}`, [400]],
  [
    'length and chunks',
    `POST /v1/sessions ${HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    [400],
  ],
  ['chunked, spelled otherwise', `POST /v1/sessions ${HEAD}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, [400, 501]],
  ['a header of 70 kB', `GET / ${HEAD}X: ${'a'.repeat(70_000)}\r\n\r\n`, [431]],
  ['3,000 headers', `GET / ${HEAD}${'X-A: b\r\n'.repeat(3_000)}\r\n`, [400, 431]],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', [400, undefined]],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400, 404, 405]],
  ['a folded header', `GET / ${HEAD}X: a\r\n b\r\n\r\n`, [400]],
  ['a line feed in a path', `GET /a\nb ${HEAD}\r\n`, [400]],
  ['no host', 'GET / HTTP/1.1\r\n\r\n', [400]],
  ['nothing of HTTP', 'hello\r\n\r\n', [400]],
] as const)('30: %s', async (_, text, expected) => {
  using client = await RawClient.open(server.origin);
  client.say(text);
  const status = await client.answered();
  expect(expected as readonly unknown[]).toContain(status);
  expect(client.received.match(/HTTP\/1\.1 \d/g)?.length ?? 0).toBeLessThanOrEqual(1);
});

test('31: methods that are not there', async () => {
  for (const method of ['TRACE', 'PUT', 'DELETE', 'PATCH']) {
    expect(await statusOf(`${method} /live/${ID}/index.m3u8`), method).toBe(405);
    expect([404, 405], method).toContain(await statusOf(`${method} /`));
  }
});

test('34, 35: what a request says of the host, and its query, come back in nothing', async () => {
  const forged = 'evil.example';
  for (const path of [
    `/live/${ID}/index.m3u8?x=${forged}`,
    `/v1/sessions/${ID}?x=${forged}`,
    `/embed/${ID}?x=${forged}`,
  ]) {
    using client = await RawClient.open(server.origin);
    client.say(
      `GET ${path} HTTP/1.1\r\nHost: ${forged}\r\nX-Forwarded-Host: ${forged}\r\nForwarded: host=${forged}\r\nConnection: close\r\n\r\n`,
    );
    await client.closed();
    expect(client.received).toMatch(/^HTTP\/1\.1 [24]/);
    expect(client.received).not.toContain(forged);
  }
});

test('36: a gigabyte is refused before it comes', async () => {
  expect(await statusOf(`POST /v1/sessions/${ID}/chunks`, 'Content-Length: 1000000000\r\n\r\n')).toBe(413);
});

test('37: a body in chunks without end is cut', async () => {
  using client = await RawClient.open(server.origin);
  client.say(`POST /v1/sessions/${ID}/chunks ${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
  const piece = `10000\r\n${'\0'.repeat(0x10000)}\r\n`;
  for (let sent = 0; sent < 3 * MAX_CHUNK_BYTES && client.status === undefined; sent += piece.length) {
    client.say(piece);
    await sleep(1);
  }
  expect(await client.answered()).toBe(413);
});

test('39: 50 uploads that break off leave nothing', async () => {
  const before = await sessionStatus(server.origin, ID);
  const clients = await RawClient.openAll(server.origin, 50);
  for (const client of clients)
    client.say(`POST /v1/sessions/${ID}/chunks ${HEAD}Content-Length: 100000\r\n\r\n${'\0'.repeat(50_000)}`);
  await sleep(300);
  for (const client of clients) client.socket.resetAndDestroy();
  await until(
    'nothing is left',
    async () => (await filesIn(join(directory, ID, 'chunks')).catch(() => [])).length === 0,
  );
  expect((await sessionStatus(server.origin, ID)).chunks.accepted).toBe(before.chunks.accepted);
});

test('41: what is packed is not unpacked', async () => {
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  const post = (path: string, type: string): Promise<number> =>
    fetch(`${server.origin}${path}`, {
      method: 'POST',
      headers: { 'content-encoding': 'gzip', 'content-type': type },
      body: bomb,
    }).then(({ status }) => status);
  expect(await post(`/v1/sessions/${ID}/chunks`, 'video/mp4')).toBe(415);
  expect(await post('/v1/sessions', 'application/json')).toBe(415);
});

test('43, 44: of 300 who follow events and never read, 100 are taken, and they cost little', async () => {
  const beforeMb = await residentMegabytes(server.pid);
  const clients = await RawClient.openAll(server.origin, 300);
  for (const client of clients) client.say(`GET /v1/sessions/${ID}/events ${HEAD}\r\n`);
  await until('all are answered', () => clients.every(({ status }) => status !== undefined));
  const taken = clients.filter(({ status }) => status === 200);
  expect(taken).toHaveLength(100);
  expect(clients.filter(({ status }) => status === 429)).toHaveLength(200);
  await honestViewerIsServed();
  expect((await residentMegabytes(server.pid)) - beforeMb).toBeLessThan(100);
  for (const client of clients) client[Symbol.dispose]();
});

test('53: thousands of ids that nobody has cost nothing', async () => {
  const agent = await RawClient.openAll(server.origin, 10);
  const beforeMb = await residentMegabytes(server.pid);
  for (let round = 0; round < 20; round++) {
    for (const client of agent) {
      const asked = Array.from(
        { length: 50 },
        () => `GET /live/${Math.random().toString(36).slice(2)}xyz/index.m3u8 ${HEAD}\r\n`,
      );
      client.received = '';
      client.say(asked.join(''));
    }
    await until('all are answered', () =>
      agent.every(({ received }) => (received.match(/HTTP\/1\.1 404/g)?.length ?? 0) === 50),
    );
  }
  expect((await residentMegabytes(server.pid)) - beforeMb).toBeLessThan(60);
  for (const client of agent) client[Symbol.dispose]();
});
