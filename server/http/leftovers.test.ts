import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { livePlaylist } from '../playlist/fixtures.ts';
import { ask, type Rig, resourceOf, startRig, until } from './fakes.ts';

const MANY = 300;
const HELD = 10;
const SECRET = 'a secret for tests';
let rig: Rig;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leftovers-'));
});

afterEach(async () => {
  await rig.server.close();
  await rm(folder, { recursive: true });
});

async function start(options: Parameters<typeof startRig>[0] = {}): Promise<void> {
  rig = await startRig({ limits: { heldRequests: HELD, eventStreamsPerSession: HELD }, ...options });
  rig.session.output.resources.set('v0/p22.m4s', 'awaited');
}

/** All that a request may leave behind. */
const left = () => ({
  ...{ load: rig.server.load, backlog: rig.server.backlog },
  publications: rig.session.output.listeners.size,
  events: rig.session.events.listeners.size,
  timers: process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name === 'Immediate').length,
});

const NOTHING = {
  load: { heldRequests: 0, eventStreams: 0 },
  backlog: { askedAhead: 0, fileReaders: 0 },
  ...{ publications: 0, events: 0 },
};

async function settled(timers: number): Promise<void> {
  await until(() => JSON.stringify(left().load) === JSON.stringify(NOTHING.load));
  await until(() => rig.server.backlog.fileReaders === 0 && left().timers <= timers);
  expect(left()).toMatchObject(NOTHING);
}

/** Sends a request on a connection of its own, and hangs up at once or after an answer has begun. */
function hangUp(path: string, afterAnswer: boolean): Promise<void> {
  return new Promise((resolve) => {
    const socket: Socket = connect(rig.port, '127.0.0.1');
    socket.on('error', () => undefined).once('close', () => resolve());
    if (afterAnswer) socket.once('data', () => socket.destroy());
    socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`, () => {
      if (!afterAnswer) setTimeout(() => socket.resetAndDestroy(), Math.random() * 5);
    });
  });
}

const WAITING = [
  ['a playlist', '/live/abc/v0/stream.m3u8?_HLS_msn=4&_HLS_part=2'],
  ['a hinted part', '/live/abc/v0/p22.m4s'],
  ['events', '/v1/sessions/abc/events'],
] as const;

describe.each(WAITING)('requests for %s leave nothing behind', (kind, path) => {
  const timersNow = (): number => left().timers;

  it('when they are refused', async () => {
    await start();
    const before = timersNow();
    const holding = Array.from({ length: HELD }, () => connect(rig.port, '127.0.0.1'));
    for (const socket of holding) socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const open = (): number => rig.server.load.heldRequests + rig.server.load.eventStreams;
    await until(() => open() === HELD);
    const { publications, events } = left();
    for (let count = 0; count < MANY; count += 50) {
      const replies = await Promise.all(Array.from({ length: 50 }, () => ask(rig, path)));
      for (const { status } of replies) expect([429, 503]).toContain(status);
    }
    // Those who hold may have been answered meanwhile.
    expect(left().publications).toBeLessThanOrEqual(publications);
    expect(left().events).toBeLessThanOrEqual(events);
    expect(publications + events).toBeLessThanOrEqual(kind === 'events' ? HELD : 1);
    for (const socket of holding) socket.destroy();
    await settled(before);
  });

  it('when their clients leave, also while a token is checked', async () => {
    await start({ access: { playbackSecret: SECRET, playbackHours: 1 }, limits: {} });
    const { playlistUrl, eventsUrl } = JSON.parse((await ask(rig, '/v1/sessions/abc')).text) as Record<string, string>;
    const token = /~([^/]+)/.exec(playlistUrl ?? '')?.[1] ?? '';
    const before = timersNow();
    for (let count = 0; count < MANY; count += 30) {
      const tokens = Array.from({ length: 30 }, (_, at) => (at % 2 === 0 ? token : `${token}${at}`));
      await Promise.all(
        tokens.map((each) => {
          const url = kind === 'events' ? new URL(eventsUrl ?? '').pathname : path.replace('/abc/', `/abc/~${each}/`);
          return hangUp(kind === 'events' ? `${url}?token=${each}` : url, false);
        }),
      );
    }
    await settled(before);
  });

  it('when they are answered', async () => {
    await start({ limits: {} });
    const before = timersNow();
    const pending =
      kind === 'events' ? [] : Array.from({ length: MANY }, () => ask(rig, path).then(({ status }) => status));
    if (kind === 'events') await Promise.all(Array.from({ length: 50 }, () => hangUp(path, true)));
    await until(() => rig.server.load.heldRequests === pending.length);
    rig.session.output.resources.set('v0/p22.m4s', resourceOf('part'));
    rig.session.output.publish(livePlaylist(0, 4, 3));
    expect(new Set(await Promise.all(pending))).toEqual(new Set(pending.length > 0 ? [200] : []));
    await settled(before);
  });

  it('when the session is deleted', async () => {
    await start({ limits: { heartbeatMs: 20 } });
    const before = timersNow();
    const clients = Array.from({ length: 30 }, () => hangUp(path, kind !== 'events'));
    await until(() => kind === 'events' || rig.server.load.heldRequests === 30);
    rig.session.output.closed = true;
    rig.session.output.publish();
    await Promise.all(clients);
    await settled(before);
  });
});

describe('requests for a recording that is being made', () => {
  it('ask for it once, and leave nothing behind when their clients leave', async () => {
    await start();
    const before = left().timers;
    const made = Promise.withResolvers<string>();
    let asked = 0;
    rig.session.recording = () => {
      asked += 1;
      return made.promise;
    };
    for (let count = 0; count < MANY; count += 50)
      await Promise.all(Array.from({ length: 50 }, () => hangUp('/live/abc/recording.mp4', false)));
    const pending = ask(rig, '/live/abc/recording.mp4');
    await writeFile(join(folder, 'r.mp4'), 'film');
    await until(() => asked > 0);
    expect(asked).toBe(1);
    made.resolve(join(folder, 'r.mp4'));
    expect((await pending).text).toBe('film');
    await settled(before);
  });
});

describe('a connection that is used again and again', () => {
  it('gathers no listeners, whatever it is used for', async () => {
    await start({ limits: {} });
    rig.session.output.resources.set('v0/s1.m4s', resourceOf('a', 'b'));
    const taken = Promise.withResolvers<Socket>();
    const onSocket = (message: unknown): void => taken.resolve((message as { socket: Socket }).socket);
    subscribe('net.server.socket', onSocket);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const send = (path: string, method = 'GET', body = ''): Promise<void> =>
      new Promise((resolve, reject) => {
        const req = request({ port: rig.port, host: '127.0.0.1', path, method, agent }, (res) => {
          res.resume().on('end', resolve);
        });
        req.on('error', reject).end(body);
      });
    const round = async (): Promise<void> => {
      await send('/live/abc/index.m3u8');
      await send('/live/abc/v0/s1.m4s');
      await send('/live/abc/v0/s1.m4s', 'HEAD');
      await send('/live/abc/v0/nothing.m4s');
      await send('/v1/sessions/abc');
      await send('/v1/sessions/abc/chunks', 'POST', 'abc');
      await send('/healthz');
      const waiting = send('/live/abc/v0/stream.m3u8?_HLS_msn=4&_HLS_part=2');
      await until(() => rig.server.load.heldRequests === 1);
      rig.session.output.publish(livePlaylist(0, 4, 3));
      await waiting;
      rig.session.output.publish(livePlaylist(0, 4, 2));
    };
    await round();
    const socket = await taken.promise;
    unsubscribe('net.server.socket', onSocket);
    const listeners = (): Record<string, number> =>
      Object.fromEntries(socket.eventNames().map((name) => [String(name), socket.listenerCount(name)]));
    const before = listeners();
    for (let times = 0; times < 20; times += 1) await round();
    expect(listeners()).toEqual(before);
    agent.destroy();
  });
});
