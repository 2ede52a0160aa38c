import { request } from 'node:http';
import { afterEach, describe, expect, it, test } from 'vitest';
import { ask, type Rig, startRig, until } from './fakes.ts';
import { DEFAULT_LIMITS, limitsWithin } from './limits.ts';

describe('connections and uploads', () => {
  it.each([
    [Number.POSITIVE_INFINITY, { connections: 20_000, connectionsPerAddress: 2_000, uploads: 1_000 }],
    [500_000, { connections: 20_000, connectionsPerAddress: 2_000, uploads: 1_000 }],
    [8_032, { connections: 7_000, connectionsPerAddress: 2_000, uploads: 1_000 }],
    [832, { connections: 700, connectionsPerAddress: 350, uploads: 100 }],
    [32, { connections: 32, connectionsPerAddress: 16, uploads: 8 }],
    [-300, { connections: 32, connectionsPerAddress: 16, uploads: 8 }],
  ])('that fit into %d descriptors', (descriptors, limits) => {
    expect(limitsWithin(descriptors)).toEqual(limits);
  });

  it('never take more than there are, but for a handful', () => {
    for (let descriptors = 64; descriptors < 40_000; descriptors += 97) {
      const { connections, uploads } = limitsWithin(descriptors);
      expect(connections + uploads).toBeLessThanOrEqual(Math.max(40, descriptors - 32));
    }
    expect(DEFAULT_LIMITS).toMatchObject(limitsWithin(Number.POSITIVE_INFINITY));
  });
});

describe('uploads that come at once', () => {
  let rig: Rig;

  afterEach(() => rig.server.close());

  test('are bounded, whatever they are, and others come in their place when they have ended', async () => {
    rig = await startRig({ limits: { uploads: 2 } });
    const upload = (path: string) => {
      const headers = { 'Content-Length': '100' };
      const req = request({ port: rig.port, host: '127.0.0.1', path, method: 'POST', headers, agent: false });
      req.on('error', () => undefined).write('abc');
      return () => req.destroy();
    };
    const leave = [upload('/v1/sessions/abc/chunks'), upload('/v1/sessions/abc/turns')];
    await until(() => rig.session.begun + rig.conversations.begun === 2);
    for (const path of ['/v1/sessions/abc/chunks', '/v1/sessions/abc/turns']) {
      const refused = await ask(rig, path, { method: 'POST', body: 'abc' });
      expect([refused.status, JSON.parse(refused.text).code, refused.headers['retry-after']]).toEqual([
        429,
        'CLIENT_LIMIT',
        '5',
      ]);
    }
    // Text takes no file.
    const headers = { 'Content-Type': 'application/json' };
    const written = { method: 'POST', headers, body: '{ "text": "Hello." }' };
    expect((await ask(rig, '/v1/sessions/abc/turns', written)).status).toBe(202);
    for (const each of leave) each();
    await until(() => rig.session.uploadFailure !== undefined && rig.conversations.recordingFailure !== undefined);
    expect((await ask(rig, '/v1/sessions/abc/chunks', { method: 'POST', body: 'abc' })).status).toBe(202);
  });
});
