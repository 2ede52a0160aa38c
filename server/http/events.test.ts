import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, type Rig, startRig, until } from './fakes.ts';

const EVENTS = '/v1/sessions/abc/events';
let rig: Rig;

beforeEach(async () => {
  rig = await startRig({ limits: { heartbeatMs: 30, eventStreamsPerSession: 3 } });
  rig.session.events.add('session.opened');
  rig.session.events.add('sentence', { text: 'one\n\ndata: two\u2028' });
});

afterEach(async () => {
  await rig.server.close();
  expect(rig.session.events.listeners.size).toBe(0);
  // A connection that was cut is told of in the next turn of the loop.
  await until(() => rig.server.load.eventStreams === 0);
});

type Follower = {
  readonly res: IncomingMessage;
  text: string;
  readonly ended: () => boolean;
  readonly close: () => void;
};

function follow(path = EVENTS, headers: Record<string, string> = {}): Promise<Follower> {
  return new Promise((resolve, reject) => {
    const req = get({ port: rig.port, host: '127.0.0.1', path, headers, agent: false }, (res) => {
      let ended = false;
      const follower: Follower = { res, text: '', ended: () => ended, close: () => req.destroy() };
      res.on('data', (piece) => {
        follower.text += String(piece);
      });
      res.on('end', () => {
        ended = true;
      });
      res.on('error', () => undefined);
      resolve(follower);
    });
    req.on('error', reject);
  });
}

const ids = (follower: Follower): number[] =>
  [...follower.text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));

describe('the events of a session', () => {
  it('come from the first one remembered, each in one line of data, then live', async () => {
    const follower = await follow();
    expect(follower.res.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'access-control-allow-origin': '*',
    });
    await until(() => ids(follower).length === 2);
    rig.session.events.add('chunk.accepted');
    await until(() => ids(follower).length === 3);
    expect(follower.text).toMatch(/^retry: 2000\n\nid: 1\ndata: \{"seq":1,/);
    const line = follower.text.split('\n').find((text) => text.includes('"sentence"'));
    expect(JSON.parse(String(line).slice(6))).toEqual(rig.session.events.events[1]);
    follower.close();
  });

  it.each([
    [{ 'Last-Event-ID': '1' }, '', [2]],
    [{}, '?lastEventId=1', [2]],
    [{ 'Last-Event-ID': '1' }, '?lastEventId=0', [2]],
    [{ 'Last-Event-ID': '99' }, '', [1, 2]],
    [{ 'Last-Event-ID': '-1' }, '', [1, 2]],
    [{ 'Last-Event-ID': '1; DROP' }, '', [1, 2]],
    [{ 'Last-Event-ID': '9'.repeat(500) }, '', [1, 2]],
    [{}, '?lastEventId=1&lastEventId=2', [1, 2]],
    [{}, '?lastEventId=%00', [1, 2]],
  ])('resume with %j%s', async (headers, query, expected) => {
    const follower = await follow(EVENTS + query, headers as Record<string, string>);
    await until(() => ids(follower).length >= expected.length);
    expect(ids(follower)).toEqual(expected);
    follower.close();
  });

  it('send heartbeats', async () => {
    const follower = await follow();
    await until(() => (follower.text.match(/^: still here$/gm) ?? []).length >= 2);
    follower.close();
  });

  it('end with the session, and tell EventSource not to come back', async () => {
    const follower = await follow();
    rig.session.state = 'ended';
    rig.session.events.add('session.ended');
    await until(() => follower.ended());
    expect(ids(follower)).toEqual([1, 2, 3]);
    expect((await ask(rig, EVENTS, { headers: { 'Last-Event-ID': '3' } })).status).toBe(204);
    const late = await follow();
    await until(() => late.ended());
    expect(ids(late)).toEqual([1, 2, 3]);
  });

  it('end when the session is deleted', async () => {
    const follower = await follow();
    rig.session.output.closed = true;
    await until(() => follower.ended());
  });

  it('end when the server closes', async () => {
    const follower = await follow();
    await rig.server.close();
    await until(() => follower.ended());
  });

  it('have a limit per session, and per address', async () => {
    const followers = await Promise.all([follow(), follow(), follow()]);
    const refused = await ask(rig, EVENTS);
    expect([refused.status, refused.headers['retry-after'], JSON.parse(refused.text).code]).toEqual([
      429,
      '5',
      'CLIENT_LIMIT',
    ]);
    for (const follower of followers) follower.close();
    await until(() => rig.server.load.eventStreams === 0);
    const strict = await startRig({ limits: { eventStreamsPerAddress: 0, exemptLoopback: false } });
    expect((await ask(strict, EVENTS)).status).toBe(429);
    await strict.server.close();
  });

  it('drop a client that takes none, and hold nothing for it meanwhile', async () => {
    const socket = connect(rig.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.pause();
    socket.write(`GET ${EVENTS} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await until(() => rig.server.load.eventStreams === 1);
    // More than the kernel's buffers of a connection hold.
    for (let count = 0; count < 1_000; count += 1) rig.session.events.add('sentence', { text: 'x'.repeat(20_000) });
    await until(() => rig.server.load.eventStreams === 0);
    socket.destroy();
  });

  it('of a long past arrive whole, at the pace of the client', async () => {
    for (let count = 0; count < 1_000; count += 1) rig.session.events.add('sentence', { text: 'x'.repeat(1_000) });
    const follower = await follow();
    await until(() => ids(follower).length === 1_002);
    follower.close();
  });

  it('answer HEAD, OPTIONS and errors for pages of any origin', async () => {
    expect((await ask(rig, EVENTS, { method: 'HEAD' })).status).toBe(200);
    const preflight = await ask(rig, EVENTS, { method: 'OPTIONS' });
    expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([204, '*']);
    const missing = await ask(rig, '/v1/sessions/unknown/events');
    expect([missing.status, missing.headers['access-control-allow-origin']]).toEqual([404, '*']);
  });
});
