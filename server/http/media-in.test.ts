import { connect } from 'node:net';
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

describe('POST chunks', () => {
  const chunks = '/v1/sessions/abc/chunks';

  it.each(['video/mp4', 'application/octet-stream', 'application/x-www-form-urlencoded', undefined])(
    'hands the raw body on as it comes: %s',
    async (type) => {
      const media = Buffer.from('00000020667479706d703432000000006d7034320d0a', 'hex');
      const reply = await ask(rig, `${chunks}?text=Hello%20there&index=3&turn=t9`, {
        method: 'POST',
        headers: { 'Idempotency-Key': 'k1', ...(type !== undefined && { 'Content-Type': type }) },
        body: media,
      });
      expect([reply.status, JSON.parse(reply.text)]).toEqual([
        202,
        { chunk: { id: 'c1', index: 3, state: 'accepted', text: 'Hello there' } },
      ]);
      expect(rig.session.uploads).toEqual([
        { bytes: media, sizeBytes: 22, text: 'Hello there', index: 3, turn: 't9', idempotencyKey: 'k1' },
      ]);
    },
  );

  it.each([
    [
      'a form',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n\0\r\n--x--\r\n',
    ],
    ['JSON', 'application/json', '{"url":"https://example.com/clip.mp4"}'],
    ['JSON that says nothing of it', 'application/octet-stream', '{"url":"https://example.com/clip.mp4"}'],
    ['fields', 'application/x-www-form-urlencoded', 'file=@clip.mp4'],
    ['text', 'text/plain', 'a text'],
  ])('refuses %s at once, and says what to send', async (_, type, body) => {
    const reply = await ask(rig, chunks, { method: 'POST', headers: { 'Content-Type': type }, body });
    const { code, detail } = JSON.parse(reply.text);
    expect([reply.status, code]).toEqual([415, 'MEDIA_UNSUPPORTED']);
    expect(detail).toContain('send the file itself as the body: curl --data-binary @clip.mp4');
    expect(rig.session.uploads).toEqual([]);
  });

  it('judges a body by its first bytes, however they come', async () => {
    const pieces = ['{"u', 'rl":"https://example.com/', 'clip.mp4"}'];
    const request = pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('');
    const text = await raw(
      `POST ${chunks} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${request}0\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 415 [\s\S]*is JSON/);
  });

  it('takes a chunked body, and one announced with Expect', async () => {
    expect(
      (await ask(rig, chunks, { method: 'POST', headers: { 'Transfer-Encoding': 'chunked' }, body: 'abc' })).status,
    ).toBe(202);
    const text = await raw(
      `POST ${chunks} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 202/);
    expect(rig.session.uploads.map((upload) => upload.bytes.toString())).toEqual(['abc', 'abc']);
  });

  it('refuses a length above the limit before the body', async () => {
    for (const expectation of ['', 'Expect: 100-continue\r\n']) {
      const text = await raw(
        `POST ${chunks} HTTP/1.1\r\nHost: localhost\r\n${expectation}Content-Length: 1000000000\r\n\r\n`,
      );
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
    socket.write(`POST ${chunks} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc`);
    await until(() => rig.session.begun === 1);
    socket.destroy();
    await until(() => rig.session.uploadFailure !== undefined);
    expect(rig.session.uploadFailure).toMatchObject({ code: 'ABORTED' });
  });

  it('ends a body that trickles with 408', async () => {
    const socket = connect(rig.port, '127.0.0.1');
    socket.write(`POST ${chunks} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\na`);
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

  it('hands the text on', async () => {
    const reply = await post(
      say,
      { text: 'Hello.', voice: 'slt', language: 'en', turn: 't2' },
      { 'Idempotency-Key': 'k' },
    );
    expect([reply.status, JSON.parse(reply.text)]).toEqual([
      202,
      { turn: 't2', chunks: [{ id: 'c1', index: 0, state: 'accepted', text: 'Hello.' }] },
    ]);
    expect(rig.conversations.said).toEqual([
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
