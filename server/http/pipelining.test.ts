import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { livePlaylist } from '../playlist/fixtures.ts';
import type { MediaResource } from '../session/types.ts';
import { type Rig, resourceOf, startRig, until } from './fakes.ts';

const HOST = 'Host: localhost\r\n';
const MEGABYTE = 2 ** 20;
let rig: Rig;
let folder: string;
const sockets: Socket[] = [];

beforeEach(async () => {
  rig = await startRig();
  folder = await mkdtemp(join(tmpdir(), 'pipelining-'));
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await rig.server.close();
  await rm(folder, { recursive: true });
});

/** A connection of which nothing is read, unless told. */
function open({ reads = false } = {}): Socket & { received: string } {
  const socket = Object.assign(connect(rig.port, '127.0.0.1'), { received: '' });
  socket.on('error', () => undefined);
  if (reads) socket.on('data', (piece) => (socket.received += String(piece)));
  sockets.push(socket);
  return socket;
}

const get = (path: string, headers = '', method = 'GET'): string =>
  `${method} ${path} HTTP/1.1\r\n${HOST}${headers}\r\n`;

const openFiles = async (): Promise<number> => (await readdir('/proc/self/fd')).length;

/** Media in a file of which nothing is in memory. */
async function stored(name: string, sizeBytes: number): Promise<MediaResource> {
  const path = join(folder, name);
  await writeFile(path, '');
  await truncate(path, sizeBytes);
  const body = [{ sizeBytes, get: () => ({ path, start: 0, sizeBytes }) }];
  return { body, sizeBytes, contentType: 'video/iso.segment', etag: `"${name}"` };
}

describe('requests that are sent ahead', () => {
  it('are answered one after the other, in order, whatever they ask for', async () => {
    rig.session.output.resources.set('v0/s1.m4s', resourceOf('segment'));
    const socket = open({ reads: true });
    socket.write(
      [
        get('/live/abc/v0/s1.m4s'),
        get('/live/abc/v0/s1.m4s', '', 'HEAD'),
        get('/live/abc/v0/s1.m4s', 'If-None-Match: "segment"\r\n'),
        get('/live/abc/v0/s1.m4s', 'Range: bytes=0-1\r\n'),
        get('/live/abc/v0/s1.m4s', '', 'OPTIONS'),
        get('/live/abc/v0/nothing.m4s'),
        get('/healthz'),
        get('/v1/sessions/abc'),
        get('/', 'Expect: nothing\r\n'),
        `POST /v1/sessions/abc/chunks HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc`,
        `POST /v1/sessions/abc/chunks HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 3\r\n\r\nabc`,
        get('/live/abc/v0/stream.m3u8?_HLS_msn=4&_HLS_part=2'),
        'GET /healthz HTTP/1.1\r\n\r\n',
        get('/healthz', 'Connection: close\r\n'),
      ].join(''),
    );
    await until(() => rig.server.load.heldRequests === 1);
    expect(rig.server.backlog.askedAhead).toBe(2);
    rig.session.output.publish(livePlaylist(0, 4, 3));
    await until(() => socket.closed);
    const statuses = [...socket.received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
    expect(statuses).toEqual([200, 200, 304, 206, 204, 404, 200, 200, 417, 202, 100, 202, 200, 400, 200]);
    expect(rig.server.backlog.askedAhead).toBe(0);
  });

  it('keep their bodies, however large, until it is their turn', async () => {
    const socket = open({ reads: true });
    const body = '\0'.repeat(400_000);
    socket.write(get('/live/abc/v0/stream.m3u8?_HLS_msn=4&_HLS_part=2'));
    socket.write(`POST /v1/sessions/abc/chunks HTTP/1.1\r\n${HOST}Content-Length: ${body.length}\r\n\r\n${body}`);
    socket.write(get('/healthz', 'Connection: close\r\n'));
    await until(() => rig.server.load.heldRequests === 1 && rig.server.backlog.askedAhead > 0);
    expect(rig.session.begun).toBe(0);
    rig.session.output.publish(livePlaylist(0, 4, 3));
    await until(() => socket.closed);
    expect([...socket.received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => status)).toEqual([
      '200',
      '202',
      '200',
    ]);
    expect(rig.session.uploads.map(({ bytes }) => bytes.length)).toEqual([body.length]);
  });

  it('are not looked at before their turn', async () => {
    const asked: string[] = [];
    const { output } = rig.session;
    output.resource = (rendition, name) => {
      asked.push(`${rendition}/${name}`);
      return resourceOf('segment');
    };
    rig.session.recordingPath = join(folder, 'r.mp4');
    const socket = open({ reads: true });
    socket.write(get('/live/abc/v0/stream.m3u8?_HLS_msn=4') + get('/live/abc/v0/s1.m4s').repeat(5));
    socket.write(get('/live/abc/recording.mp4') + get('/v1/sessions/abc/events').repeat(2));
    await until(() => rig.server.backlog.askedAhead === 8);
    expect([asked, rig.session.recordingOptions, rig.server.load]).toEqual([
      [],
      undefined,
      { heldRequests: 1, eventStreams: 0 },
    ]);
    socket.destroy();
    await until(() => rig.server.backlog.askedAhead === 0 && rig.server.load.heldRequests === 0);
    expect(asked).toEqual([]);
  });

  it.each([
    ['media in memory', '/live/abc/v0/s1.m4s', ''],
    ['media on disk', '/live/abc/v0/s2.m4s', ''],
    ['ranges', '/live/abc/v0/s2.m4s', 'Range: bytes=1-\r\n'],
    ['recordings', '/live/abc/recording.mp4', ''],
    ['playlists that are held', '/live/abc/v0/stream.m3u8?_HLS_msn=4', ''],
    ['hinted parts', '/live/abc/v0/p22.m4s', ''],
    ['events', '/v1/sessions/abc/events', ''],
    ['problems', '/live/abc/v0/stream.m3u8?_HLS_part=1', ''],
    ['pages', '/player.js', ''],
    ['expectations', '/', 'Expect: nothing\r\n'],
  ])('a thousand at once, for %s, and nothing read: the connection is closed', async (_, path, headers) => {
    let lookups = 0;
    const big = Buffer.alloc(8 * MEGABYTE);
    const memory = {
      ...resourceOf(),
      body: [{ sizeBytes: big.byteLength, get: () => big }],
      sizeBytes: big.byteLength,
    };
    const onDisk = await stored('s2', 8 * MEGABYTE);
    rig.session.recordingPath = join(folder, 's2');
    rig.session.output.resource = (_rendition, name) => {
      lookups += 1;
      return name === 's1.m4s' ? memory : name === 's2.m4s' ? onDisk : 'awaited';
    };
    const before = await openFiles();
    const socket = open();
    socket.pause();
    socket.write(get(path, headers).repeat(1000));
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.resume();
    await until(() => socket.closed);
    await until(() => rig.server.backlog.fileReaders === 0 && rig.server.load.heldRequests === 0);
    expect(lookups).toBeLessThan(70);
    expect(rig.server.backlog.askedAhead).toBe(0);
    expect(await openFiles()).toBeLessThanOrEqual(before + 3);
  });

  it('are bounded over all connections, too', async () => {
    await rig.server.close();
    rig = await startRig({ limits: { askedAhead: 10, askedAheadInAll: 25 } });
    const clients = Array.from({ length: 5 }, () => open({ reads: true }));
    for (const client of clients) client.write(get('/live/abc/v0/stream.m3u8?_HLS_msn=4').repeat(9));
    await until(() => clients.filter(({ closed }) => closed).length === 2);
    expect(rig.server.backlog.askedAhead).toBe(24);
    expect(rig.server.load.heldRequests).toBe(3);
  });
});

describe('clients that read nothing', () => {
  it('cost no descriptor, and share the memory for what is on disk', async () => {
    const count = 60;
    const media = await stored('s2', 4 * MEGABYTE);
    rig.session.output.resource = () => media;
    rig.session.recordingPath = join(folder, 's2');
    const before = await openFiles();
    const clients = Array.from({ length: count }, (_, at) => {
      const client = open();
      client.pause();
      client.write(get(at % 2 === 0 ? '/live/abc/v0/s2.m4s' : '/live/abc/recording.mp4'));
      return client;
    });
    await until(() => rig.server.backlog.fileReaders === count);
    // Each client and the server have a descriptor for their connection.
    await until(() => clients.every(({ readyState }) => readyState === 'open'));
    expect(await openFiles()).toBeLessThan(before + 2 * count + 16);
    for (const client of clients) client.destroy();
    await until(() => rig.server.backlog.fileReaders === 0);
  });

  it('keep no other piece of a body in memory than the one that is on its way', async () => {
    const taken: number[] = [];
    const body = Array.from({ length: 16 }, (_, at) => ({
      sizeBytes: 4 * MEGABYTE,
      get: () => {
        taken.push(at);
        return Buffer.alloc(4 * MEGABYTE, at);
      },
    }));
    rig.session.output.resources.set('v0/s1.m4s', { ...resourceOf(), body, sizeBytes: 64 * MEGABYTE });
    const client = open();
    client.pause();
    client.write(get('/live/abc/v0/s1.m4s'));
    await until(() => taken.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    // What the system's own buffers took, and one more.
    expect(taken.length).toBeLessThan(6);
    let receivedBytes = 0;
    client.on('data', (bytes) => (receivedBytes += bytes.length)).resume();
    await until(() => receivedBytes > 64 * MEGABYTE);
    expect(taken).toEqual([...body.keys()]);
  });
});

describe('media on disk', () => {
  const ask = async (headers = ''): Promise<string> => {
    const client = open({ reads: true });
    client.write(get('/live/abc/v0/s2.m4s', `${headers}Connection: close\r\n`));
    await until(() => client.closed);
    return client.received;
  };

  it('is sent whole and in ranges across its pieces, the same as from memory', async () => {
    const path = join(folder, 's2');
    const text = Array.from({ length: 300_000 }, (_, at) => String.fromCharCode(97 + (at % 23))).join('');
    await writeFile(path, `head${text}`);
    const [first, second] = [text.slice(0, 200_000), text.slice(200_000)];
    const body = [
      { sizeBytes: first.length, get: () => ({ path, start: 4, sizeBytes: first.length }) },
      { sizeBytes: second.length, get: () => Buffer.from(second) },
    ];
    rig.session.output.resources.set('v0/s2.m4s', { ...resourceOf(), body, sizeBytes: text.length });
    expect((await ask()).endsWith(`\r\n\r\n${text}`)).toBe(true);
    const range = await ask('Range: bytes=199990-200009\r\n');
    expect(range).toMatch(/^HTTP\/1\.1 206 [\s\S]*Content-Range: bytes 199990-200009\/300000/);
    expect(range.endsWith(`\r\n\r\n${text.slice(199_990, 200_010)}`)).toBe(true);
  });

  it.each([
    ['is gone', () => rm(join(folder, 's2')), 404],
    ['is gone from memory, too', async () => rig.session.output.resources.set('v0/s2.m4s', gone()), 404],
    ['ends too soon', () => truncate(join(folder, 's2'), 10), 500],
  ])('that %s is a problem of its own', async (_, spoil, status) => {
    rig.session.output.resources.set('v0/s2.m4s', await stored('s2', 1000));
    await spoil();
    expect(await ask()).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(rig.errors).toHaveLength(status === 500 ? 1 : 0);
  });

  it('of a session that was deleted and opened again is not mixed with the new one', async () => {
    rig.session.output.resources.set('v0/s2.m4s', await stored('s2', 64 * MEGABYTE));
    const client = open();
    client.pause();
    client.write(get('/live/abc/v0/s2.m4s'));
    await until(() => rig.server.backlog.fileReaders === 1 && client.bytesRead >= 0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await rm(join(folder, 's2'));
    await writeFile(join(folder, 's2'), Buffer.alloc(64 * MEGABYTE, 'x'));
    let received = 0;
    let foreign = false;
    client.on('data', (bytes) => {
      received += bytes.length;
      foreign ||= bytes.includes('xxxxxxxx');
    });
    client.resume();
    await until(() => client.closed);
    expect([foreign, received < 64 * MEGABYTE]).toEqual([false, true]);
  });
});

function gone(): MediaResource {
  return { ...resourceOf(), sizeBytes: 5, body: [{ sizeBytes: 5, get: () => undefined }] };
}
