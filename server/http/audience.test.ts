import { get } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { FAILURE_KINDS, StreamError } from '../errors.ts';
import type { SessionEvent } from '../session/types.ts';
import { ask, type Rig, startRig, until } from './fakes.ts';
import { problemOf } from './problem.ts';
import { publicEvent, publicProblem } from './public-reason.ts';

const KEY = 'a-key-that-is-long-enough';
const INSIDE = 'connect ECONNREFUSED 10.1.2.3:11434 /srv/models/secret.gguf Traceback (most recent call last)';
const REASON = { code: 'LLM_FAILED', kind: 'unreachable', detail: INSIDE, provider: { host: INSIDE } };
const SHORT = { code: 'LLM_FAILED', kind: 'unreachable', detail: "It can't be reached." };

let rig: Rig;
afterEach(() => rig.server.close());

async function start(access: { apiKey?: string; playbackSecret?: string }): Promise<void> {
  rig = await startRig({ access: { playbackHours: 24, ...access } });
  rig.session.events.add('degraded', { turn: 't', stage: 'llm', to: 'apology', reason: REASON });
  rig.session.events.add('chunk.failed', { chunk: { id: 'c' }, reason: { code: 'ENCODER_FAILED', detail: INSIDE } });
  rig.session.events.add('waiting', { turn: 't', stage: 'llm', kind: 'loading' });
}

const withKey = { Authorization: `Bearer ${KEY}` };

async function tokenQuery(headers: Record<string, string>): Promise<string> {
  const reply = await ask(rig, '/v1/sessions/abc', { headers });
  return new URL(JSON.parse(reply.text).eventsUrl).search;
}

/** The first three events of the session. */
function eventsFor(headers: Record<string, string> = {}, query = ''): Promise<SessionEvent[]> {
  const { promise, resolve, reject } = Promise.withResolvers<SessionEvent[]>();
  const path = `/v1/sessions/abc/events${query}`;
  const req = get({ port: rig.port, host: '127.0.0.1', path, headers, agent: false }, (res) => {
    let text = '';
    res.on('data', (piece) => {
      text += String(piece);
      const events = [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? '') as SessionEvent);
      if (events.length < 3) return;
      resolve(events);
      req.destroy();
    });
    res.on('error', () => undefined);
  });
  req.on('error', reject);
  return promise;
}

describe('the reasons of failures', () => {
  it('reach a viewer by their kind alone, and who has the key as they are', async () => {
    await start({ apiKey: KEY, playbackSecret: 'secret' });
    const viewed = await eventsFor({}, await tokenQuery(withKey));
    expect(viewed.map(({ reason }) => reason)).toEqual([
      SHORT,
      { code: 'ENCODER_FAILED', detail: 'The media could not be encoded.' },
      undefined,
    ]);
    expect(JSON.stringify(viewed)).not.toMatch(/10\.1\.2\.3|secret|Traceback/);
    // Of the same events, read by both in turn.
    const called = await eventsFor(withKey);
    expect(called[0]?.reason).toEqual(REASON);
    expect(called[1]?.reason).toMatchObject({ detail: INSIDE });
    expect((await eventsFor({}, await tokenQuery(withKey)))[0]?.reason).toEqual(SHORT);
    await until(() => rig.server.load.eventStreams === 0);
  });

  it('reach who has a token and the key as they are', async () => {
    await start({ apiKey: KEY });
    expect((await eventsFor(withKey, await tokenQuery(withKey)))[0]?.reason).toEqual(REASON);
    expect((await eventsFor({}, await tokenQuery(withKey)))[0]?.reason).toEqual(SHORT);
    const token = new URLSearchParams(await tokenQuery(withKey)).get('token');
    expect((await eventsFor({ Authorization: `Bearer ${token}` }))[0]?.reason).toEqual(SHORT);
  });

  it('reach who comes with a token where no key is wanted as they reach any viewer', async () => {
    await start({ playbackSecret: 'secret' });
    expect((await eventsFor({}, await tokenQuery({})))[0]?.reason).toEqual(SHORT);
  });

  it('reach everybody as they are where everybody may call the API', async () => {
    await start({});
    expect((await eventsFor())[0]?.reason).toEqual(REASON);
  });

  it('that an earlier server told, without a kind, are hidden, too', () => {
    const event = { seq: 1, at: '', type: 'degraded', reason: { code: 'SPEECH_FAILED', detail: INSIDE } } as const;
    expect(publicEvent(event)).toEqual({ ...event, reason: { code: 'SPEECH_FAILED', detail: 'The voice failed.' } });
    for (const reason of [INSIDE, null, 5, { code: INSIDE, kind: INSIDE, detail: INSIDE }, [INSIDE]])
      expect(publicEvent({ ...event, reason })).toEqual({
        ...event,
        reason: { code: 'INTERNAL', detail: "It failed; the server's log says why." },
      });
    const harmless = { seq: 1, at: '', type: 'sentence', text: 'x' } as const;
    expect(publicEvent(harmless)).toBe(harmless);
  });

  it.each(FAILURE_KINDS)('of the kind %s have a sentence', (kind) => {
    const { reason } = publicEvent({
      seq: 1,
      at: '',
      type: 'degraded',
      reason: { code: 'LLM_FAILED', kind, detail: 'x' },
    });
    expect(reason).toMatchObject({ code: 'LLM_FAILED', kind, detail: expect.stringMatching(/^It.*\.$/) });
  });
});

describe('a problem', () => {
  it.each(['ENCODER_FAILED', 'STORAGE_FULL', 'INTERNAL', 'MEDIA_UNSUPPORTED', 'SPEECH_FAILED'] as const)(
    'with %s tells a viewer nothing of what is inside',
    (code) => {
      const shown = publicProblem(problemOf(new StreamError(code, INSIDE)));
      expect(shown.code).toBe(code);
      expect(JSON.stringify(shown)).not.toContain('10.1.2.3');
    },
  );

  it.each(['PLAYLIST_NOT_READY', 'CLIENT_LIMIT', 'NOT_FOUND', 'REQUEST_INVALID'] as const)(
    'with %s is as it is',
    (code) => {
      const told = problemOf(new StreamError(code, 'as it is'));
      expect(publicProblem(told)).toBe(told);
    },
  );

  it('of a recording that could not be written names no file', async () => {
    await start({});
    rig.session.recording = () => Promise.reject(new StreamError('ENCODER_FAILED', INSIDE));
    const reply = await ask(rig, '/live/abc/recording.mp4');
    expect([reply.status, JSON.parse(reply.text)]).toMatchObject([500, { code: 'ENCODER_FAILED' }]);
    expect(reply.text).not.toContain('10.1.2.3');
    // All of it is in the log.
    expect(JSON.stringify(rig.errors, (_, value) => (value instanceof Error ? value.message : value))).toContain(
      INSIDE,
    );
  });
});

describe('/readyz', () => {
  it('tells a stranger whether all works, and who has the key why', async () => {
    await start({ apiKey: KEY });
    const stranger = await ask(rig, '/readyz');
    expect([stranger.status, JSON.parse(stranger.text)]).toEqual([
      200,
      { ready: true, encoder: { name: 'libx264' }, storage: {} },
    ]);
    expect(JSON.parse((await ask(rig, '/readyz', { headers: withKey })).text).encoder.reason).toBe('test');
  });

  it('tells everybody everything where everybody may call the API', async () => {
    await start({});
    expect(JSON.parse((await ask(rig, '/readyz')).text).encoder.reason).toBe('test');
  });
});
