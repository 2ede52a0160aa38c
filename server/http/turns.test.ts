import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StreamError } from '../errors.ts';
import { ask, type Rig, startRig, until } from './fakes.ts';
import * as schemas from './schemas.ts';

const TURNS = '/v1/sessions/abc/turns';
const LIMIT = 1_000_000;
let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ limits: { recordingBytes: LIMIT, bodyProgressMs: 50, bodyProgressBytes: 10 } });
});

afterEach(() => rig.server.close());

const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
  ask(rig, path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });

const record = (headers: Record<string, string>, query = '', body: string | Buffer = 'RIFF') =>
  ask(rig, TURNS + query, { method: 'POST', headers, body });

const outcome = (reply: { status: number; text: string }) => [reply.status, JSON.parse(reply.text).code];

describe('a turn in text', () => {
  it('is handed on, and answered with its name', async () => {
    const said = { text: 'How are you?', onBusy: 'queue', voice: 'slt', language: 'en-GB', turn: 't9' };
    const reply = await post(TURNS, said, {
      'Idempotency-Key': 'k1',
      'Content-Type': 'Application/JSON; charset=utf-8',
    });
    expect([reply.status, JSON.parse(reply.text)]).toEqual([202, { turn: 't9' }]);
    expect(schemas.turnAccepted.parse(JSON.parse(reply.text))).toEqual({ turn: 't9' });
    expect(rig.conversations.turns).toEqual([{ ...said, idempotencyKey: 'k1' }]);
    await post(TURNS, { text: 'x' });
    expect(rig.conversations.turns[1]).toEqual({ text: 'x' });
  });

  it.each<[unknown, RegExp]>([
    [undefined, /body\.text/],
    [{}, /body\.text/],
    [{ text: ' \n' }, /must not be blank/],
    [{ text: 5 }, /body\.text/],
    [{ text: 'x'.repeat(10_001) }, /body\.text: .*10000/],
    [{ text: 'x', onBusy: 'wait' }, /body\.onBusy/],
    [{ text: 'x', language: 'en"' }, /body\.language: must be a BCP 47 language tag/],
    [{ text: 'x', voice: 'a\nb' }, /body\.voice/],
    [{ text: 'x', turn: '' }, /body\.turn/],
    [{ text: 'x', audio: 'y' }, /audio/],
    [[], /body/],
    ['{"text":', /no valid JSON/],
  ])('is refused as %j', async (body, detail) => {
    const reply = await post(TURNS, body);
    expect(outcome(reply)).toEqual([400, 'REQUEST_INVALID']);
    expect(JSON.parse(reply.text).detail).toMatch(detail);
    expect(rig.conversations.turns).toEqual([]);
  });

  it('does not take its fields from the query, nor a body too large', async () => {
    expect(outcome(await post(`${TURNS}?onBusy=queue`, { text: 'x' }))).toEqual([400, 'REQUEST_INVALID']);
    expect(outcome(await post(TURNS, { text: 'x'.repeat(300_000) }))).toEqual([413, 'BODY_TOO_LARGE']);
  });
});

it('that fails by our fault is a 500 that tells nothing, and a log entry that tells the session', async () => {
  rig.conversations.turn = () => Promise.reject(new TypeError('secret is not a function'));
  const reply = await post(TURNS, { text: 'x' });
  expect(outcome(reply)).toEqual([500, 'INTERNAL']);
  expect(reply.text).not.toContain('secret');
  expect(rig.errors).toEqual([[expect.objectContaining({ session: 'abc', method: 'POST' }), expect.any(String)]]);
});

it('that nobody set this server up for is told, and is no error in the log', async () => {
  rig.conversations.turn = () => Promise.reject(new StreamError('ASR_UNAVAILABLE', 'no recogniser'));
  const reply = await post(TURNS, { text: 'x' });
  expect(reply.status).toBe(501);
  expect(rig.errors).toEqual([]);
});

describe('a turn as a recording', () => {
  it.each([
    'audio/wav',
    'audio/webm;codecs=opus',
    'Audio/MP4',
    'audio/x-m4a',
    'video/webm;codecs=vp8,opus',
    'video/mp4',
    'application/ogg',
    'application/octet-stream',
    '',
  ])('is handed on as %j', async (type) => {
    const reply = await record(
      type === '' ? {} : { 'Content-Type': type },
      '?onBusy=interrupt&voice=slt&language=de',
      'RIFF',
    );
    expect([reply.status, JSON.parse(reply.text)]).toEqual([202, { turn: 't1' }]);
    expect(rig.conversations.turns).toEqual([
      { bytes: Buffer.from('RIFF'), sizeBytes: 4, onBusy: 'interrupt', voice: 'slt', language: 'de' },
    ]);
  });

  it.each([
    ['multipart/form-data; boundary=x', /send its bytes/],
    ['application/x-www-form-urlencoded', /audio\/\*/],
    ['text/plain', /audio\/\*/],
    ['application/ld+json', /audio\/\*/],
    ['video/x-matroska', /audio\/\*/],
    ['audio', /audio\/\*/],
    ['audio/', /audio\/\*/],
  ])('is refused as %s before its body', async (type, detail) => {
    const reply = await record({ 'Content-Type': type });
    expect(outcome(reply)).toEqual([415, 'MEDIA_UNSUPPORTED']);
    expect(JSON.parse(reply.text).detail).toMatch(detail);
    expect(rig.conversations.begun).toBe(0);
  });

  it.each(['?onBusy=x', '?text=hello', '?voice=', '?turn=a%0ab', '?language=en%22', '?voice=a&voice=b'])(
    'is refused with %s',
    async (query) => {
      expect(outcome(await record({ 'Content-Type': 'audio/wav' }, query))).toEqual([400, 'REQUEST_INVALID']);
      expect(rig.conversations.begun).toBe(0);
    },
  );

  it('is refused empty, and coded', async () => {
    for (const headers of [{ 'Content-Type': 'audio/wav' }, {}]) {
      expect(outcome(await ask(rig, TURNS, { method: 'POST', headers }))).toEqual([400, 'REQUEST_INVALID']);
    }
    const coded = await record({ 'Content-Encoding': 'gzip', 'Content-Type': 'audio/wav' }, '', gzipSync('x'));
    expect(outcome(coded)).toEqual([415, 'ENCODING_UNSUPPORTED']);
  });

  it.each([
    ['an announced length', {}],
    ['a length that is not announced', { 'Transfer-Encoding': 'chunked' }],
  ])('has a limit of its own, with %s', async (_case, headers) => {
    const most = await record({ 'Content-Type': 'audio/wav', ...headers }, '', Buffer.alloc(LIMIT));
    expect(most.status).toBe(202);
    const reply = await record({ 'Content-Type': 'audio/wav', ...headers }, '', Buffer.alloc(LIMIT + 1));
    expect(outcome(reply)).toEqual([413, 'BODY_TOO_LARGE']);
    expect(JSON.parse(reply.text).detail).toMatch(/^a recording may have 1000000 bytes, got /);
    expect(rig.conversations.turns).toHaveLength(1);
  });

  it('too long for it is not asked for with 100 Continue', async () => {
    const socket = connect(rig.port, '127.0.0.1');
    socket.write(
      `POST ${TURNS} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: ${LIMIT + 1}\r\n\r\n`,
    );
    let text = '';
    for await (const piece of socket) text += String(piece);
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('too long is answered without resetting a client that still sends', async () => {
    const socket = connect({ port: rig.port, host: '127.0.0.1', allowHalfOpen: true });
    const errors: unknown[] = [];
    socket.on('error', (error) => errors.push(error));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    let text = '';
    socket.on('data', (piece) => {
      text += String(piece);
    });
    const type = 'Content-Type: audio/wav\r\n';
    socket.write(`POST ${TURNS} HTTP/1.1\r\nHost: localhost\r\n${type}Content-Length: ${LIMIT + 1}\r\n\r\n`);
    for (let count = 0; count < 10; count++) {
      socket.write(Buffer.alloc(LIMIT / 10));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(text).toMatch(/^HTTP\/1\.1 413 [\s\S]*BODY_TOO_LARGE/);
    socket.end('x');
    await closed;
    expect(errors).toEqual([]);
  });

  it('too long is cut when its client never stops', async () => {
    const socket = connect(rig.port, '127.0.0.1');
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(
      `POST ${TURNS} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n`,
    );
    const sending = setInterval(() => socket.write(`1000\r\n${'x'.repeat(4096)}\r\n`), 5);
    socket.resume();
    // It would never close it.
    await closed;
    clearInterval(sending);
  });

  it('that breaks off is told to whoever reads it', async () => {
    const socket = connect(rig.port, '127.0.0.1');
    socket.write(
      `POST ${TURNS} HTTP/1.1\r\nHost: localhost\r\nContent-Type: audio/wav\r\nContent-Length: 100\r\n\r\nabc`,
    );
    await until(() => rig.conversations.begun === 1);
    socket.destroy();
    await until(() => rig.conversations.recordingFailure !== undefined);
    expect(rig.conversations.recordingFailure).toMatchObject({ code: 'ABORTED' });
    expect(rig.conversations.turns).toEqual([]);
    expect(rig.errors).toEqual([]);
  });

  it('sent again with its key is answered the same, read to its end, and leaves the connection free', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = (path: string, method: string, body?: Buffer) =>
      new Promise<[number, boolean]>((resolve, reject) => {
        const headers = { 'Content-Type': 'audio/wav', 'Idempotency-Key': 'k' };
        const req = request({ port: rig.port, host: '127.0.0.1', path, method, agent, headers }, (res) => {
          res.resume().once('end', () => resolve([res.statusCode ?? 0, req.reusedSocket]));
        });
        req.once('error', reject).end(body);
      });
    const recording = Buffer.alloc(LIMIT);
    expect(await send(TURNS, 'POST', recording)).toEqual([202, false]);
    expect(await send(TURNS, 'POST', recording)).toEqual([202, true]);
    expect(await send('/healthz', 'GET')).toEqual([200, true]);
    expect(rig.conversations.turns).toHaveLength(1);
    agent.destroy();
  });
});

describe('turns and interruptions', () => {
  const calls: [string, () => ReturnType<typeof ask>][] = [
    ['text', () => post(TURNS, { text: 'x' })],
    ['a recording', () => record({ 'Content-Type': 'audio/wav' })],
    ['an interruption', () => post('/v1/sessions/abc/interrupt')],
  ];

  it.each(calls)('are refused once the session has ended: %s', async (_case, call) => {
    rig.session.state = 'ended';
    expect(outcome(await call())).toEqual([409, 'SESSION_ENDED']);
  });

  it.each(calls)('need a session: %s', async (_case, call) => {
    rig.registry.sessions.clear();
    expect(outcome(await call())).toEqual([404, 'SESSION_NOT_FOUND']);
  });

  it.each(['turns', 'interrupt'])('are refused to pages of other sites: %s', async (path) => {
    const reply = await ask(rig, `/v1/sessions/abc/${path}`, {
      method: 'POST',
      headers: { 'Sec-Fetch-Site': 'cross-site' },
      body: 'x',
    });
    expect(outcome(reply)).toEqual([403, 'FORBIDDEN']);
    expect(reply.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('refuse a key that is none', async () => {
    const key = { 'Idempotency-Key': 'x y' };
    expect((await post(TURNS, { text: 'x' }, key)).status).toBe(400);
    expect((await record({ 'Content-Type': 'audio/wav', ...key })).status).toBe(400);
  });
});

describe('an interruption', () => {
  it.each([
    ['no body', {}, undefined],
    ['an empty object', { 'Content-Type': 'application/json' }, '{}'],
    ['what is not asked for', { 'Content-Type': 'text/plain' }, 'x'.repeat(100_000)],
  ])('tells where the cut is, with %s', async (_case, headers, body) => {
    const options = {
      method: 'POST',
      headers: headers as Record<string, string>,
      ...(body === undefined ? {} : { body }),
    };
    const reply = await ask(rig, '/v1/sessions/abc/interrupt', options);
    expect([reply.status, JSON.parse(reply.text)]).toEqual([
      200,
      { at: 4.4, programDateTime: '2026-11-20T12:00:04.400Z', droppedChunks: 2 },
    ]);
    expect(schemas.interruption.parse(JSON.parse(reply.text))).toEqual(JSON.parse(reply.text));
  });
});

it('the providers tell what there is to choose from', async () => {
  const reply = await ask(rig, '/v1/providers');
  expect([reply.status, JSON.parse(reply.text)]).toEqual([200, rig.conversations.providers]);
  expect(schemas.providers.parse(JSON.parse(reply.text))).toEqual(JSON.parse(reply.text));
  expect(reply.headers['cache-control']).toBe('no-store');
});
