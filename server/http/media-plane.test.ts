import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEADLINE_STEP_MS } from '../lib/deadlines.ts';
import type { MediaResource } from '../session/types.ts';
import { ask, closeEmpty, leaveOpen, type Rig, resourceOf, startRig, until } from './fakes.ts';

const STREAM = '/live/abc/v0/stream.m3u8';
let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});

afterEach(async () => {
  vi.useRealTimers();
  await closeEmpty(rig);
});

const held = (count: number): Promise<void> => until(() => rig.server.load.heldRequests === count);

describe('media', () => {
  beforeEach(() => {
    rig.session.output.resources.set('v0/s1.m4s', resourceOf('01234', '56789'));
  });
  const media = (headers: Record<string, string> = {}, method = 'GET') =>
    ask(rig, '/live/abc/v0/s1.m4s', { headers, method });

  it('is sent whole, to be kept for ever', async () => {
    const reply = await media();
    expect([reply.status, reply.text]).toEqual([200, '0123456789']);
    expect(reply.headers).toMatchObject({
      'content-type': 'video/iso.segment',
      'content-length': '10',
      'cache-control': 'public, max-age=31536000, immutable',
      'accept-ranges': 'bytes',
      etag: '"0123456789"',
      'access-control-allow-origin': '*',
    });
    expect(rig.session.output.watched).toEqual([1234]);
  });

  it.each([
    ['bytes=0-1', 206, '01', 'bytes 0-1/10'],
    ['bytes=3-6', 206, '3456', 'bytes 3-6/10'],
    ['bytes=8-', 206, '89', 'bytes 8-9/10'],
    ['bytes=8-999', 206, '89', 'bytes 8-9/10'],
    ['bytes=-4', 206, '6789', 'bytes 6-9/10'],
    ['bytes=-99999999999999999999999', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=0-0,2-3', 200, '0123456789', undefined],
    ['bytes=5-2', 200, '0123456789', undefined],
    ['bytes=-', 200, '0123456789', undefined],
    ['items=0-1', 200, '0123456789', undefined],
    [`bytes=${Array.from({ length: 1300 }, () => '0-').join(',')}`, 200, '0123456789', undefined],
  ])('Range %.30s is answered %i', async (range, status, text, contentRange) => {
    const reply = await media({ Range: range });
    expect([reply.status, reply.text, reply.headers['content-range']]).toEqual([status, text, contentRange]);
    expect(reply.headers['content-length']).toBe(String(text.length));
  });

  it.each(['bytes=10-', 'bytes=999999999-', 'bytes=99999999999999999999999-', 'bytes=-0'])(
    'Range %s is 416',
    async (range) => {
      const reply = await media({ Range: range });
      expect([reply.status, reply.headers['content-range']]).toEqual([416, 'bytes */10']);
    },
  );

  it('keeps to If-Range, If-None-Match and HEAD', async () => {
    expect((await media({ Range: 'bytes=0-1', 'If-Range': '"0123456789"' })).status).toBe(206);
    expect((await media({ Range: 'bytes=0-1', 'If-Range': '"other"' })).text).toBe('0123456789');
    expect((await media({ 'If-None-Match': '"0123456789"' })).status).toBe(304);
    const head = await media({}, 'HEAD');
    expect([head.status, head.headers['content-length'], head.text]).toEqual([200, '10', '']);
  });

  it('of a megabyte in pieces arrives whole', async () => {
    const pieces = Array.from({ length: 40 }, (_, index) => String(index % 10).repeat(50_000));
    rig.session.output.resources.set('v0/big.m4s', { ...resourceOf(...pieces), etag: '"big"' });
    expect((await ask(rig, '/live/abc/v0/big.m4s')).text).toBe(pieces.join(''));
  });

  it('that a hint names is held, and sent whole once published', async () => {
    rig.session.output.resources.set('v0/p22.m4s', 'awaited');
    const pending = [
      ask(rig, '/live/abc/v0/p22.m4s'),
      ask(rig, '/live/abc/v0/p22.m4s', { headers: { Range: 'bytes=1-' } }),
    ];
    const leaver = leaveOpen(rig, '/live/abc/v0/p22.m4s');
    await held(3);
    leaver.close();
    await held(2);
    rig.session.output.publish();
    await held(2);
    rig.session.output.resources.set('v0/p22.m4s', resourceOf('part'));
    rig.session.output.publish();
    expect((await Promise.all(pending)).map((reply) => reply.text)).toEqual(['part', 'art']);
  });

  it.each([
    ['never comes', () => rig.session.output.resources.delete('v0/p22.m4s'), 404],
    ['is of a session that is deleted', () => Object.assign(rig.session.output, { closed: true }), 404],
    ['can not be read', () => rig.session.output.resources.set('v0/p22.m4s', unreadable(5)), 500],
  ])('that a hint names and that %s', async (_case, happens, status) => {
    rig.session.output.resources.set('v0/p22.m4s', 'awaited');
    const pending = ask(rig, '/live/abc/v0/p22.m4s');
    await held(1);
    happens();
    rig.session.output.publish();
    const reply = await pending;
    expect(reply.status).toBe(status);
    expect(reply.text).not.toContain('secret');
  });

  it('that a hint names ends in 503 after three target durations', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    rig.session.output.resources.set('v0/p22.m4s', 'awaited');
    const pending = ask(rig, '/live/abc/v0/p22.m4s');
    await spin(() => rig.server.load.heldRequests === 1);
    vi.advanceTimersByTime(3_000 + DEADLINE_STEP_MS);
    expect((await pending).status).toBe(503);
  });
});

describe('what is not there', () => {
  it.each([
    '/live/abc/v0/nothing.m4s',
    '/live/abc/v9/stream.m3u8',
    '/live/unknown/index.m3u8',
    '/live/__proto__/index.m3u8',
    '/live/ABC/index.m3u8',
    '/live/ab/index.m3u8',
    '/live/',
    '/live/abc',
    '/live/abc/',
    '/live/abc/v0/',
    '/live/abc/../../etc/passwd',
    '/live/abc/v0/..%2f..%2fetc%2fpasswd',
    '/live/abc/v0/%2e%2e/secret.mp4',
    '/live/abc/v0/....//secret.mp4',
    '/live/abc/v0\\..\\secret.mp4',
    '/live/abc/v0/%00.mp4',
    '/live/abc/v0/a%2fb.mp4',
    '/live/abc/v0//s1.m4s',
    '/live/abc%2fv0/s1.m4s',
    '/live/abc/v0/s1.m4s/',
    '/live/abc/v0/s1.m4s%20',
    '/live/abc/v0/constructor',
    '/live/abc/v0/.hidden.mp4',
    '/live/abc/constructor/stream.m3u8',
    `/live/abc/v0/${'a'.repeat(5000)}.mp4`,
  ])('%.60s is 404', async (path) => {
    const reply = await ask(rig, path);
    expect(reply.status).toBe(404);
    expect(reply.headers).toMatchObject({ 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=1' });
    expect(JSON.parse(reply.text)).toMatchObject({ status: 404, title: 'Not Found', type: 'about:blank' });
  });

  it('is read only, with a preflight for every page', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'TRACE']) {
      const reply = await ask(rig, STREAM, { method });
      expect([method, reply.status, reply.headers.allow]).toEqual([method, 405, 'GET, HEAD, OPTIONS']);
      expect(reply.headers['access-control-allow-origin']).toBe('*');
    }
    const preflight = await ask(rig, STREAM, { method: 'OPTIONS', headers: { Origin: 'https://a.example' } });
    expect(preflight.status).toBe(204);
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': expect.stringContaining('Range'),
    });
    expect(preflight.headers).not.toHaveProperty('access-control-allow-credentials');
  });
});

describe('a recording', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'recording-'));
    await writeFile(join(folder, 'r.mp4'), '0123456789');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is refused before the end', async () => {
    const reply = await ask(rig, '/live/abc/recording.mp4');
    expect([reply.status, JSON.parse(reply.text).code]).toEqual([409, 'RECORDING_NOT_READY']);
  });

  it('is sent with ranges, tags and HEAD', async () => {
    rig.session.recordingPath = join(folder, 'r.mp4');
    const get = (headers: Record<string, string> = {}, method = 'GET') =>
      ask(rig, '/live/abc/recording.mp4', { headers, method });
    const whole = await get();
    expect([whole.status, whole.text, whole.headers['content-type']]).toEqual([200, '0123456789', 'video/mp4']);
    const range = await get({ Range: 'bytes=0-1', 'If-Range': String(whole.headers.etag) });
    expect([range.status, range.text, range.headers['content-range']]).toEqual([206, '01', 'bytes 0-1/10']);
    expect((await get({ Range: 'bytes=0-1', 'If-Range': '"old"' })).status).toBe(200);
    expect((await get({ Range: 'bytes=10-' })).status).toBe(416);
    expect((await get({ 'If-None-Match': String(whole.headers.etag) })).status).toBe(304);
    expect((await get({}, 'HEAD')).headers['content-length']).toBe('10');
    expect(rig.session.recordingOptions).toEqual({ keepFiller: false });
    await ask(rig, '/live/abc/recording.mp4?filler=keep');
    expect(rig.session.recordingOptions).toEqual({ keepFiller: true });
    expect((await ask(rig, '/live/abc/recording.mp4?filler=x')).status).toBe(400);
    expect((await ask(rig, '/live/abc/recording.mp4?download')).headers['content-disposition']).toBe(
      'attachment; filename="abc.mp4"',
    );
    expect((await ask(rig, '/live/abc/recording.mp4')).headers).not.toHaveProperty('content-disposition');
  });

  it('has its captions beside it, if there are any', async () => {
    rig.session.recordingPath = join(folder, 'r.mp4');
    const get = (query = '') => ask(rig, `/live/abc/recording.vtt${query}`);
    expect([(await get()).status, JSON.parse((await get()).text).code]).toEqual([404, 'NOT_FOUND']);
    await writeFile(join(folder, 'r.vtt'), 'WEBVTT\n\n');
    const whole = await get();
    expect([whole.status, whole.text, whole.headers['content-type']]).toEqual([
      200,
      'WEBVTT\n\n',
      'text/vtt; charset=utf-8',
    ]);
    expect(rig.session.recordingOptions).toEqual({ keepFiller: false });
    await get('?filler=keep');
    expect(rig.session.recordingOptions).toEqual({ keepFiller: true });
  });
});

/** Media whose bytes fail. */
function unreadable(sizeBytes: number): MediaResource {
  const get = (): never => {
    throw new Error('secret path');
  };
  return { ...resourceOf(), sizeBytes, body: [{ sizeBytes, get }] };
}

/** Lets real sockets work while timers are fake. */
async function spin(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100_000 && !holds(); turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
