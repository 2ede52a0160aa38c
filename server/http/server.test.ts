import { once } from 'node:events';
import { connect, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, leaveOpen, type Rig, startRig, until } from './fakes.ts';

let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});

afterEach(() => rig.server.close());

function raw(text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(rig.port, '127.0.0.1');
    let answer = '';
    socket.on('data', (piece) => {
      answer += String(piece);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
    socket.write(text);
  });
}

describe('what is no HTTP', () => {
  it.each([
    ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['no protocol at all', 'hello\r\n\r\n', 400],
    [
      'both lengths',
      'POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
    ],
    [
      'two lengths',
      'POST /v1/sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd',
      400,
    ],
    ['a line folded', 'GET / HTTP/1.1\r\nHost: localhost\r\nA: b\r\n c\r\n\r\n', 400],
    ['NUL in a header', 'GET / HTTP/1.1\r\nHost: localhost\r\nA: \x00\r\n\r\n', 400],
    ['a header of 70 kB', `GET / HTTP/1.1\r\nHost: localhost\r\nA: ${'a'.repeat(70_000)}\r\n\r\n`, 431],
    [
      '3,000 headers',
      `GET / HTTP/1.1\r\nHost: localhost\r\n${Array.from({ length: 3000 }, (_, n) => `H${n}: v\r\n`).join('')}\r\n`,
      431,
    ],
  ])('%s is refused with a problem', async (_case, text, status) => {
    const answer = await raw(text);
    expect(answer).toContain(`HTTP/1.1 ${status} `);
    expect(answer).toMatch(/Content-Type: application\/problem\+json/);
    expect(JSON.parse(answer.slice(answer.indexOf('{'))).status).toBe(status);
  });
});

describe('the server', () => {
  it('refuses a port in use', async () => {
    const second = await startRig();
    await expect(second.server.listen(rig.port, '127.0.0.1')).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_|^EADDRINUSE/),
    });
    await second.server.close();
  });

  it('closes once, whatever is open, and cuts what does not end', async () => {
    const waiting = ask(rig, '/live/abc/v0/stream.m3u8?_HLS_msn=4');
    const following = leaveOpen(rig, '/v1/sessions/abc/events');
    const idle = connect(rig.port, '127.0.0.1');
    idle.on('error', () => undefined);
    const uploading = connect(rig.port, '127.0.0.1');
    uploading.on('error', () => undefined);
    uploading.write('POST /v1/sessions/abc/chunks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc');
    await until(() => rig.server.load.heldRequests === 1 && rig.server.load.eventStreams === 1);
    await until(() => rig.session.begun === 1);
    const closing = rig.server.close();
    expect(rig.server.close()).toBe(closing);
    // Nobody who is connected does anything about it.
    await closing;
    expect((await waiting).status).toBe(503);
    await until(() => rig.session.uploadFailure !== undefined);
    following.close();
    idle.destroy();
    uploading.destroy();
    await expect(ask(rig, '/healthz')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('keeps a connection for the next request, and closes it when none comes', async () => {
    const brief = await startRig({ limits: { keepAliveMs: 50 } });
    const socket = connect(brief.port, '127.0.0.1');
    let answers = '';
    socket.on('data', (piece) => {
      answers += String(piece);
      if (answers.split('HTTP/1.1 ').length === 2) socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n');
    });
    socket.write('GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    expect(answers).toMatch(/^HTTP\/1\.1 404[\s\S]*HTTP\/1\.1 200/);
    await brief.server.close();
  });

  it('does not end before those are answered that came before it was up', async () => {
    let early = new Socket();
    const brief = await startRig({
      limits: { closeGraceMs: 60_000 },
      onPort: async (port) => {
        early = connect(port, '127.0.0.1');
        await once(early, 'connect');
      },
    });
    const answers = text(early);
    early.write('POST /v1/sessions/abc/chunks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\na');
    await until(() => brief.session.begun === 1);
    let isClosed = false;
    const closing = brief.server.close().then(() => (isClosed = true));
    // A round trip later: nothing but the upload keeps it.
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(isClosed).toBe(false);
    early.write('bc');
    await closing;
    expect(await answers).toMatch(/^HTTP\/1\.1 202/);
  });

  it('holds nobody while it closes', async () => {
    const uploading = connect(rig.port, '127.0.0.1');
    uploading.on('error', () => undefined);
    const closed = new Promise((resolve) => uploading.once('close', resolve));
    uploading.write('POST /v1/sessions/abc/chunks HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\na');
    await until(() => rig.session.begun === 1);
    const closing = rig.server.close();
    // The next request on a connection that is still in use.
    let answers = '';
    uploading.on('data', (piece) => {
      answers += String(piece);
    });
    uploading.write('bcGET /live/abc/v0/stream.m3u8?_HLS_msn=4 HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await Promise.all([closing, closed]);
    expect(answers).toMatch(/^HTTP\/1\.1 202/);
    expect(rig.server.load.heldRequests).toBe(0);
  });

  it('cuts a client that never reads, and keeps one that waits', async () => {
    const impatient = await startRig({ limits: { stuckReaderMs: 100 } });
    const big = Buffer.alloc(8_000_000);
    impatient.session.output.resources.set('v0/s.m4s', {
      body: [{ sizeBytes: big.byteLength, get: () => big }],
      sizeBytes: big.byteLength,
      contentType: 'video/mp4',
      etag: '"s"',
    });
    const socket = connect(impatient.port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.pause();
    socket.write('GET /live/abc/v0/s.m4s HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(20));
    const waiting = ask(impatient, '/live/abc/v0/stream.m3u8?_HLS_msn=4');
    // Who does not read learns of it when it writes.
    const writing = setInterval(() => socket.write('\r\n'), 20);
    await closed;
    clearInterval(writing);
    expect(impatient.server.load.heldRequests).toBe(1);
    await impatient.server.close();
    expect((await waiting).status).toBe(503);
  });

  it('does not outlive its tests: no handle is left', async () => {
    await rig.server.close();
    await until(() => !process.getActiveResourcesInfo().includes('TCPServerWrap'));
  });
});
