import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, type Reply, type Rig, startRig } from '../fakes.ts';

const KEY = 'a-key-for-tests';
const RIGHT = { Authorization: `Bearer ${KEY}` };
const WRONG = { Authorization: 'Bearer a-guess' };
const MINUTE_MS = 60_000;
let rig: Rig;
let nowMs = 0;

beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 28);
  rig = await startRig({
    access: { apiKey: KEY, playbackSecret: 'a secret for tests', playbackHours: 1 },
    // Every address is somebody's, also this machine's; a proxy says whose.
    limits: { exemptLoopback: false, wrongKeysPerMinute: 3, requestsPerMinute: 500, trusts: (_, hop) => hop === 0 },
    now: () => nowMs,
  });
});

afterEach(() => rig.server.close());

const send = (headers: Record<string, string>, from = '203.0.113.7', path = '/v1/sessions'): Promise<Reply> =>
  ask(rig, path, { headers: { ...headers, 'X-Forwarded-For': from } });
const statuses = async (replies: Promise<Reply>[]): Promise<number[]> =>
  (await Promise.all(replies)).map(({ status }) => status);

describe('wrong keys', () => {
  it('are refused with 429 once there were too many from a network, until the minute is over', async () => {
    for (let count = 0; count < 3; count += 1) expect((await send(WRONG)).status).toBe(401);
    const refused = await send(WRONG);
    expect([refused.status, JSON.parse(refused.text).code, refused.headers['retry-after']]).toEqual([
      429,
      'RATE_LIMITED',
      '60',
    ]);
    expect((await send({})).status).toBe(429);
    expect((await send(WRONG, '203.0.113.8')).status).toBe(401);
    nowMs += MINUTE_MS;
    expect((await send(WRONG)).status).toBe(401);
  });

  it('lock out no right one from the same network, before or after', async () => {
    for (let count = 0; count < 20; count += 1) {
      expect((await send(RIGHT)).status).toBe(200);
      await send(WRONG);
    }
    expect(await statuses(Array.from({ length: 50 }, () => send(RIGHT)))).toEqual(Array(50).fill(200));
  });

  it('are those that were found wrong: a hundred right ones at once are none', async () => {
    expect(await statuses(Array.from({ length: 100 }, () => send(RIGHT)))).toEqual(Array(100).fill(200));
    expect((await send(WRONG)).status).toBe(401);
  });

  it('are counted at once, however many come together', async () => {
    const found = await statuses(Array.from({ length: 20 }, () => send(WRONG)));
    expect([found.filter((status) => status === 401).length, found.filter((status) => status === 429).length]).toEqual([
      3, 17,
    ]);
  });

  it('are counted wherever they are brought', async () => {
    expect((await send(WRONG, undefined, '/metrics')).status).toBe(401);
    expect((await send(WRONG, undefined, '/v1/sessions/abc/events')).status).toBe(403);
    expect((await send(WRONG, undefined, '/v1/nothing')).status).toBe(401);
    for (const path of ['/metrics', '/v1/sessions/abc/events', '/v1/sessions'])
      expect([path, (await send(WRONG, undefined, path)).status]).toEqual([path, 429]);
  });

  it('are counted by network: who has an IPv6 address has many', async () => {
    const from = (host: number) => send(WRONG, `2001:db8:0:7::${host.toString(16)}`);
    for (let host = 1; host <= 3; host += 1) expect((await from(host)).status).toBe(401);
    expect((await from(99)).status).toBe(429);
    expect((await send(WRONG, '2001:db8:0:8::1')).status).toBe(401);
    for (let count = 0; count < 3; count += 1) await send(WRONG, '198.51.100.9');
    expect((await send(WRONG, '::ffff:198.51.100.9')).status).toBe(429);
  });

  it('of a thousand networks are forgotten with their minute', async () => {
    for (let count = 0; count < 200; count += 1) await send(WRONG, `198.51.100.${count}`);
    nowMs += MINUTE_MS;
    expect((await send(WRONG, '198.51.100.1')).status).toBe(401);
  });
});

describe('who floods the API', () => {
  it('keeps neither the key nor the viewers of its network from what is theirs', async () => {
    await Promise.all(Array.from({ length: 500 }, () => send({})));
    expect((await send({})).status).toBe(429);
    expect((await send(RIGHT)).status).toBe(200);
    const { eventsUrl } = JSON.parse((await send(RIGHT, '192.0.2.1', '/v1/sessions/abc')).text) as {
      eventsUrl: string;
    };
    const { pathname, search } = new URL(eventsUrl);
    const follow = await ask(rig, pathname + search, { method: 'HEAD', headers: { 'X-Forwarded-For': '203.0.113.7' } });
    expect(follow.status).toBe(200);
  });
});
