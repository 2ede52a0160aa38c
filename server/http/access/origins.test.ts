import { afterEach, describe, expect, it } from 'vitest';
import { ask, leaveOpen, type Reply, type Rig, startRig, until } from '../fakes.ts';

let rig: Rig;

afterEach(() => rig.server.close());

const codeOf = ({ status, text }: Reply): [number, unknown] => [status, text === '' ? '' : JSON.parse(text).code];
const FORBIDDEN = [403, 'FORBIDDEN'];
const ORIGIN = 'http://localhost:8080';

/** A request that changes something, as a page would send it. */
const post = (headers: Record<string, string>, path = '/v1/sessions'): Promise<Reply> =>
  ask(rig, path, { method: 'POST', headers: { Host: 'localhost:8080', ...headers } });

describe('a page may change something', () => {
  it.each([
    ['of our own', { Origin: ORIGIN, 'Sec-Fetch-Site': 'same-origin' }],
    ['of our own, in a browser without Fetch Metadata', { Origin: ORIGIN }],
    ['of our own, by another port that leads here', { Host: 'localhost:9000', Origin: 'http://localhost:9000' }],
    ['of our own, on the port that needs no name', { Host: 'localhost:80', Origin: 'http://localhost' }],
    ['of our own, by an address', { Host: '[::1]:8080', Origin: 'http://[::1]:8080' }],
    ['of our own, that tells its address instead', { Referer: `${ORIGIN}/dashboard` }],
    ['of our own, after a click in the address bar', { 'Sec-Fetch-Site': 'none' }],
    ['that is none, but a program', {}],
  ])('%s', async (_, headers: Record<string, string>) => {
    rig = await startRig();
    expect((await post(headers)).status).toBe(201);
  });

  it.each([
    ['of another site', { Origin: 'https://attacker.example', 'Sec-Fetch-Site': 'cross-site' }],
    ['of another site, in a browser without Fetch Metadata', { Origin: 'https://attacker.example' }],
    ['of another port of this host', { Origin: 'http://localhost:3000', 'Sec-Fetch-Site': 'same-site' }],
    ['of another port, without Fetch Metadata', { Origin: 'http://localhost:3000' }],
    ['of the port that needs no name', { Origin: 'http://localhost' }],
    ['of this host over TLS', { Origin: 'https://localhost:8080' }],
    ['of another name of this machine', { Origin: 'http://127.0.0.1:8080' }],
    ['of a name below ours', { Origin: 'http://evil.localhost:8080' }],
    ['in a sandbox', { Origin: 'null' }],
    ['in a sandbox of ours', { Origin: 'null', 'Sec-Fetch-Site': 'same-origin' }],
    ['that names two origins', { Origin: `${ORIGIN}, https://attacker.example` }],
    ['with an origin that is none', { Origin: 'localhost:8080' }],
    ['with an origin that is empty', { Origin: '' }],
    ['that lies about where it is', { Origin: 'https://attacker.example', 'Sec-Fetch-Site': 'same-origin' }],
    ['of another port, that tells its address', { Referer: 'http://localhost:3000/' }],
    ['of another site that tells nothing but that', { 'Sec-Fetch-Site': 'cross-site' }],
    ['of another port that tells nothing but that', { 'Sec-Fetch-Site': 'same-site' }],
    ['of another name, passed on by nobody we trust', { Origin: 'https://a.example', 'X-Forwarded-Host': 'a.example' }],
  ])('but none %s', async (_, headers: Record<string, string>) => {
    rig = await startRig();
    for (const path of ['/v1/sessions', '/v1/sessions/abc/interrupt', '/v1/sessions/abc/end', '/V1/sessions/abc/say'])
      expect(codeOf(await post(headers, path))).toEqual(FORBIDDEN);
    const request = { method: 'DELETE', headers: { Host: 'localhost:8080', ...headers } };
    expect(codeOf(await ask(rig, '/v1/sessions/abc', request))).toEqual(FORBIDDEN);
    expect([rig.registry.sessions.size, rig.session.state]).toEqual([1, 'open']);
  });

  it('of the origin that PUBLIC_URL names, and of those in API_ORIGINS', async () => {
    rig = await startRig({ publicUrl: 'https://stream.example.com/base', origins: { api: 'https://office.example' } });
    for (const Origin of ['https://stream.example.com', 'https://office.example', ORIGIN])
      expect((await post({ Origin }, '/v1/sessions/abc/interrupt')).status).toBe(200);
    for (const Origin of ['http://stream.example.com', 'https://stream.example.com:444', 'http://office.example'])
      expect(codeOf(await post({ Origin }))).toEqual(FORBIDDEN);
  });

  it('of the name and scheme by which a trusted proxy was asked', async () => {
    rig = await startRig({ limits: { trusts: () => true }, hosts: { allowed: 'a.example' } });
    const passed = { 'X-Forwarded-Host': 'a.example', 'X-Forwarded-Proto': 'https' };
    const path = '/v1/sessions/abc/interrupt';
    expect((await post({ ...passed, Origin: 'https://a.example' }, path)).status).toBe(200);
    expect(codeOf(await post({ ...passed, Origin: 'http://a.example' }, path))).toEqual(FORBIDDEN);
    expect((await post({ 'X-Forwarded-Host': 'a.example', Origin: 'http://a.example' }, path)).status).toBe(200);
  });

  it('is told which setting lets it', async () => {
    rig = await startRig();
    const { detail } = JSON.parse((await post({ Origin: 'http://localhost:3000' })).text) as { detail: string };
    expect(detail).toContain('in API_ORIGINS');
    expect(detail).not.toContain('3000');
  });
});

describe('a page of another origin', () => {
  const Origin = 'https://attacker.example';

  it('reads nothing of the API, nor may it ask whether it could', async () => {
    rig = await startRig();
    for (const path of ['/v1/sessions', '/v1/sessions/abc', '/v1/stats', '/v1/providers', '/v1/sessions/abc/quality'])
      for (const method of ['GET', 'HEAD', 'OPTIONS'])
        expect((await ask(rig, path, { method, headers: { Origin } })).status).toBe(403);
    const noCors = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors' };
    expect(codeOf(await ask(rig, '/v1/sessions', { headers: noCors }))).toEqual(FORBIDDEN);
    const link = { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' };
    expect((await ask(rig, '/v1/sessions', { headers: link })).status).toBe(200);
  });

  it('follows events and reads media, if CORS_ORIGINS lets it', async () => {
    const events = '/v1/sessions/abc/events';
    rig = await startRig();
    const open = leaveOpen(rig, events);
    await until(() => rig.server.load.eventStreams === 1);
    open.close();
    expect((await ask(rig, events, { method: 'HEAD', headers: { Origin } })).status).toBe(200);
    expect((await ask(rig, events, { method: 'OPTIONS', headers: { Origin } })).status).toBe(204);
    expect(codeOf(await ask(rig, events, { method: 'POST', headers: { Origin } }))).toEqual(FORBIDDEN);
    await rig.server.close();
    rig = await startRig({ origins: { media: 'https://mine.example' } });
    expect((await ask(rig, events, { method: 'HEAD', headers: { Origin } })).status).toBe(403);
    expect((await ask(rig, events, { method: 'HEAD', headers: { Origin: 'https://mine.example' } })).status).toBe(200);
  });

  it('reports how it plays, if it may read media', async () => {
    const report = (from: string) =>
      ask(rig, '/live/abc/cmcd', {
        method: 'POST',
        headers: { Origin: from, 'Content-Type': 'application/cmcd' },
        body: 'sid="a",sta=p,v=2',
      });
    rig = await startRig();
    expect((await report(Origin)).status).toBe(204);
    await rig.server.close();
    rig = await startRig({ origins: { media: 'https://mine.example' } });
    expect(codeOf(await report(Origin))).toEqual(FORBIDDEN);
    expect((await report('https://mine.example')).status).toBe(204);
    expect((await report(`http://127.0.0.1:${rig.port}`)).status).toBe(204);
  });
});

describe('reading', () => {
  it('changes nothing, whatever is read', async () => {
    rig = await startRig();
    const before = JSON.stringify([rig.session.state, rig.session.preferences, [...rig.registry.sessions.keys()]]);
    const paths = ['', '/end', '/interrupt', '/say', '/chunks', '/turns', '/quality'].map(
      (end) => `/v1/sessions/abc${end}`,
    );
    for (const path of [...paths, '/v1/sessions', '/', '/embed/abc', '/dashboard', '/live/abc/cmcd'])
      for (const method of ['GET', 'HEAD'])
        await ask(rig, `${path}?_method=DELETE`, { method, headers: { 'X-HTTP-Method-Override': 'DELETE' } });
    expect(JSON.stringify([rig.session.state, rig.session.preferences, [...rig.registry.sessions.keys()]])).toBe(
      before,
    );
    expect([rig.session.begun, rig.conversations.said, rig.conversations.turns]).toEqual([0, [], []]);
  });
});
