import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FakeClock } from '../fakes.ts';
import { random } from '../join-media.ts';
import { renditionName } from '../playlist-view.ts';
import { SegmentStore } from '../segment-store.ts';
import type { Session } from '../session.ts';
import { copyAsLeft, heard, JournaledRig, wantedPcm } from './journaled-rig.ts';
import { readJournal, segmentSizes } from './read-saved.ts';
import { ownTimers, passTimers, timersThrough } from './test-time.ts';
import { TroubledDisk } from './troubled-disk.ts';

/** Longer than anything is waited for, in ms. */
const LATE_MS = 450;

let disk: TroubledDisk;
let rig: JournaledRig;
let gate: PromiseWithResolvers<void> | undefined;
const others: JournaledRig[] = [];

beforeEach(async () => {
  ownTimers();
  disk = new TroubledDisk();
  rig = await JournaledRig.start(new FakeClock(), disk);
});

afterEach(async () => {
  unstick();
  for (const each of others.splice(0)) await each.stop();
  await rig.stop();
  await rig.remove();
  vi.useRealTimers();
});

function stick(): void {
  if (disk.stuck) return;
  gate = Promise.withResolvers();
  disk.stuck = gate.promise;
}

function unstick(): void {
  disk.stuck = undefined;
  gate?.resolve();
}

/** Lets time pass on the session's clock and for timers, so that a stuck disk is late. */
async function passLate(ms: number, watched: readonly Session[]): Promise<void> {
  for (const session of watched) session.output.watch(rig.clock.now(), 'somebody');
  await rig.clock.advance(ms);
  await passTimers(LATE_MS);
  await timersThrough(Promise.all(watched.map((session) => session.written())));
  await rig.clock.advance(0);
}

async function killed(): Promise<JournaledRig> {
  const next = await rig.killed();
  others.push(next);
  await next.flush();
  return next;
}

/** Kills the server: what sessions have shown and told is how they begin at the next one. */
async function expectKept(...sessions: readonly Session[]): Promise<JournaledRig> {
  const shown = await Promise.all(
    sessions.map(async (session) => ({ session, ...(await heard(session)), ...told(session) })),
  );
  const next = await killed();
  for (const { session, frames, events, mediaSequence } of shown) {
    const after = next.session(session.id);
    after.output.watch(rig.clock.now(), 'somebody');
    await next.flush();
    const now = await heard(after);
    expect(frames.length).toBeGreaterThan(0);
    expect(now.frames.slice(0, frames.length)).toEqual(frames);
    expect(now.pcm).toEqual(wantedPcm(now.frames, now.pcm.length));
    expect(told(after).events.slice(0, events.length)).toEqual(events);
    expect(told(after).mediaSequence).toBe(mediaSequence);
  }
  return next;
}

function told({ events, output }: Session) {
  return { events: events.since(0), mediaSequence: output.playlist('v0')?.mediaSequence };
}

test('a server that is killed while the disk takes nothing loses nothing of what it showed', async () => {
  const session = await rig.open('one', { window: 600 });
  await rig.advance(2_000);
  stick();
  rig.say(session, 'a60');
  rig.say(session, 'b30');
  await passLate(1_000, [session]);
  expect((await heard(session)).frames).toContain('a5');
  await passLate(2_500, [session]);
  expect((await heard(session)).frames).toContain('b5');
  expect(rig.data.load).toMatchObject({ isWritable: true, late: 1 });
  expect(rig.data.load.redoBytes).toBeGreaterThan(1_000);
  await expectKept(session);
  unstick();
  await expect.poll(() => rig.data.load).toMatchObject({ late: 1, redoBytes: 0 });
});

test('a session that is the first to show a clip keeps that, too', async () => {
  const session = await rig.open('one', { filler: 'hold', window: 600 });
  await rig.advance(1_000);
  stick();
  rig.say(session, 'a30');
  await passLate(3_000, [session]);
  expect((await heard(session)).frames).toContain('a29');
  await expectKept(session);
});

test('without memory that outlives the server, it leaps', async () => {
  await rig.stop();
  await rig.remove();
  rig = await JournaledRig.start(new FakeClock(), disk, false);
  const session = await rig.open('one', { window: 600 });
  await rig.advance(2_000);
  stick();
  // Only the note gets through, as it does on most disks that are slow.
  const { write } = disk;
  disk.write = async (...call) => {
    if (call[0].endsWith('.state')) disk.stuck = undefined;
    await write.apply(disk, call);
    disk.stuck = gate?.promise;
  };
  rig.say(session, 'a60');
  await passLate(1_000, [session]);
  await passLate(500, [session]);
  const shown = session.output.playlist('v0');
  disk.write = write;
  const after = (await killed()).session('one');
  after.output.watch(rig.clock.now(), 'somebody');
  await others.at(-1)?.flush();
  const playlist = after.output.playlist('v0');
  expect(playlist?.mediaSequence).toBeGreaterThan((shown?.mediaSequence ?? 0) + (shown?.segments.length ?? 0));
});

test('a journal never tells of parts that the disk has not got, however far it had come with what was late', async () => {
  await rig.stop();
  await rig.remove();
  rig = await JournaledRig.start(new FakeClock(), disk, false);
  const session = await rig.open('one', { window: 600 });
  session.output.watch(rig.clock.now(), 'somebody');
  rig.say(session, 'b60');
  await rig.advance(2_600);
  stick();
  rig.say(session, 'a60');
  for (let round = 0; round < 3; round++) await passLate(600, [session]);
  // The journal is the faster: of the first write, that was on its way, and of all that came after it.
  const { write } = disk;
  const blocked = Promise.withResolvers<void>();
  disk.write = async (...call) => {
    if (!call[0].endsWith('/journal')) await blocked.promise;
    await write.apply(disk, call);
  };
  unstick();
  await delay(100);
  const left = `${rig.directory}-left`;
  await copyAsLeft(rig.directory, left);
  blocked.resolve();
  const store = new SegmentStore(join(left, 'one'));
  const read = await readJournal(store);
  const { segments = [] } = read?.session.stream.timeline.state ?? {};
  expect(segments.length).toBeGreaterThan(1);
  for (const segment of segments)
    for (const [rendition, sizeBytes] of segmentSizes(segment).entries()) {
      const bytes = await store.readSegment(renditionName(rendition), segment.msn);
      expect([segment.msn, bytes.byteLength]).toEqual([segment.msn, sizeBytes]);
    }
});

test('more than the memory holds is a leap of that session alone', async () => {
  const [one, two] = [await rig.open('one', { window: 600 }), await rig.open('two', { window: 600 })];
  await rig.advance(2_000);
  stick();
  rig.say(two, 'a60');
  // 400 kB a frame.
  rig.say(one, 'B120');
  await passLate(1_000, [one, two]);
  for (let round = 0; round < 3; round++) await passLate(1_500, [one, two]);
  const next = await expectKept(two);
  expect(next.session('one').output.playlist('v0')?.mediaSequence).not.toBe(one.output.playlist('v0')?.mediaSequence);
});

const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e6));
test(`whenever a disk that stalls again and again is left, nothing is lost (seed ${seed})`, async () => {
  const draw = random(seed);
  const sessions = [await rig.open('one', { window: 600 }), await rig.open('two', { filler: 'hold', window: 600 })];
  await rig.advance(1_000);
  for (let round = 0; round < 6; round++) {
    if (draw() < 0.7) stick();
    for (const session of sessions)
      if (draw() < 0.8) rig.say(session, `${String.fromCharCode(97 + round)}${5 + Math.floor(draw() * 40)}`);
    await passLate(200 + draw() * 1_500, sessions);
    if (draw() < 0.5) {
      await expectKept(...sessions);
      await others.pop()?.stop();
    }
    // What caught up must not be written over by what was kept of it.
    if (draw() < 0.5) {
      unstick();
      await rig.advance(draw() * 1_000);
    }
  }
});
