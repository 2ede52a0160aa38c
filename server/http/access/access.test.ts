import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterEach, describe, expect, it, test } from 'vitest';
import { ask, leaveOpen, type Reply, type Rig, startRig, until } from '../fakes.ts';

const KEY = 'a-key-for-tests';
const SECRET = 'a secret for tests';
const access = { apiKey: `${KEY}, another`, playbackSecret: SECRET, playbackHours: 2 };
const authorised = { headers: { Authorization: `Bearer ${KEY}` } };
/** Half past an hour. */
const NOW_MS = Date.UTC(2026, 10, 28, 10, 30);
const HOUR_MS = 3_600_000;

let rig: Rig;
let nowMs = NOW_MS;

async function start(options: Parameters<typeof startRig>[0] = {}): Promise<void> {
  nowMs = NOW_MS;
  rig = await startRig({ access, now: () => nowMs, ...options });
}

afterEach(() => rig.server.close());

const codeOf = ({ status, text }: Reply): [number, string] => [status, JSON.parse(text).code];

type Urls = { playlistUrl: string; playerUrl: string; eventsUrl: string };

async function urls(): Promise<Record<keyof Urls, string>> {
  const session = JSON.parse((await ask(rig, '/v1/sessions/abc', authorised)).text) as Urls;
  const pathOf = (url: string): string => url.slice(new URL(url).origin.length);
  return {
    playlistUrl: pathOf(session.playlistUrl),
    playerUrl: pathOf(session.playerUrl),
    eventsUrl: pathOf(session.eventsUrl),
  };
}

const tokenOf = ({ playerUrl }: Pick<Urls, 'playerUrl'>): string => /token=(.+)$/.exec(playerUrl)?.[1] ?? '';

describe('the API', () => {
  it.each([
    ['GET', '/v1/sessions'],
    ['POST', '/v1/sessions'],
    ['GET', '/v1/sessions/abc'],
    ['DELETE', '/v1/sessions/abc'],
    ['POST', '/v1/sessions/abc/chunks'],
    ['POST', '/v1/sessions/abc/interrupt'],
    ['GET', '/v1/stats'],
    ['GET', '/v1/nothing'],
    ['GET', '/V1/sessions'],
    ['GET', '/v1//sessions'],
  ])('refuses %s %s without a key, and says how to bring one', async (method, path) => {
    await start();
    const reply = await ask(rig, path, { method });
    expect(codeOf(reply)).toEqual([401, 'UNAUTHORIZED']);
    expect(reply.headers['www-authenticate']).toMatch(/^Bearer/);
  });

  it.each([
    '',
    'Bearer',
    'Bearer ',
    `Basic ${KEY}`,
    `Bearer ${KEY}x`,
    'Bearer a-key',
    `Bearer ${KEY}, another`,
    'Bearer ,',
  ])('refuses the key "%s"', async (authorization) => {
    await start();
    const reply = await ask(rig, '/v1/sessions', { headers: { Authorization: authorization } });
    expect(codeOf(reply)).toEqual([401, 'UNAUTHORIZED']);
  });

  it('takes each of its keys', async () => {
    await start();
    expect((await ask(rig, '/v1/sessions', authorised)).status).toBe(200);
    expect((await ask(rig, '/v1/sessions', { headers: { Authorization: 'bearer another' } })).status).toBe(200);
  });

  it('is not there for a token', async () => {
    await start();
    const token = tokenOf(await urls());
    for (const path of [`/v1/sessions/abc?token=${token}`, `/v1/stats?token=${token}`]) {
      const reply = await ask(rig, path, { headers: { Authorization: `Bearer ${token}` } });
      expect(codeOf(reply)).toEqual([401, 'UNAUTHORIZED']);
    }
  });

  it('leaves probes, pages and the contract to everyone', async () => {
    await start();
    for (const path of ['/healthz', '/readyz', '/openapi.json', '/metrics'])
      expect((await ask(rig, path)).status).toBe(200);
  });
});

describe('media', () => {
  const playlists = ['index.m3u8', 'v0/stream.m3u8', 'v0/nothing.m4s', 'recording.mp4'];

  it('is refused without a token, with the same words whether there is such a session or not', async () => {
    await start();
    const replies = await Promise.all(
      ['abc', 'no-such-session'].flatMap((id) => playlists.map((name) => ask(rig, `/live/${id}/${name}`))),
    );
    for (const reply of replies)
      expect([...codeOf(reply), reply.text]).toEqual([403, 'TOKEN_REFUSED', replies[0]?.text]);
    expect(replies[0]?.headers['cache-control']).toBe('no-store');
  });

  it('is there for who comes by the address that the session tells, as is all that its playlists name', async () => {
    await start();
    const { playlistUrl } = await urls();
    const index = await ask(rig, playlistUrl);
    expect(index.status).toBe(200);
    const [variant = ''] = index.text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(variant).not.toMatch(/^\/|^http/);
    expect((await ask(rig, playlistUrl.replace('index.m3u8', variant))).status).toBe(200);
  });

  it('is found by a token in the query, too, which then goes into the path', async () => {
    await start();
    const token = tokenOf(await urls());
    const reply = await ask(rig, `/live/abc/index.m3u8?_x=1&token=${token}&CMCD=sid%3D%22a%22`);
    expect([reply.status, reply.headers.location]).toEqual([307, `~${token}/index.m3u8?_x=1&CMCD=sid%3D%22a%22`]);
    expect((await ask(rig, `/live/abc/v0/nothing.m4s?token=${token}`)).status).toBe(404);
  });

  it('takes reports of who may watch', async () => {
    await start();
    const report = { method: 'POST', headers: { 'Content-Type': 'application/cmcd' }, body: 'nothing' };
    expect((await ask(rig, '/live/abc/cmcd', report)).status).toBe(403);
    expect((await ask(rig, `/live/abc/~${tokenOf(await urls())}/cmcd`, report)).status).toBe(400);
  });

  it('answers preflights without a token: they carry none', async () => {
    await start();
    expect((await ask(rig, '/live/abc/index.m3u8', { method: 'OPTIONS' })).status).toBe(204);
  });

  it('ignores a token where none is wanted', async () => {
    await start({ access: undefined });
    expect((await ask(rig, '/live/abc/~a.b.c/index.m3u8')).status).toBe(200);
  });
});

describe('a token', () => {
  const sign = (payload: Record<string, unknown>, header = { alg: 'HS256' }, key = SECRET): Promise<string> => {
    const digest = createHash('sha256').update(key).digest();
    return new SignJWT(payload).setProtectedHeader(header).sign(digest);
  };
  const exp = NOW_MS / 1000 + 60;

  test('is good for its session alone, and until it expires', async () => {
    await start();
    await rig.registry.create({ id: 'other' });
    const token = tokenOf(await urls());
    const status = async (id: string) => (await ask(rig, `/live/${id}/~${token}/v0/nothing.m4s`)).status;
    expect([await status('abc'), await status('other'), await status('abc')]).toEqual([404, 403, 404]);
    nowMs = NOW_MS + 2 * HOUR_MS;
    expect(await status('abc')).toBe(404);
    nowMs = NOW_MS + 3 * HOUR_MS;
    expect(await status('abc')).toBe(403);
  });

  test('is the same within an hour, so that caches may share', async () => {
    await start();
    const first = tokenOf(await urls());
    nowMs += HOUR_MS / 4;
    expect(tokenOf(await urls())).toBe(first);
    nowMs += HOUR_MS / 2;
    expect(tokenOf(await urls())).not.toBe(first);
  });

  test.each([
    ['of another secret', () => sign({ sub: 'abc', aud: 'play', exp }, { alg: 'HS256' }, 'wrong')],
    ['for another purpose', () => sign({ sub: 'abc', aud: 'write', exp })],
    ['without an end', () => sign({ sub: 'abc', aud: 'play' })],
    ['without a session', () => sign({ aud: 'play', exp })],
    ['that is over', () => sign({ sub: 'abc', aud: 'play', exp: NOW_MS / 1000 - 1 })],
    [
      'that is not signed',
      async () => `${btoa('{"alg":"none"}')}.${btoa('{"sub":"abc","aud":"play","exp":9999999999}')}.x`,
    ],
    ['that is cut off', async () => (await sign({ sub: 'abc', aud: 'play', exp })).slice(0, -4)],
    ['that is none', async () => 'a.b.c'],
    ['that is long', async () => `${'a'.repeat(199)}.${'b'.repeat(399)}.${'c'.repeat(99)}`],
  ])('%s lets nobody in', async (_, make) => {
    await start();
    expect(codeOf(await ask(rig, `/live/abc/~${await make()}/index.m3u8`))).toEqual([403, 'TOKEN_REFUSED']);
  });

  test('made with the right secret elsewhere lets in', async () => {
    await start();
    const token = await sign({ sub: 'abc', aud: 'play', exp });
    expect((await ask(rig, `/live/abc/~${token}/v0/nothing.m4s`)).status).toBe(404);
  });
});

describe('events', () => {
  it('want a token or a key', async () => {
    await start();
    expect(codeOf(await ask(rig, '/v1/sessions/abc/events'))).toEqual([401, 'UNAUTHORIZED']);
    expect(codeOf(await ask(rig, '/v1/sessions/abc/events?token=a.b.c'))).toEqual([403, 'TOKEN_REFUSED']);
    expect(codeOf(await ask(rig, '/v1/sessions/other/events', authorised))).toEqual([404, 'SESSION_NOT_FOUND']);
    const { eventsUrl } = await urls();
    const open = leaveOpen(rig, eventsUrl);
    await until(() => rig.server.load.eventStreams === 1);
    open.close();
  });

  it('want a token, which addresses carry, where the API wants a key and media no token', async () => {
    await start({ access: { apiKey: KEY, playbackHours: 1 } });
    expect(codeOf(await ask(rig, '/v1/sessions/abc/events'))).toEqual([401, 'UNAUTHORIZED']);
    const { eventsUrl, playlistUrl } = await urls();
    const open = leaveOpen(rig, eventsUrl);
    await until(() => rig.server.load.eventStreams === 1);
    open.close();
    // A player derives the address of events from the playlist's.
    expect(playlistUrl).toContain(`/~${/token=(.*)/.exec(eventsUrl)?.[1]}/`);
    expect((await ask(rig, '/live/abc/index.m3u8')).status).toBe(200);
  });

  it('want a token where there is a secret alone', async () => {
    await start({ access: { playbackSecret: SECRET, playbackHours: 1 } });
    expect(codeOf(await ask(rig, '/v1/sessions/abc/events'))).toEqual([403, 'TOKEN_REFUSED']);
  });
});

describe('the page to embed', () => {
  it('wants a token', async () => {
    await start();
    expect(codeOf(await ask(rig, '/embed/abc'))).toEqual([403, 'TOKEN_REFUSED']);
    // There are no pages here: whoever is let in is told so.
    expect(codeOf(await ask(rig, (await urls()).playerUrl))).toEqual([503, 'PAGES_MISSING']);
  });
});

describe('rates', () => {
  const limits = { exemptLoopback: false, requestsPerMinute: 5, wrongKeysPerMinute: 3 };

  it('are bounded for each key', async () => {
    await start({ limits });
    const another = { headers: { Authorization: 'Bearer another' } };
    for (let count = 0; count < 5; count++) expect((await ask(rig, '/v1/sessions', authorised)).status).toBe(200);
    const refused = await ask(rig, '/v1/sessions', authorised);
    expect(codeOf(refused)).toEqual([429, 'RATE_LIMITED']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask(rig, '/v1/sessions', another)).status).toBe(200);
  });

  it('are bounded for who guesses keys', async () => {
    await start({ limits });
    for (let count = 0; count < 3; count++) expect((await ask(rig, '/v1/sessions')).status).toBe(401);
    expect(codeOf(await ask(rig, '/v1/sessions'))).toEqual([429, 'RATE_LIMITED']);
  });

  it('are those of the client that a trusted proxy names, and of nobody else', async () => {
    const trusts = (address: string): boolean => address.endsWith('127.0.0.1');
    await start({ limits: { ...limits, trusts }, access: undefined });
    const as = (address: string) => ask(rig, '/v1/sessions', { headers: { 'X-Forwarded-For': address } });
    for (let count = 0; count < 5; count++) expect((await as('203.0.113.7')).status).toBe(200);
    // The last one a proxy adds is what it saw; what stands before it anyone may write.
    expect((await as('198.51.100.1, 203.0.113.7')).status).toBe(429);
    expect((await as('198.51.100.1')).status).toBe(200);
  });
});

describe('pages of other origins', () => {
  const mine = 'https://mine.example';
  const from = (Origin: string) => ({ headers: { Origin } });
  const allowed = ({ headers }: Reply): unknown => headers['access-control-allow-origin'];

  it('may all read media, and none calls the API', async () => {
    await start({ access: undefined });
    expect(allowed(await ask(rig, '/live/abc/index.m3u8', from(mine)))).toBe('*');
    expect(allowed(await ask(rig, '/v1/sessions', from(mine)))).toBeUndefined();
    const post = { method: 'POST', headers: { Origin: mine, 'Sec-Fetch-Site': 'cross-site' } };
    expect(codeOf(await ask(rig, '/v1/sessions', post))).toEqual([403, 'FORBIDDEN']);
  });

  it('may do what their origin may', async () => {
    await start({ access: undefined, origins: { media: `${mine},http://b.example:81`, api: mine } });
    const media = await ask(rig, '/live/abc/index.m3u8', from(mine));
    expect([allowed(media), media.headers.vary, media.headers['timing-allow-origin']]).toEqual([
      mine,
      expect.stringContaining('Origin'),
      mine,
    ]);
    expect(media.status).toBe(200);
    expect(allowed(await ask(rig, '/live/abc/index.m3u8', from('https://other.example')))).toBeUndefined();
    expect(allowed(await ask(rig, '/live/nothing/index.m3u8', from('https://other.example')))).toBeUndefined();
    const report = { method: 'POST', headers: { Origin: 'https://other.example', 'Content-Type': 'application/cmcd' } };
    expect(allowed(await ask(rig, '/live/abc/cmcd', report))).toBeUndefined();
    expect(allowed(await ask(rig, '/v1/sessions', from(mine)))).toBe(mine);
    expect(allowed(await ask(rig, '/v1/sessions', from('http://b.example:81')))).toBeUndefined();
    const preflight = await ask(rig, '/v1/sessions', {
      method: 'OPTIONS',
      headers: { Origin: mine, 'Access-Control-Request-Method': 'POST' },
    });
    expect([preflight.status, allowed(preflight), preflight.headers['access-control-allow-headers']]).toEqual([
      204,
      mine,
      expect.stringContaining('Authorization'),
    ]);
    const post = { method: 'POST', headers: { Origin: mine, 'Sec-Fetch-Site': 'cross-site' } };
    expect((await ask(rig, '/v1/sessions', post)).status).toBe(201);
  });
});
