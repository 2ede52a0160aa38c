import { request } from 'node:http';
import { encodeCmcd } from '@svta/cml-cmcd';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, type Rig, resourceOf, startRig, until } from './fakes.ts';
import { sessionQuality } from './schemas.ts';

let rig: Rig;
let nowMs: number;

beforeEach(async () => {
  nowMs = 1_800_000_000_000;
  rig = await startRig({ now: () => nowMs });
  rig.session.output.resources.set('v0/p1.m4s', resourceOf('part'));
});

afterEach(() => rig.server.close());

const CMCD = { 'content-type': 'application/cmcd' };
const report = (fields: string, sid = 'a') => `sid="${sid}",${fields},v=2\n`;
const send = (body: string | Buffer, headers: Record<string, string> = CMCD, id = 'abc') =>
  ask(rig, `/live/${id}/cmcd`, { method: 'POST', headers, body });

async function quality(id = 'abc') {
  const reply = await ask(rig, `/v1/sessions/${id}/quality`);
  expect(reply.status).toBe(200);
  return sessionQuality.parse(JSON.parse(reply.text));
}

/** As hls.js puts it into a URL. */
const inUrl = (data: Parameters<typeof encodeCmcd>[0]) =>
  new URLSearchParams({ CMCD: encodeCmcd(data, { version: 1 }) }).toString();

describe('reports in event mode', () => {
  it('are taken, and shown with the session', async () => {
    expect((await send(report('e=ps,sta=s'))).status).toBe(204);
    nowMs += 1_000;
    await send(report('bl=(900),br=(800),bsa=(0),bsda=(0),dfa=0,e=ps,ltc=1200,msd=640,mtp=(9000),sta=p'));
    nowMs += 10_000;
    await send(`${report('bsa=(1),bsda=(700),dfa=2,e=t,sta=p')}${report('e=e,ec=("levelLoadError"),sta=p', 'b')}`);
    expect(await quality()).toEqual({
      id: 'abc',
      totals: {
        playbacks: 2,
        watchSeconds: 10,
        timedWatchSeconds: 10,
        stalls: 1,
        stallsPerHour: 360,
        rebufferSeconds: 0.7,
        rebufferRatio: 0.07,
        droppedFrames: 2,
        errors: 1,
      },
      present: {
        viewers: 2,
        states: { playing: 2 },
        startup: { p50: 0.64, p95: 0.64 },
        latency: { p50: 1.2, p95: 1.2 },
        buffer: { p50: 0.9, p95: 0.9 },
        bitrate: 800_000,
        throughput: 9_000_000,
      },
      viewers: [
        expect.objectContaining({
          sid: 'a',
          mode: 'reports',
          state: 'playing',
          stalls: 1,
          latency: 1.2,
          startup: 0.64,
        }),
        expect.objectContaining({ sid: 'b', errors: 1, lastErrors: ['levelLoadError'] }),
      ],
    });
  });

  it('come from pages of any origin', async () => {
    const preflight = await ask(rig, '/live/abc/cmcd', {
      method: 'OPTIONS',
      headers: { origin: 'https://example.com', 'access-control-request-method': 'POST' },
    });
    expect([preflight.status, preflight.headers]).toMatchObject([
      204,
      {
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'POST, OPTIONS',
        'access-control-allow-headers': 'Content-Type',
      },
    ]);
    for (const body of [report('sta=p'), 'nonsense', 'x'.repeat(20_000)])
      expect((await send(body)).headers['access-control-allow-origin']).toBe('*');
    expect(
      (await ask(rig, '/live/abc/index.m3u8', { method: 'OPTIONS' })).headers['access-control-allow-methods'],
    ).toBe('GET, HEAD, OPTIONS');
  });

  it('stop at 410 when the session is not there, or not any more', async () => {
    const gone = await send(report('sta=p'), CMCD, 'no-such');
    expect([gone.status, JSON.parse(gone.text).code]).toEqual([410, 'SESSION_NOT_FOUND']);
    await send(report('sta=p'));
    rig.session.output.closed = true;
    expect((await send(report('sta=p'))).status).toBe(410);
  });

  it.each([
    ['nothing', '', 400],
    ['text', 'hello', 400],
    ['JSON', '{"sid":"a"}', 400],
    ['a report without a viewer', 'sta=p,v=2', 400],
    ['bytes', Buffer.from([0xff, 0xfe, 0, 1, 2, 0xc0, 0x80]), 400],
    ['10,000 line breaks', '\n'.repeat(10_000), 400],
    ['one good report among bad ones', `}\n${report('sta=p')}`, 204],
    ['impossible numbers', report('bsa=(999999),bsda=(999999999),ltc=999999999999999,msd=-1,sta=p'), 204],
    ['keys of objects', report('constructor=1,tostring=(1 2),sta=p'), 204],
    ['17 kB', report(`cid="${'c'.repeat(17_000)}"`), 413],
  ])('of %s are answered as they deserve', async (_, body, status) => {
    expect((await send(body)).status).toBe(status);
    expect(rig.errors).toEqual([]);
  });

  it('of endless length are cut', async () => {
    const reply = await ask(rig, '/live/abc/cmcd', {
      method: 'POST',
      headers: { ...CMCD, 'transfer-encoding': 'chunked' },
      body: Buffer.alloc(200_000, 'a'),
    });
    expect([reply.status, reply.headers.connection]).toEqual([413, 'close']);
  });

  it('are never inflated, nor read by other methods', async () => {
    expect((await send(report('sta=p'), { ...CMCD, 'content-encoding': 'gzip' })).status).toBe(415);
    for (const method of ['GET', 'PUT', 'DELETE'])
      expect(await ask(rig, '/live/abc/cmcd', { method })).toMatchObject({
        status: 405,
        headers: { allow: 'POST, OPTIONS' },
      });
  });

  it('that trickle are ended', async () => {
    const strict = await startRig({ limits: { bodyProgressMs: 50, bodyProgressBytes: 10 } });
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { 'content-length': 500 };
      const req = request({ port: strict.port, host: '127.0.0.1', path: '/live/abc/cmcd', method: 'POST', headers });
      req.on('response', (res) => resolve(res.statusCode));
      req.on('error', reject);
      req.write('s');
    });
    expect(status).toBe(408);
    await strict.server.close();
  });

  it('that come too fast are asked to wait', async () => {
    const body = report('sta=p').repeat(32);
    const replies = [];
    for (let sent = 0; sent < 100; sent++) replies.push(await send(body));
    expect(replies.at(-1)).toMatchObject({ status: 429, headers: { 'retry-after': '5' } });
    nowMs += 1_000;
    expect((await send(body)).status).toBe(204);
  });

  it('wake no session: nobody asked for media', async () => {
    await send(report('sta=p'));
    expect(rig.session.output.watched).toEqual([]);
  });
});

describe('requests that carry CMCD', () => {
  it('tell viewers behind one address apart, and those without it by address', async () => {
    await ask(rig, `/live/abc/v0/stream.m3u8?${inUrl({ sid: 'a', ot: 'm' })}`);
    await ask(rig, `/live/abc/v0/p1.m4s?${inUrl({ sid: 'b', ot: 'av' })}`);
    await ask(rig, '/live/abc/v0/p1.m4s', { headers: { 'CMCD-Session': 'sid="c",sf=h', 'CMCD-Request': 'bl=700' } });
    await ask(rig, '/live/abc/v0/p1.m4s');
    expect([...rig.session.output.viewers]).toEqual(['a', 'b', 'c', '127.0.0.1']);
    expect((await quality()).viewers.map(({ sid, buffer }) => [sid, buffer])).toEqual(
      expect.arrayContaining([
        ['a', undefined],
        ['b', undefined],
        ['c', 0.7],
      ]),
    );
  });

  it('are answered as if they carried none', async () => {
    const query = inUrl({ sid: 'a', ot: 'm', nor: ['p2.m4s'] });
    const plain = await ask(rig, '/live/abc/v0/stream.m3u8?_HLS_msn=2');
    const told = await ask(rig, `/live/abc/v0/stream.m3u8?_HLS_msn=2&${query}`);
    expect([told.status, told.text]).toEqual([200, plain.text]);
    expect((await ask(rig, `/live/abc/v0/stream.m3u8?${query}&_HLS_part=1`)).status).toBe(400);
  });

  it('count stalls at once, and watch time', async () => {
    for (let second = 0; second <= 60; second++) {
      nowMs += 1_000;
      await ask(rig, `/live/abc/v0/p1.m4s?${inUrl({ sid: 'a', ot: 'av', bl: [300], bs: second === 30 })}`);
    }
    const { totals, viewers } = await quality();
    expect(totals).toMatchObject({ stalls: 1, watchSeconds: 60, timedWatchSeconds: 0, stallsPerHour: 60 });
    expect(totals).not.toHaveProperty('rebufferRatio');
    expect(viewers).toMatchObject([{ sid: 'a', mode: 'requests', buffer: 0.3 }]);
  });

  it.each([
    ['%', 'CMCD=%'],
    ['no value', 'CMCD='],
    ['no session id', 'CMCD=bl%3D0'],
    ['a hostile one', 'CMCD=sid%3D%22%3Cscript%3E%22'],
    ['5,000 characters', `CMCD=sid%3D%22a%22%2Ccid%3D%22${'c'.repeat(5_000)}%22`],
    ['the parameter twice', 'CMCD=sid%3D%22a%22&CMCD=sid%3D%22b%22'],
  ])('with %s are answered all the same', async (_, query) => {
    expect((await ask(rig, `/live/abc/v0/p1.m4s?${query}`)).status).toBe(200);
    expect(rig.errors).toEqual([]);
  });
});

describe('the figures of a session', () => {
  it('are those of nobody at first', async () => {
    expect(await quality()).toMatchObject({ totals: { playbacks: 0 }, present: { viewers: 0 }, viewers: [] });
    expect((await ask(rig, '/v1/sessions/no-such/quality')).status).toBe(404);
  });

  it('list a hundred viewers at most', async () => {
    for (let viewer = 0; viewer < 120; viewer++) await send(report('sta=p', `v${viewer}`));
    const { present, viewers } = await quality();
    expect([present.viewers, viewers.length]).toEqual([120, 100]);
  });

  it('end when a viewer leaves, and what it counted stays', async () => {
    await send(report('sta=p,bsa=(1)'));
    nowMs += 5_000;
    await send(report('sta=q,bsa=(1)'));
    expect(await quality()).toMatchObject({
      totals: { stalls: 1, watchSeconds: 5 },
      present: { viewers: 0 },
      viewers: [],
    });
    await until(() => rig.errors.length === 0);
  });
});
