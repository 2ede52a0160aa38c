import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, type Rig, startRig, until } from './fakes.ts';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ limits: { uploadBytes: 1000, bodyProgressMs: 50, bodyProgressBytes: 10 } });
});

afterEach(() => rig.server.close());

const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
  ask(rig, path, {
    method: 'POST',
    headers: body === undefined ? headers : { 'Content-Type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });

describe('POST /v1/sessions', () => {
  it('opens a session with an id nobody can guess', async () => {
    const reply = await post('/v1/sessions');
    const opened = JSON.parse(reply.text);
    expect(reply.status).toBe(201);
    expect(opened.id).toMatch(/^[0-9a-f]{32}$/);
    expect(reply.headers.location).toBe(`/v1/sessions/${opened.id}`);
    expect(opened).toMatchObject({
      state: 'open',
      playlistUrl: `${rig.base}/live/${opened.id}/index.m3u8`,
      playerUrl: `${rig.base}/embed/${opened.id}`,
      eventsUrl: `${rig.base}/v1/sessions/${opened.id}/events`,
      profile: { width: 512, height: 512, fps: 25, audioRate: 48_000 },
      pacing: 'live',
      createdAt: '1970-01-01T00:00:00.000Z',
    });
    expect(reply.headers).not.toHaveProperty('access-control-allow-origin');
    expect(reply.headers).toMatchObject({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  });

  it('hands on what is asked for', async () => {
    const options = {
      id: 'my-talk',
      profile: { width: 640, height: 360, fps: 30 },
      pacing: 'asap',
      filler: 'hold',
      title: 'Ä',
      window: 60,
    };
    expect((await post('/v1/sessions', { ...options, captions: true })).status).toBe(201);
    expect(rig.registry.get('my-talk')?.options).toEqual(options);
  });

  it.each<[unknown, RegExp]>([
    [{ id: 'A' }, /body\.id: must match/],
    [{ id: '__proto__' }, /body\.id/],
    [{ profile: { width: 63 } }, /body\.profile\.width/],
    [{ profile: { width: 513 } }, /body\.profile\.width: .*multiple of 2/],
    [{ profile: { height: 1922 } }, /body\.profile\.height/],
    [{ profile: { fps: 29.97 } }, /body\.profile\.fps/],
    [{ profile: { fps: 61 } }, /body\.profile\.fps/],
    [{ profile: { audioRate: 12345 } }, /body\.profile\.audioRate/],
    [{ profile: { renditions: [{ width: 1, height: 64 }] } }, /body\.profile\.renditions\.0\.width/],
    [{ pacing: 'fast' }, /body\.pacing/],
    [{ filler: 'x' }, /body\.filler/],
    [{ window: 11 }, /body\.window/],
    [{ window: 3601 }, /body\.window/],
    [{ title: 'a\nb' }, /body\.title: must have no control characters/],
    [{ colour: 'red' }, /colour/],
    [[], /body/],
    ['{"id":', /no valid JSON/],
    ['"text"', /no valid JSON/],
  ])('refuses %j', async (body, detail) => {
    const reply = await post('/v1/sessions', body);
    const problem = JSON.parse(reply.text);
    expect(reply.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(problem).toMatchObject({ type: 'about:blank', title: 'Bad Request', status: 400, code: 'REQUEST_INVALID' });
    expect(problem.detail).toMatch(detail);
    expect(reply.status).toBe(400);
  });

  it.each([
    [{ 'Content-Type': 'text/plain' }, 'ENCODING_UNSUPPORTED', 415],
    [{ 'Content-Encoding': 'gzip' }, 'ENCODING_UNSUPPORTED', 415],
    [{ 'Sec-Fetch-Site': 'cross-site' }, 'FORBIDDEN', 403],
  ])('refuses a body with %j', async (headers, code, status) => {
    const reply = await post('/v1/sessions', '{}', headers);
    expect([reply.status, JSON.parse(reply.text).code]).toEqual([status, code]);
  });

  it('tells what is taken and what is full', async () => {
    expect((await post('/v1/sessions', { id: 'abc' })).status).toBe(409);
    rig.registry.limit = 1;
    const full = await post('/v1/sessions');
    expect([full.status, full.headers['retry-after'], JSON.parse(full.text).code]).toEqual([
      503,
      '10',
      'SESSION_LIMIT',
    ]);
  });

  it('refuses a large body', async () => {
    const reply = await post('/v1/sessions', { title: 'x'.repeat(300_000) });
    expect([reply.status, JSON.parse(reply.text).code]).toEqual([413, 'BODY_TOO_LARGE']);
  });
});

describe('URLs given out', () => {
  it.each([
    ['localhost:8080', 'http://localhost:8080/embed/abc'],
    ['127.0.0.1', 'http://127.0.0.1/embed/abc'],
    ['[::1]:80', 'http://[::1]:80/embed/abc'],
    ['evil.example', '/embed/abc'],
    ['localhost.evil.example', '/embed/abc'],
    ['localhost@evil.example', '/embed/abc'],
    ['127.0.0.1:99999', '/embed/abc'],
    ['999.1.1.1', '/embed/abc'],
    ['localhost:80/x', '/embed/abc'],
  ])('with Host %s', async (host, playerUrl) => {
    const reply = await ask(rig, '/v1/sessions/abc', {
      headers: { Host: host, 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https' },
    });
    expect(JSON.parse(reply.text).playerUrl).toBe(playerUrl);
    expect(reply.text).not.toContain('evil');
  });

  it('are those of PUBLIC_URL when it is set', async () => {
    const named = await startRig({ publicUrl: 'https://talk.example/base/' });
    const reply = await ask(named, '/v1/sessions/abc', { headers: { Host: 'localhost' } });
    expect(JSON.parse(reply.text).playlistUrl).toBe('https://talk.example/base/live/abc/index.m3u8');
    await named.server.close();
    await expect(startRig({ publicUrl: 'talk.example' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});

describe('sessions', () => {
  it('are listed newest first, by pages', async () => {
    for (const id of ['s-1', 's-2']) await rig.registry.create({ id });
    const first = JSON.parse((await ask(rig, '/v1/sessions?limit=2')).text);
    expect(first.sessions.map((entry: { id: string }) => entry.id)).toEqual(['s-2', 's-1']);
    const second = JSON.parse((await ask(rig, `/v1/sessions?limit=2&cursor=${first.nextCursor}`)).text);
    expect(second.sessions.map((entry: { id: string }) => entry.id)).toEqual(['abc']);
    expect(second).not.toHaveProperty('nextCursor');
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'limit=1&limit=2', 'page=2'])(
    'are not listed with ?%s',
    async (query) => {
      expect((await ask(rig, `/v1/sessions?${query}`)).status).toBe(400);
    },
  );

  it('are ended and deleted', async () => {
    const ended = await post('/v1/sessions/abc/end');
    expect([ended.status, JSON.parse(ended.text).state]).toEqual([202, 'ending']);
    const said = await post('/v1/sessions/abc/say', { text: 'Too late.' });
    expect([said.status, JSON.parse(said.text).code]).toEqual([409, 'SESSION_ENDED']);
    expect((await ask(rig, '/v1/sessions/abc', { method: 'DELETE' })).status).toBe(204);
    expect((await ask(rig, '/v1/sessions/abc', { method: 'DELETE' })).status).toBe(404);
  });

  it.each(['unknown', '__proto__', 'constructor', 'a%2fb', '%00', 'A', '..%2f..', '%ff', '%'])(
    'called %s are not there',
    async (id) => {
      for (const path of [`/v1/sessions/${id}`, `/v1/sessions/${id}/events`]) {
        expect([400, 404]).toContain((await ask(rig, path)).status);
      }
    },
  );
});

describe('POST chunks', () => {
  const chunks = '/v1/sessions/abc/chunks';

  it('hands the raw body on, whatever its type', async () => {
    const reply = await post(`${chunks}?text=Hello%20there&index=3&turn=t9`, '{"not":"parsed"}', {
      'Idempotency-Key': 'k1',
    });
    expect([reply.status, JSON.parse(reply.text)]).toEqual([
      202,
      { chunk: { id: 'c1', index: 3, state: 'accepted', text: 'Hello there' } },
    ]);
    expect(rig.session.uploads).toEqual([
      {
        bytes: Buffer.from('{"not":"parsed"}'),
        sizeBytes: 16,
        text: 'Hello there',
        index: 3,
        turn: 't9',
        idempotencyKey: 'k1',
      },
    ]);
  });

  it('takes a chunked body, and one announced with Expect', async () => {
    expect(
      (await ask(rig, chunks, { method: 'POST', headers: { 'Transfer-Encoding': 'chunked' }, body: 'abc' })).status,
    ).toBe(202);
    const text = await raw(
      `POST ${chunks} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 202/);
    expect(rig.session.uploads.map((upload) => upload.bytes.toString())).toEqual(['abc', 'abc']);
  });

  it('refuses a length above the limit before the body', async () => {
    for (const expectation of ['', 'Expect: 100-continue\r\n']) {
      const text = await raw(`POST ${chunks} HTTP/1.1\r\nHost: x\r\n${expectation}Content-Length: 1000000000\r\n\r\n`);
      expect(text).toMatch(/^HTTP\/1\.1 413 [\s\S]*Connection: close[\s\S]*BODY_TOO_LARGE/);
    }
    expect(rig.session.uploadFailure).toBeUndefined();
  });

  it('cuts a chunked body at the limit', async () => {
    const reply = await ask(rig, chunks, {
      method: 'POST',
      headers: { 'Transfer-Encoding': 'chunked' },
      body: Buffer.alloc(5000),
    });
    expect([reply.status, JSON.parse(reply.text).code]).toEqual([413, 'BODY_TOO_LARGE']);
    expect(rig.session.uploads).toEqual([]);
  });

  it('refuses a coded body, and none', async () => {
    const coded = await ask(rig, chunks, {
      method: 'POST',
      headers: { 'Content-Encoding': 'gzip' },
      body: gzipSync('x'),
    });
    expect([coded.status, JSON.parse(coded.text).code]).toEqual([415, 'ENCODING_UNSUPPORTED']);
    expect((await post(chunks)).status).toBe(400);
  });

  it.each(['index=-1', 'index=1.5', 'index=x', 'index=1&index=2', 'turn=', 'turn=a%0ab', 'speaker=x'])(
    'refuses ?%s',
    async (query) => {
      expect((await ask(rig, `${chunks}?${query}`, { method: 'POST', body: 'abc' })).status).toBe(400);
    },
  );

  it('refuses an Idempotency-Key that is no key', async () => {
    expect((await post(chunks, 'abc', { 'Idempotency-Key': 'x'.repeat(256) })).status).toBe(400);
  });

  it('tells the session when the client leaves', async () => {
    const socket = connect(rig.port, '127.0.0.1');
    socket.write(`POST ${chunks} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc`);
    await until(() => rig.session.begun === 1);
    socket.destroy();
    await until(() => rig.session.uploadFailure !== undefined);
    expect(rig.session.uploadFailure).toMatchObject({ code: 'ABORTED' });
  });

  it('ends a body that trickles with 408', async () => {
    const socket = connect(rig.port, '127.0.0.1');
    socket.write(`POST ${chunks} HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\na`);
    const trickle = setInterval(() => socket.write('b'), 20);
    socket.on('error', () => undefined);
    const text = await read(socket);
    clearInterval(trickle);
    expect(text).toMatch(/^HTTP\/1\.1 408 [\s\S]*REQUEST_TIMEOUT/);
    await until(() => rig.session.uploadFailure !== undefined);
  });
});

describe('POST say', () => {
  const say = '/v1/sessions/abc/say';

  it('hands the text to the speaker', async () => {
    const reply = await post(
      say,
      { text: 'Hello.', voice: 'slt', language: 'en', turn: 't2' },
      { 'Idempotency-Key': 'k' },
    );
    expect([reply.status, JSON.parse(reply.text)]).toEqual([
      202,
      { turn: 't2', chunks: [{ id: 'c1', index: 0, state: 'accepted', text: 'Hello.' }] },
    ]);
    expect(rig.speaker.requests).toEqual([
      { text: 'Hello.', voice: 'slt', language: 'en', turn: 't2', idempotencyKey: 'k' },
    ]);
  });

  it.each([
    [undefined],
    [{}],
    [{ text: ' ' }],
    [{ text: 5 }],
    [{ text: 'x'.repeat(50_001) }],
    [{ text: 'x', speed: 2 }],
  ])('refuses %#', async (body) => {
    expect((await post(say, body)).status).toBe(400);
  });
});

describe('the rest', () => {
  it('is alive, and ready when it is', async () => {
    expect((await ask(rig, '/healthz')).status).toBe(200);
    const ready = await ask(rig, '/readyz');
    expect([ready.status, JSON.parse(ready.text)]).toEqual([
      200,
      { ready: true, encoder: { name: 'libx264', reason: 'test' } },
    ]);
    const starting = await startRig({ ready: false });
    expect((await ask(starting, '/readyz')).status).toBe(503);
    await starting.server.close();
  });

  it('publishes the contract from the schemas that validate', async () => {
    const document = JSON.parse((await ask(rig, '/openapi.json')).text);
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/v1/sessions', '/v1/sessions/{id}/chunks', '/live/{id}/index.m3u8']),
    );
    expect(document.components.schemas.ProfileInput.properties.width).toMatchObject({
      type: 'integer',
      minimum: 64,
      maximum: 1920,
    });
    expect(document.components.schemas.Problem.properties.code.enum).toContain('SESSION_NOT_FOUND');
  });

  it('answers unknown paths and methods with problems', async () => {
    const missing = await ask(rig, '/nothing');
    expect([missing.status, JSON.parse(missing.text).code]).toEqual([404, 'NOT_FOUND']);
    for (const [method, path, allow] of [
      ['PUT', '/v1/sessions', 'GET, HEAD, POST'],
      ['DELETE', '/v1/sessions/abc/end', 'POST'],
      ['PATCH', '/v1/sessions/abc', 'GET, HEAD, DELETE'],
      ['TRACE', '/', 'GET, HEAD'],
      ['POST', '/healthz', 'GET, HEAD'],
    ] as const) {
      const reply = await ask(rig, path, { method });
      expect([path, reply.status, reply.headers.allow]).toEqual([path, 405, allow]);
    }
  });
});

describe('pages', () => {
  it('that are not built say how to build them', async () => {
    for (const path of ['/', '/embed/abc', '/player.js']) {
      const reply = await ask(rig, path);
      expect([reply.status, JSON.parse(reply.text).code]).toEqual([503, 'PAGES_MISSING']);
      expect(reply.text).toContain('npm run build');
    }
  });

  it('are served with the right caching and policies', async () => {
    const pagesDir = await mkdtemp(join(tmpdir(), 'pages-'));
    await mkdir(join(pagesDir, 'assets'));
    for (const name of ['index.html', 'embed.html', 'player.js', 'assets/a-1234.js'])
      await writeFile(join(pagesDir, name), name);
    const built = await startRig({ pagesDir });
    const demo = await ask(built, '/');
    expect([demo.text, demo.headers['content-type'], demo.headers['cache-control']]).toEqual([
      'index.html',
      'text/html; charset=utf-8',
      'no-cache',
    ]);
    expect(demo.headers['content-security-policy']).toMatch(/script-src 'self';.*frame-ancestors 'self'/);
    const embed = await ask(built, '/embed/abc');
    expect(embed.headers['content-security-policy']).toMatch(/frame-ancestors \*/);
    expect(embed.headers).not.toHaveProperty('x-frame-options');
    expect((await ask(built, '/embed/A')).status).toBe(404);
    const player = await ask(built, '/player.js');
    expect(player.headers).toMatchObject({
      'cache-control': 'no-cache',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    });
    expect(player.headers['content-type']).toContain('javascript');
    expect((await ask(built, '/assets/a-1234.js')).headers['cache-control']).toBe(
      'public, max-age=31536000, immutable',
    );
    expect((await ask(built, '/assets/..%2f..%2f..%2fetc%2fpasswd')).status).toBeGreaterThanOrEqual(400);
    await built.server.close();
    await rm(pagesDir, { recursive: true });
  });
});

/** What a server sends on a connection until it closes it. */
function raw(text: string): Promise<string> {
  const socket = connect(rig.port, '127.0.0.1');
  socket.write(text);
  return read(socket);
}

async function read(socket: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const piece of socket) text += String(piece);
  return text;
}
