import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEADLINE_STEP_MS } from '../lib/deadlines.ts';
import { endedPlaylist, livePlaylist, plainPlaylist } from '../playlist/fixtures.ts';
import { renderMediaPlaylist } from '../playlist/media-playlist.ts';
import { ask, closeEmpty, leaveOpen, type Rig, startRig, until } from './fakes.ts';

const STREAM = '/live/abc/v0/stream.m3u8';
let rig: Rig;

beforeEach(async () => {
  rig = await startRig();
});

afterEach(async () => {
  vi.useRealTimers();
  await closeEmpty(rig);
});

const held = (count: number): Promise<void> => until(() => rig.server.load.heldRequests === count);

describe('the first playlist', () => {
  it('is held until there are three segments', async () => {
    rig.session.output.publish(livePlaylist(0, 2, 4));
    const reply = ask(rig, STREAM);
    await held(1);
    rig.session.output.publish(livePlaylist(0, 3, 0));
    expect((await reply).text).toContain('s2.m4s');
  });

  it('is given at once when the stream has ended sooner', async () => {
    rig.session.output.publish(endedPlaylist(0, 1));
    expect((await ask(rig, STREAM)).text).toContain('#EXT-X-ENDLIST');
  });

  it.each([
    [1, 200, 's0.m4s'],
    [0, 503, 'PLAYLIST_NOT_READY'],
  ])('with %i segments is answered %i after three target durations', async (segments, status, text) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    rig.session.output.publish(livePlaylist(0, segments, 1));
    const pending = ask(rig, STREAM);
    await spin(() => rig.server.load.heldRequests === 1);
    vi.advanceTimersByTime(2_999);
    expect(rig.server.load.heldRequests).toBe(1);
    vi.advanceTimersByTime(1 + DEADLINE_STEP_MS);
    const reply = await pending;
    expect(reply.status).toBe(status);
    expect(reply.text).toContain(text);
    if (status === 503) expect(reply.headers).toMatchObject({ 'retry-after': '1', 'cache-control': 'no-store' });
  });
});

describe('a blocking reload', () => {
  it.each([
    ['_HLS_msn=4&_HLS_part=2', livePlaylist(0, 4, 3)],
    ['_HLS_msn=4', livePlaylist(0, 5, 0)],
    ['_HLS_msn=3&_HLS_part=9', livePlaylist(0, 4, 1)],
    ['_HLS_msn=5&_HLS_part=0', livePlaylist(0, 5, 1)],
  ])('%s is held until that is published', async (query, published) => {
    const start = query.includes('msn=3') ? livePlaylist(0, 4, 0) : livePlaylist(0, 4, 2);
    rig.session.output.publish(start);
    const reply = ask(rig, `${STREAM}?${query}`);
    await held(1);
    rig.session.output.publish(start);
    await held(1);
    rig.session.output.publish(published);
    expect((await reply).text).toBe(renderMediaPlaylist(published));
  });

  it('past the parts its segment turned out to have is held for the next segment', async () => {
    const reply = ask(rig, `${STREAM}?_HLS_msn=4&_HLS_part=5`);
    await held(1);
    rig.session.output.publish(livePlaylist(0, 5, 0));
    await held(1);
    rig.session.output.publish(livePlaylist(0, 5, 1));
    expect((await reply).text).toContain('p25.m4s');
  });

  it.each(['_HLS_msn=0', '_HLS_msn=3&_HLS_part=4', '_HLS_msn=2&_HLS_part=99', '_HLS_msn=4&_HLS_part=1'])(
    '%s is there, and answered at once',
    async (query) => {
      expect((await ask(rig, `${STREAM}?${query}`)).text).toBe(renderMediaPlaylist(livePlaylist(0, 4, 2)));
    },
  );

  it.each([
    '_HLS_part=0',
    '_HLS_msn=',
    '_HLS_msn',
    '_HLS_msn=abc',
    '_HLS_msn=-1',
    '_HLS_msn=1e3',
    '_HLS_msn=0x10',
    '_HLS_msn=1.5',
    '_HLS_msn=%00',
    '_HLS_msn=1;2',
    '_HLS_msn=4&_HLS_msn=4',
    '_HLS_msn=99999999999999999999999',
    '_HLS_msn=4&_HLS_part=x',
    '_HLS_skip=NO',
    '_HLS_msn=6',
    '_HLS_msn=999999999999999',
    '_HLS_msn=4&_HLS_part=500',
    '_HLS_msn=4&_HLS_part=17',
    '_HLS_msn=5&_HLS_part=15',
  ])('%s is a bad request', async (query) => {
    const reply = await ask(rig, `${STREAM}?${query}`);
    expect([reply.status, JSON.parse(reply.text).code]).toEqual([400, 'REQUEST_INVALID']);
    expect(reply.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'content-type': 'application/problem+json; charset=utf-8',
    });
  });

  it('may reach as far as the Advance Part Limit', async () => {
    const open = leaveOpen(rig, `${STREAM}?_HLS_msn=4&_HLS_part=16`);
    await held(1);
    open.close();
    await held(0);
  });

  it('ends in 503 after three target durations, never in an unchanged playlist', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const pending = ask(rig, `${STREAM}?_HLS_msn=4&_HLS_part=2`);
    await spin(() => rig.server.load.heldRequests === 1);
    vi.advanceTimersByTime(3_000 + DEADLINE_STEP_MS);
    const reply = await pending;
    expect([reply.status, JSON.parse(reply.text).code, reply.headers['retry-after']]).toEqual([
      503,
      'PLAYLIST_STALLED',
      '1',
    ]);
  });

  it('is released by the end, and directives are ignored from then on', async () => {
    const pending = ask(rig, `${STREAM}?_HLS_msn=4&_HLS_part=2`);
    await held(1);
    rig.session.output.publish(endedPlaylist(0, 4));
    expect((await pending).text).toContain('#EXT-X-ENDLIST');
    expect((await ask(rig, `${STREAM}?_HLS_msn=900&_HLS_skip=YES`)).text).toBe(
      renderMediaPlaylist(endedPlaylist(0, 4)),
    );
  });

  it('is answered 404 when the session is deleted', async () => {
    const pending = ask(rig, `${STREAM}?_HLS_msn=4`);
    await held(1);
    rig.session.output.closed = true;
    rig.session.output.publish();
    expect((await pending).status).toBe(404);
    expect((await ask(rig, STREAM)).status).toBe(404);
  });

  it('of a playlist without parts blocks by segments, and takes no notice of parts', async () => {
    rig.session.output.publish(plainPlaylist(0, 4));
    const pending = ask(rig, `${STREAM}?_HLS_msn=4&_HLS_part=70`);
    await held(1);
    rig.session.output.publish(plainPlaylist(0, 5));
    expect((await pending).text).toContain('s4.m4s');
  });

  it('gives a delta update when asked', async () => {
    rig.session.output.publish(livePlaylist(0, 12, 0));
    const reply = await ask(rig, `${STREAM}?_HLS_msn=11&_HLS_skip=v2`);
    expect(reply.text).toBe(renderMediaPlaylist(livePlaylist(0, 12, 0), { skip: true }));
    expect(reply.text).toContain('SKIPPED-SEGMENTS=6');
  });

  it('of many is one subscription and one text', async () => {
    const pending = Array.from({ length: 300 }, () => ask(rig, `${STREAM}?_HLS_msn=4&_HLS_part=2`));
    const leavers = Array.from({ length: 50 }, () => leaveOpen(rig, `${STREAM}?_HLS_msn=4&_HLS_part=2`));
    await held(350);
    expect(rig.session.output.listeners.size).toBe(1);
    for (const leaver of leavers) leaver.close();
    await held(300);
    expect((await ask(rig, STREAM)).status).toBe(200);
    rig.session.output.publish(livePlaylist(0, 4, 3));
    const replies = await Promise.all(pending);
    expect(new Set(replies.map((reply) => `${reply.status} ${reply.text}`))).toEqual(
      new Set([`200 ${renderMediaPlaylist(livePlaylist(0, 4, 3))}`]),
    );
    expect(rig.session.output.listeners.size).toBe(0);
  });

  it('is answered 503 when the server closes', async () => {
    const pending = ask(rig, `${STREAM}?_HLS_msn=4`);
    await held(1);
    await rig.server.close();
    const reply = await pending;
    expect([reply.status, JSON.parse(reply.text).code, reply.headers.connection]).toEqual([
      503,
      'SHUTTING_DOWN',
      'close',
    ]);
  });
});

describe('held requests are bounded', () => {
  it.each([
    ['in all', { heldRequests: 1 }],
    ['per address and session', { heldPerAddress: 1, exemptLoopback: false }],
  ])('%s', async (_case, limits) => {
    const small = await startRig({ limits });
    const open = leaveOpen(small, `${STREAM}?_HLS_msn=4`);
    await until(() => small.server.load.heldRequests === 1);
    const refused = await ask(small, `${STREAM}?_HLS_msn=4`);
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '5']);
    small.session.output.resources.set('v0/p22.m4s', 'awaited');
    expect((await ask(small, '/live/abc/v0/p22.m4s')).status).toBe(503);
    open.close();
    await until(() => small.server.load.heldRequests === 0);
    await small.server.close();
  });
});

/** Lets real sockets work while timers are fake. */
async function spin(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 100_000 && !holds(); turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
