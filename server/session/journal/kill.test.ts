import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { renderMediaPlaylist } from '../../playlist/media-playlist.ts';
import { random } from '../join-media.ts';
import { readResource } from '../read-resource.ts';
import type { Session } from '../session.ts';
import type { SessionOptions } from '../types.ts';
import { bytesOf, heard, JournaledRig, wantedPcm } from './journaled-rig.ts';
import { ownTimers } from './test-time.ts';

const running: JournaledRig[] = [];

async function start(): Promise<JournaledRig> {
  const rig = await JournaledRig.start();
  running.push(rig);
  return rig;
}

async function kill(rig: JournaledRig): Promise<JournaledRig> {
  const next = await rig.killed();
  running.push(next);
  // What the other one would still do is no business of ours.
  await rig.stop();
  await next.flush();
  return next;
}

beforeEach(ownTimers);

afterEach(async () => {
  for (const rig of running.splice(0).reverse()) {
    await rig.stop();
    await rig.remove();
  }
  vi.useRealTimers();
});

function watch(session: Session, rig: JournaledRig): void {
  session.output.watch(rig.clock.now(), 'somebody');
}

type Shown = {
  readonly text: string;
  readonly entries: ReadonlyMap<number, string>;
  readonly bytes: ReadonlyMap<string, string>;
  readonly events: readonly string[];
};

/** All that a player and a reader of events have seen of a session. */
async function shownBy(session: Session): Promise<Shown> {
  const bytes = new Map<string, string>();
  for (const rendition of ['v0', 'subs']) {
    const playlist = session.output.playlist(rendition);
    const segments = playlist?.segments ?? [];
    const parts = [...segments.flatMap((segment) => segment.parts), ...(playlist?.open?.parts ?? [])];
    for (const { uri } of [...segments, ...parts]) {
      const resource = session.output.resource(rendition, uri);
      const etag = resource === undefined || resource === 'awaited' ? resource : resource.etag;
      bytes.set(`${rendition}/${uri}`, `${etag} ${(await readResource(resource))?.toString('base64')}`);
    }
  }
  const playlist = session.output.playlist('v0');
  const events = session.events.since(0).map((event) => JSON.stringify(event));
  return { text: playlist ? renderMediaPlaylist(playlist) : '', entries: entriesOf(session), bytes, events };
}

/** Entries of complete segments with all that is listed for them, by media sequence number. */
function entriesOf(session: Session): Map<number, string> {
  const playlist = session.output.playlist('v0');
  const first = playlist?.mediaSequence ?? 0;
  return new Map((playlist?.segments ?? []).map((segment, at) => [first + at, JSON.stringify(segment)]));
}

async function expectSame(after: Session, shown: Shown): Promise<void> {
  const now = await shownBy(after);
  for (const [name, body] of shown.bytes) expect([name, now.bytes.get(name)]).toEqual([name, body]);
  for (const [msn, entry] of shown.entries) expect([msn, now.entries.get(msn)]).toEqual([msn, entry]);
  expect(now.events.slice(0, shown.events.length)).toEqual(shown.events);
  expect(after.events.since(0).map(({ seq }) => seq)).toEqual(now.events.map((_, at) => at + 1));
}

const LONG: SessionOptions = { window: 3_600 };

test('a chunk on air goes on with its next frame and sample, after filler', async () => {
  let rig = await start();
  const session = await rig.open('one', LONG);
  watch(session, rig);
  rig.say(session, 'a100');
  await rig.advance(1_430);
  const shown = await shownBy(session);
  rig.clock.nowMs += 3_000;
  rig = await kill(rig);
  const after = rig.session('one');
  watch(after, rig);
  await rig.flush();
  await expectSame(after, shown);
  await rig.advance(9_000);
  const { frames, pcm } = await heard(after);
  expect(frames.filter((name) => name.startsWith('a'))).toEqual(Array.from({ length: 100 }, (_, at) => `a${at}`));
  expect(frames.findLastIndex((name) => name.startsWith('~')) - frames.lastIndexOf('a99')).toBeGreaterThan(0);
  // The first stretch ends in filler, and begins in it again.
  const cut = frames.findIndex((name, at) => name.startsWith('~') && frames[at - 1]?.startsWith('a'));
  expect(cut).toBeLessThan(frames.indexOf('a99'));
  expect(pcm).toEqual(wantedPcm(frames, pcm.length));
  expect(after.status().chunks).toEqual({ accepted: 1, published: 1, failed: 0, dropped: 0 });
  expect(after.events.since(0).filter(({ type }) => type === 'chunk.published')).toHaveLength(1);
  expect(after.events.since(0).filter(({ type }) => type === 'turn.completed')).toMatchObject([
    { outcome: 'completed' },
  ]);
});

test('an idle session is by the clock where it would be, byte for byte, and wrote nothing', async () => {
  const rig = await start();
  const session = await rig.open('one', { window: 20 });
  watch(session, rig);
  await rig.advance(5_000);
  const left = await rig.killed();
  running.push(left);
  rig.clock.nowMs += 3_600_000;
  for (const each of [session, left.session('one')]) watch(each, rig);
  await left.flush();
  const [one, other] = await Promise.all([shownBy(session), shownBy(left.session('one'))]);
  expect(other.text).toBe(one.text);
  expect(other.bytes).toEqual(one.bytes);
});

test('what left the window lately can still be had', async () => {
  const rig = await start();
  const session = await rig.open('one', { window: 20 });
  watch(session, rig);
  await rig.advance(60_000);
  watch(session, rig);
  const first = session.output.playlist('v0')?.segments[0]?.uri ?? '';
  const bytes = await bytesOf(session.output, first);
  rig.clock.nowMs += 2_000;
  const next = await kill(rig);
  watch(next.session('one'), next);
  expect(await bytesOf(next.session('one').output, first)).toEqual(bytes);
});

describe.each([
  ['live', 'idle'],
  ['live', 'hold'],
  ['live', 'none'],
  ['asap', 'idle'],
] as const)('random talk (%s, %s filler)', (pacing, filler) => {
  test.each([1, 2, 3, 4])(
    'and kills at random moments: all is heard once, and nothing that was shown changes (%i)',
    async (seed) => {
      const next = random(seed * 7_919);
      let rig = await start();
      let session = await rig.open('one', { pacing, filler, ...LONG });
      const said: string[] = [];
      for (let round = 0; round < 8; round++) {
        watch(session, rig);
        rig.encoder.slowAfter = next() < 0.3 ? Math.floor(next() * 80) : Number.POSITIVE_INFINITY;
        for (let count = Math.floor(next() * 3); count > 0; count--) {
          const text = `${String.fromCharCode(97 + said.length)}${1 + Math.floor(next() * 120)}`;
          said.push(text);
          rig.say(session, text);
        }
        await rig.advance(Math.floor(next() * 4_000));
        if (next() < 0.5) rig.encoder.release();
        await rig.advance(Math.floor(next() * 1_500));
        if (next() < 0.6) continue;
        const shown = await shownBy(session);
        rig.clock.nowMs += Math.floor(next() * 5_000);
        rig = await kill(rig);
        session = rig.session('one');
        watch(session, rig);
        await rig.flush();
        await expectSame(session, shown);
      }
      rig.encoder.slowAfter = Number.POSITIVE_INFINITY;
      rig.encoder.release();
      session.end();
      for (let second = 0; second < 120 && session.status().state !== 'ended'; second++) {
        watch(session, rig);
        await rig.advance(1_000);
      }
      const { frames, pcm } = await heard(session);
      const wanted = said.flatMap((text) =>
        Array.from({ length: Number(text.slice(1)) }, (_, at) => `${text[0]}${at}`),
      );
      expect(frames.filter((name) => !name.startsWith('~'))).toEqual(wanted);
      expect(pcm).toEqual(wantedPcm(frames, pcm.length));
      expect(session.status()).toMatchObject({
        state: 'ended',
        chunks: { accepted: said.length, published: said.length },
      });
    },
  );
});

test('a chunk that is interrupted after a restart, before it goes on, ends where it was', async () => {
  let rig = await start();
  await rig.open('one', LONG);
  watch(rig.session('one'), rig);
  rig.say(rig.session('one'), 'a100');
  rig.say(rig.session('one'), 'b50');
  await rig.advance(1_430);
  rig = await kill(rig);
  const session = rig.session('one');
  const out = (await heard(session)).frames.filter((name) => name.startsWith('a')).length;
  expect(session.interrupt()).toMatchObject({ droppedChunks: 1 });
  await rig.flush();
  const next = await kill(rig);
  const after = next.session('one');
  watch(after, next);
  next.say(after, 'c30');
  await next.advance(6_000);
  const { frames } = await heard(after);
  const names = (name: string, count: number) => Array.from({ length: count }, (_, at) => `${name}${at}`);
  expect(frames.filter((name) => !name.startsWith('~'))).toEqual([...names('a', out), ...names('c', 30)]);
  expect(after.status().chunks).toEqual({ accepted: 3, published: 2, failed: 0, dropped: 1 });
  const events = after.events.since(0);
  const interrupted = events.find(({ type }) => type === 'interrupted');
  expect(interrupted).toMatchObject({ chunk: { index: 0, state: 'published' }, turns: ['turn-a100', 'turn-b50'] });
  expect(
    events.filter(({ type }) => type === 'turn.completed').map(({ turn, outcome }) => `${turn} ${outcome}`),
  ).toEqual(['turn-a100 interrupted', 'turn-b50 interrupted', 'turn-c30 completed']);
  expect(() => after.joinTurn('turn-a100')).toThrow('turn turn-a100 was interrupted');
});
