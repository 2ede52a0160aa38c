import { connect } from 'node:net';
import { afterEach, describe, expect, it, test } from 'vitest';
import { ask, type Reply, type Rig, startRig, until } from '../fakes.ts';

const KEY = 'a-key-for-tests';
let rig: Rig;

afterEach(() => rig.server.close());

const codeOf = ({ status, text }: Reply): [number, unknown] => [status, JSON.parse(text || '{}').code];
const named = (Host: string, headers: Record<string, string> = {}): Promise<Reply> =>
  ask(rig, '/v1/sessions/abc', { headers: { Host, ...headers } });

/** Says anything on a connection, which it must ask to close, and gives all that comes back. */
async function raw(text: string): Promise<string> {
  const socket = connect(rig.port, '127.0.0.1');
  let received = '';
  socket.on('data', (piece) => (received += String(piece))).on('error', () => undefined);
  socket.write(text);
  await until(() => socket.closed);
  return received;
}

describe('without a key', () => {
  it.each([
    'localhost',
    'localhost:8080',
    'LocalHost:9000',
    'localhost.',
    'localhost.:8080',
    'app.localhost:3000',
    'a.b.localhost',
    '127.0.0.1',
    '127.0.0.1:1',
    '127.8.9.10:65535',
    '127.1',
    '0x7f000001',
    '[::1]',
    '[::1]:8080',
    '[0:0:0:0:0:0:0:1]:8080',
    '[::ffff:127.0.0.1]',
    '[::FFFF:7f00:1]:80',
  ])('%s is this machine, by whatever port it is reached', async (host) => {
    rig = await startRig();
    expect((await named(host)).status).toBe(200);
  });

  it.each([
    'attacker.example',
    'attacker.example:8080',
    'localhost.attacker.example',
    'notlocalhost',
    'xlocalhost:8080',
    '127.0.0.1.nip.io',
    '127.0.0.1.attacker.example:8080',
    '126.255.255.255',
    '128.0.0.1',
    '0.0.0.0:8080',
    '192.168.1.5',
    '203.0.113.7:8080',
    '[::]',
    '[::2]:8080',
    '[fe80::1]',
    '[::ffff:10.0.0.1]',
    '169.254.169.254',
    'xn--lcalhost-bib:8080',
    'a_b.example',
  ])('%s is not, whatever is asked for', async (host) => {
    rig = await startRig({ pagesDir: '/nowhere' });
    const headers = { Host: host };
    for (const path of ['/', '/v1/sessions', '/v1/sessions/abc', '/live/abc/index.m3u8', '/live/abc/v0/stream.m3u8'])
      expect([path, ...codeOf(await ask(rig, path, { headers }))]).toEqual([path, 421, 'HOST_UNKNOWN']);
    for (const path of ['/metrics', '/healthz', '/readyz', '/openapi.json', '/player.js', '/v1/sessions/abc/events'])
      expect([path, ...codeOf(await ask(rig, path, { headers }))]).toEqual([path, 421, 'HOST_UNKNOWN']);
    for (const method of ['POST', 'DELETE', 'OPTIONS', 'PATCH'])
      expect(codeOf(await ask(rig, '/v1/sessions/abc', { headers, method }))).toEqual([421, 'HOST_UNKNOWN']);
    expect(rig.registry.sessions.size).toBe(1);
    expect(rig.session.output.watched).toEqual([]);
  });

  test('what is refused says which setting lets it in, and is never cached', async () => {
    rig = await startRig();
    const reply = await named('Stream.Example.com.:8080');
    expect(JSON.parse(reply.text).detail).toContain('start it with ALLOWED_HOSTS');
    // What a request says comes back in nothing; the log has it, but not whatever a stranger makes up.
    expect(reply.text.toLowerCase()).not.toContain('stream.example');
    for (let n = 0; n < 30; n += 1) await named(`made-up-${n}.example`);
    expect(rig.warnings).toHaveLength(10);
    expect(rig.warnings[0]).toEqual([{ host: 'stream.example.com' }, expect.stringContaining('ALLOWED_HOSTS')]);
    expect(reply.headers['cache-control']).toBe('no-store');
    expect(reply.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it.each([
    'localhost:99999',
    'localhost:x',
    'localhost:80:80',
    'localhost/x',
    'localhost#x',
    'localhost?x',
    'user@localhost',
    'localhost@attacker.example',
    'attacker.example\\@localhost',
    'local host',
    'localhost,attacker.example',
    '%6cocalhost',
    '127.0.0.1%00',
    '[::1',
    '::1',
    '[::1%25lo]:8080',
    '[fe80::1%eth0]',
    '999.1.1.1',
    '..localhost..',
    'lócalhost',
    '',
  ])('a Host that is "%s" is a bad request', async (host) => {
    rig = await startRig();
    const text = await raw(`GET /v1/sessions HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 400 [\s\S]*REQUEST_INVALID/);
  });

  it.each([
    ['no Host', 'GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    [
      'two of them',
      'GET /healthz HTTP/1.1\r\nHost: localhost\r\nHOST: attacker.example\r\nConnection: close\r\n\r\n',
      400,
    ],
    ['the same twice', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nConnection: close\r\n\r\n', 400],
    ['HTTP/1.0 without one', 'GET /healthz HTTP/1.0\r\n\r\n', 200],
    ['HTTP/1.0 with a foreign one', 'GET /healthz HTTP/1.0\r\nHost: attacker.example\r\n\r\n', 421],
    [
      'a target in absolute form',
      'GET http://localhost:8080/healthz HTTP/1.1\r\nHost: localhost:8080\r\nConnection: close\r\n\r\n',
      200,
    ],
    [
      'one of media',
      'GET HTTP://127.0.0.1/live/abc/index.m3u8?x=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      200,
    ],
    [
      'a foreign one',
      'GET http://attacker.example/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      421,
    ],
    [
      'one of ours beside a foreign Host',
      'GET http://localhost/healthz HTTP/1.1\r\nHost: attacker.example\r\nConnection: close\r\n\r\n',
      421,
    ],
    [
      'one with a user',
      'GET http://localhost@attacker.example/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      400,
    ],
    ['one without a Host', 'GET http://localhost/healthz HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
  ])('%s is answered %3$i', async (_, request, status) => {
    rig = await startRig();
    expect(await raw(request)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  });

  it('answers to the names it is given', async () => {
    rig = await startRig({
      publicUrl: 'https://stream.example.com:8443/base',
      hosts: { allowed: 'one.example, *.two.example,10.0.0.5,[fd00::5]', address: 'my-machine' },
    });
    const known = ['stream.example.com', 'ONE.example:81', 'a.two.example', 'a.b.two.example.', '10.0.0.5:8080'];
    for (const host of [...known, '[fd00::5]:80', '[FD00:0::5]', 'my-machine:8080', 'localhost'])
      expect([host, (await named(host)).status]).toEqual([host, 200]);
    for (const host of ['example.com', 'two.example', 'xtwo.example', 'x.one.example', '10.0.0.6', 'one.example.org'])
      expect([host, (await named(host)).status]).toEqual([host, 421]);
  });

  it('answers to every name where that is wanted', async () => {
    rig = await startRig({ hosts: { allowed: '*' } });
    expect((await named('anything.example')).status).toBe(200);
  });

  it('looks at the names that a trusted proxy was asked by, too, and at those of nobody else', async () => {
    const forwarded = (host: string) => named('localhost', { 'X-Forwarded-Host': host });
    rig = await startRig();
    expect((await forwarded('attacker.example')).status).toBe(200);
    expect((await named('attacker.example', { 'X-Forwarded-Host': 'localhost' })).status).toBe(421);
    await rig.server.close();
    rig = await startRig({ limits: { trusts: () => true }, hosts: { allowed: 'stream.example.com' } });
    expect((await forwarded('stream.example.com')).status).toBe(200);
    for (const host of ['attacker.example', 'stream.example.com, attacker.example', 'attacker.example, localhost'])
      expect((await forwarded(host)).status).toBe(421);
    expect((await named('attacker.example', { 'X-Forwarded-Host': 'localhost' })).status).toBe(421);
  });
});

test('a proxy that nobody named is told of in the log, once', async () => {
  rig = await startRig();
  for (let times = 0; times < 3; times += 1) await named('localhost', { 'X-Forwarded-For': '203.0.113.7' });
  expect(rig.warnings).toEqual([[expect.stringContaining('TRUST_PROXY')]]);
  await rig.server.close();
  rig = await startRig({ limits: { trusts: () => true } });
  await named('localhost', { 'X-Forwarded-For': '203.0.113.7' });
  expect(rig.warnings).toEqual([]);
});

describe('with a key', () => {
  const bearer = { Authorization: `Bearer ${KEY}` };

  it('answers to any name, since no page under another one could bring it', async () => {
    rig = await startRig({ access: { apiKey: KEY, playbackHours: 1 } });
    expect((await named('any.example', bearer)).status).toBe(200);
    expect((await named('any.example')).status).toBe(401);
    expect((await named('user@any.example', bearer)).status).toBe(400);
  });

  it('answers to known names only, where they are given', async () => {
    rig = await startRig({ access: { apiKey: KEY, playbackHours: 1 }, hosts: { allowed: 'one.example' } });
    expect((await named('one.example', bearer)).status).toBe(200);
    expect((await named('any.example', bearer)).status).toBe(421);
  });

  it('shows its metrics without one to programs of this machine only, and to no page under a name of its own', async () => {
    rig = await startRig({ access: { apiKey: KEY, playbackHours: 1 } });
    const metrics = async (headers: Record<string, string>) => (await ask(rig, '/metrics', { headers })).status;
    expect(await metrics({ Host: 'localhost:1' })).toBe(200);
    expect(await metrics({ Host: 'attacker.example' })).toBe(401);
    for (const name of ['X-Forwarded-For', 'Forwarded', 'Via', 'X-Real-IP'])
      expect(await metrics({ Host: 'localhost', [name]: '127.0.0.1' })).toBe(401);
    expect(await metrics({ Host: 'attacker.example', ...bearer })).toBe(200);
  });
});
