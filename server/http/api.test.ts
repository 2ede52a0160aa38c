import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, type Rig, startRig } from './fakes.ts';
import * as schemas from './schemas.ts';

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
      captions: { language: 'de-AT' },
      voice: 'slt',
      language: 'de',
      look: 'ada',
      instructions: 'Be brief.\n\tAlways.',
    };
    expect((await post('/v1/sessions', options)).status).toBe(201);
    expect(rig.registry.get('my-talk')?.options).toEqual({ ...options, owner: expect.any(String) });
  });

  it.each<[unknown, RegExp]>([
    [{ id: 'A' }, /body\.id: must be 3 to 64 lower-case letters/],
    [{ langauge: 'de' }, /unknown: 'langauge'; known are .*voice, language.*did you mean language/],
    [{ profile: { widht: 512 } }, /body\.profile: unknown: 'widht'; known are width, height/],
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
    [{ captions: 'yes' }, /body\.captions/],
    [{ captions: { language: 'en"' } }, /body\.captions/],
    [{ captions: { size: 3 } }, /body\.captions/],
    [{ voice: '' }, /body\.voice/],
    [{ look: 'x'.repeat(101) }, /body\.look/],
    [{ language: 'Deutsch, bitte' }, /body\.language: must be a BCP 47 language tag/],
    [{ instructions: 'x'.repeat(8_001) }, /body\.instructions: .*8000/],
    [{ instructions: 'a\0' }, /body\.instructions/],
    [{ instructions: '\ud800' }, /body\.instructions/],
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

describe('PATCH /v1/sessions/:id', () => {
  const patch = (body?: unknown, headers: Record<string, string> = {}) =>
    ask(rig, '/v1/sessions/abc', {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  it('changes what it names, and answers the state without the instructions', async () => {
    const first = await patch({ voice: 'slt', instructions: 'Talk like a pirate.' });
    const second = await patch({ language: 'de-AT', look: 'ada', instructions: '' });
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(rig.session.preferences).toEqual({ voice: 'slt', language: 'de-AT', look: 'ada', instructions: '' });
    const state = JSON.parse(second.text);
    expect(state).toMatchObject({ id: 'abc', voice: 'slt', language: 'de-AT', look: 'ada', state: 'open' });
    expect(schemas.session.parse(state)).toEqual(state);
    expect(state).not.toHaveProperty('preferences');
    await patch({ instructions: 'SECRET' });
    for (const path of ['/v1/sessions/abc', '/v1/sessions'])
      expect((await ask(rig, path)).text).not.toMatch(/SECRET|instructions|preferences/);
  });

  it('takes back what is null', async () => {
    await patch({ voice: 'slt', language: 'de', look: 'ada', instructions: 'Be brief.' });
    const reply = await patch({ voice: null, language: null, instructions: null });
    expect([reply.status, rig.session.preferences]).toEqual([200, { look: 'ada' }]);
    expect(JSON.parse(reply.text)).not.toHaveProperty('voice');
  });

  it.each<[unknown, RegExp]>([
    [undefined, /must name what is to change/],
    [{}, /must name what is to change/],
    [{ voice: 7 }, /body\.voice/],
    [{ title: null }, /title/],
    [{ language: 'e n' }, /body\.language/],
    [{ instructions: 'x'.repeat(8_001) }, /body\.instructions/],
    [{ title: 'x' }, /title/],
    [{ pacing: 'asap', voice: 'slt' }, /pacing/],
    [[], /body/],
  ])('refuses %j', async (body, detail) => {
    const reply = await patch(body);
    expect([reply.status, JSON.parse(reply.text).code]).toEqual([400, 'REQUEST_INVALID']);
    expect(JSON.parse(reply.text).detail).toMatch(detail);
    expect(rig.session.preferences).toEqual({});
  });

  it('is refused for what is no JSON, from other sites, and where there is nothing to change', async () => {
    const refusals = [
      await patch({ voice: 'slt' }, { 'Content-Type': 'text/plain' }),
      await patch({ voice: 'slt' }, { 'Sec-Fetch-Site': 'cross-site' }),
      await ask(rig, '/v1/sessions/unknown', { method: 'PATCH' }),
    ];
    rig.session.state = 'ended';
    refusals.push(await patch({ voice: 'slt' }));
    expect(refusals.map((reply) => [reply.status, JSON.parse(reply.text).code])).toEqual([
      [415, 'ENCODING_UNSUPPORTED'],
      [403, 'FORBIDDEN'],
      [404, 'SESSION_NOT_FOUND'],
      [409, 'SESSION_ENDED'],
    ]);
  });
});

describe('URLs given out', () => {
  it.each([
    ['localhost:8080', 'http://localhost:8080/embed/abc'],
    ['127.0.0.1', 'http://127.0.0.1/embed/abc'],
    ['[::1]:80', 'http://[::1]:80/embed/abc'],
    ['evil.example', '/embed/abc'],
    ['localhost.evil.example', '/embed/abc'],
  ])('with Host %s', async (host, playerUrl) => {
    const keyed = await startRig({ access: { apiKey: 'a-key', playbackHours: 1 } });
    const forwarded = { 'X-Forwarded-Host': 'evil.example', 'X-Forwarded-Proto': 'https' };
    const headers = { Host: host, Authorization: 'Bearer a-key', ...forwarded };
    const reply = await ask(keyed, '/v1/sessions/abc', { headers });
    await keyed.server.close();
    expect(JSON.parse(reply.text).playerUrl.split('?')[0]).toBe(playerUrl);
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
