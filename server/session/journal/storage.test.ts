import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeClock } from '../fakes.ts';
import { readResource } from '../read-resource.ts';
import { SegmentStore } from '../segment-store.ts';
import type { Session } from '../session.ts';
import { decodeJournal } from './journal-line.ts';
import { bytesOf, heard, JournaledRig, wantedPcm } from './journaled-rig.ts';
import { readJournal } from './read-saved.ts';
import { readEarlierState } from './server-state.ts';
import { ownTimers, passTimers, timersThrough, timersUntil } from './test-time.ts';
import { TroubledDisk } from './troubled-disk.ts';

let disk: TroubledDisk;
let rig: JournaledRig;
const others: JournaledRig[] = [];

beforeEach(async () => {
  ownTimers();
  disk = new TroubledDisk();
  rig = await JournaledRig.start(new FakeClock(), disk);
});

afterEach(async () => {
  Object.assign(disk, { fails: undefined, stuck: undefined, slowMs: 0 });
  for (const each of others.splice(0)) await each.stop();
  await timersThrough(rig.stop());
  await rig.remove();
  vi.useRealTimers();
});

async function killed(): Promise<JournaledRig> {
  const { isDoubtful } = await readEarlierState(rig.directory);
  const next = await rig.killed(undefined, isDoubtful);
  others.push(next);
  await next.flush();
  return next;
}

function watch(session: Session): void {
  session.output.watch(rig.clock.now(), 'somebody');
}

const names = (name: string, count: number): string[] => Array.from({ length: count }, (_, at) => `${name}${at}`);
const spoken = async (session: Session): Promise<string[]> =>
  (await heard(session)).frames.filter((name) => !name.startsWith('~'));

describe.each(['ENOSPC', 'EROFS', 'EIO', 'EDQUOT'])('a disk that says %s', (code) => {
  test('refuses what is new, lets what runs go on, and has it all when there is room again', async () => {
    const session = await rig.open('one', { window: 600 });
    watch(session);
    rig.say(session, 'a60');
    await rig.advance(1_000);
    disk.fails = code;
    await rig.advance(4_000);
    expect(await spoken(session)).toEqual(names('a', 60));
    expect(() => session.assertTakes(undefined)).toThrow(`nothing can be stored now (${code}`);
    await expect(rig.open('two')).rejects.toMatchObject({ code: 'STORAGE_FULL' });
    expect(rig.sessions.size).toBe(1);
    // Accepted in the moment before anybody knew: what runs is served from memory.
    rig.say(session, 'b30');
    watch(session);
    await rig.advance(4_000);
    expect(await spoken(session)).toEqual([...names('a', 60), ...names('b', 30)]);
    const events = session.events.since(0);
    expect(events.filter(({ type }) => type === 'chunk.published')).toHaveLength(2);
    expect(rig.data.storage.health.fault).toMatchObject({ code });

    disk.fails = undefined;
    await timersUntil(() => rig.data.storage.health.fault === undefined);
    await rig.flush();
    await session.synced();
    session.assertTakes(undefined);
    const shown = await heard(session);
    const read = await readJournal(new SegmentStore(join(rig.directory, 'one')));
    expect(read?.session.stream.state.stored.length).toBeGreaterThan(3);
    const after = (await killed()).session('one');
    watch(after);
    await others[0]?.flush();
    const { frames, pcm } = await heard(after);
    expect(frames.slice(0, shown.frames.length)).toEqual(shown.frames);
    expect(pcm).toEqual(wantedPcm(frames, pcm.length));
    expect(after.events.since(0).slice(0, events.length)).toEqual(events);
  });
});

test('a crash while nothing can be stored leaps over what was shown meanwhile', async () => {
  const session = await rig.open('one', { window: 600 });
  watch(session);
  await rig.advance(2_000);
  // The state fits into its place, though nothing else does.
  const { write } = disk;
  disk.write = async (...call) => {
    if (!call[0].endsWith('.state')) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    await write.apply(disk, call);
  };
  rig.say(session, 'a60');
  await rig.advance(6_000);
  expect(await spoken(session)).toEqual(names('a', 60));
  const shown = session.output.playlist('v0');
  expect(await readEarlierState(rig.directory)).toMatchObject({ isDoubtful: true });
  const after = (await killed()).session('one');
  disk.write = write;
  watch(after);
  await others[0]?.flush();
  const playlist = after.output.playlist('v0');
  expect(playlist?.mediaSequence).toBeGreaterThan((shown?.mediaSequence ?? 0) + (shown?.segments.length ?? 0));
  expect(after.events.since(0)[0]?.seq ?? Number.POSITIVE_INFINITY).toBeGreaterThan(session.events.lastSeq);
});

test('what is too much to be kept for a full disk is gone with the window, and never served in part', async () => {
  const session = await rig.open('one', { window: 60 });
  watch(session);
  await rig.advance(1_000);
  rig.say(session, 'a30');
  disk.fails = 'ENOSPC';
  rig.say(session, 'B120');
  rig.say(session, 'c30');
  await rig.advance(10_000);
  expect(await spoken(session)).toEqual([...names('a', 30), ...names('B', 120), ...names('c', 30)]);
  disk.fails = undefined;
  await timersUntil(() => rig.data.storage.health.fault === undefined);
  await rig.flush();
  await session.synced();
  // Whoever watches is shown it, as long as it is listed.
  watch(session);
  await rig.advance(12_000);
  expect(await spoken(session)).toEqual([...names('a', 30), ...names('B', 120), ...names('c', 30)]);

  const after = (await killed()).session('one');
  watch(after);
  await others[0]?.flush();
  const playlist = session.output.playlist('v0');
  const there = new Set<string>();
  const gone: string[] = [];
  for (const { uri, parts } of playlist?.segments ?? []) {
    const whole = await readResource(after.output.resource('v0', uri));
    if (!whole) gone.push(uri);
    else expect(whole.equals(await bytesOf(session.output, uri))).toBe(true);
    for (const part of parts) {
      const bytes = await readResource(after.output.resource('v0', part.uri));
      expect(bytes !== undefined).toBe(whole !== undefined);
      if (whole) there.add(part.uri);
    }
  }
  // 48 MB came, 32 MiB were kept.
  expect(gone.length).toBeGreaterThan(1);
  expect(gone.length).toBeLessThan(6);
  expect(there.size).toBeGreaterThan(20);
  const read = await readJournal(new SegmentStore(join(rig.directory, 'one')));
  const stored = read?.session.stream.state.stored.map(([msn]) => `s${msn}.m4s`);
  expect(stored?.filter((uri) => gone.includes(uri))).toEqual([]);
  expect(stored?.length).toBeGreaterThan(3);
});

test('what runs for long while nothing can be stored takes no more memory than its state', async () => {
  const session = await rig.open('one', { window: 60 });
  disk.fails = 'ENOSPC';
  for (let count = 0; count < 6_000; count++) {
    session.noteAnswer('say', `key-${count}`, { count });
    if (count % 100 === 0) await rig.flush();
  }
  disk.fails = undefined;
  await timersUntil(() => rig.data.storage.health.fault === undefined);
  await rig.flush();
  await session.synced();
  const { batches } = decodeJournal(await readFile(join(rig.directory, 'one', 'journal')));
  expect(batches[0]?.records[0]?.t).toBe('snapshot');
  const read = await readJournal(new SegmentStore(join(rig.directory, 'one')));
  expect([...(read?.session.keys.say.keys() ?? [])]).toEqual(
    Array.from({ length: 1_000 }, (_, at) => `key-${5_000 + at}`),
  );
});

test('what a stuck disk does not take is shown all the same, and it is noted that this is so', async () => {
  const session = await rig.open('one', { window: 600 });
  watch(session);
  await rig.advance(2_000);
  const gate = Promise.withResolvers<void>();
  disk.stuck = gate.promise;
  rig.say(session, 'a60');
  await rig.clock.advance(1_000);
  const told = () => session.events.since(0).some(({ type }) => type === 'chunk.published');
  expect(told()).toBe(false);
  expect(await spoken(session)).toEqual([]);
  await timersUntil(told);
  expect((await spoken(session)).length).toBeGreaterThan(0);
  gate.resolve();
  disk.stuck = undefined;
  await rig.advance(5_000);
  expect(await readEarlierState(rig.directory)).toMatchObject({ isDoubtful: true });
  expect(await spoken(session)).toEqual(names('a', 60));
  await rig.stop();
  expect(await readEarlierState(rig.directory)).toMatchObject({ isDoubtful: false, stopped: true });
});

/**
 * Lets time pass on the session's clock and for the disk, which takes no time but its own, and looks at the playlist all the while.
 *
 * @returns when it was another one, in ms of the session's clock.
 */
async function watchPlaylist(session: Session, ms: number): Promise<number[]> {
  const changes: number[] = [];
  for (let last: unknown, passed = 0; passed < ms; passed += 10) {
    await passTimers(10, disk);
    await rig.clock.advance(10);
    const shown = session.output.playlist('v0');
    if (shown !== last) changes.push(rig.clock.now());
    last = shown;
  }
  return changes;
}

test.each([100, 300])('a disk that takes %i ms for each call holds nothing up', async (slowMs) => {
  const session = await rig.open('one', { window: 600 });
  watch(session);
  await rig.advance(2_000);
  disk.slowMs = slowMs;
  rig.say(session, 'a60');
  rig.say(session, 'b60');
  const changes = await watchPlaylist(session, 5_600);
  expect(await spoken(session)).toEqual([...names('a', 60), ...names('b', 60)]);
  const gaps = changes.slice(1).map((at, index) => at - (changes[index] ?? 0));
  gaps.sort((a, b) => a - b);
  // A part is 200 ms long. Once, the patience may run out, and as much again until that is noted.
  expect(gaps[Math.floor(gaps.length / 2)]).toBeLessThan(260);
  expect(gaps.at(-2)).toBeLessThan(700);
  expect(gaps.at(-1)).toBeLessThan(1_200);
});

test('asap sessions show nothing that is not on disk, however long it takes', async () => {
  const session = await rig.open('one', { pacing: 'asap' });
  watch(session);
  const gate = Promise.withResolvers<void>();
  disk.stuck = gate.promise;
  rig.say(session, 'a300');
  await rig.clock.advance(1_000);
  await passTimers(60_000, disk);
  expect(session.output.playlist('v0')?.segments).toEqual([]);
  gate.resolve();
  disk.stuck = undefined;
  await rig.advance(1_000);
  expect(session.output.playlist('v0')?.segments.length).toBeGreaterThan(2);
});

test('a journal that has grown is written anew, and says the same', async () => {
  const session = await rig.open('one', { window: 20 });
  watch(session);
  for (let round = 0; round < 12; round++) {
    rig.say(session, `${String.fromCharCode(97 + round)}30`);
    for (let count = 0; count < 150; count++)
      session.noteAnswer('turn', `${round} ${count} ${'x'.repeat(150)}`, { turn: 'y' });
    watch(session);
    await rig.advance(3_000);
  }
  await session.synced();
  const text = decodeJournal(await readFile(join(rig.directory, 'one', 'journal')));
  expect(text.batches[0]?.records[0]?.t).toBe('snapshot');
  expect(text.batches.map(({ number }) => number)).toEqual(
    text.batches.map((_, at) => (text.batches[0]?.number ?? 0) + at),
  );
  const shown = await heard(session);
  const before = session.events.since(0);
  const after = (await killed()).session('one');
  watch(after);
  await others[0]?.flush();
  expect((await heard(after)).frames.slice(0, shown.frames.length)).toEqual(shown.frames);
  expect(after.events.since(0)).toEqual(before);
  expect(after.status().chunks).toEqual(session.status().chunks);
});

test('an idle session writes nothing', async () => {
  const session = await rig.open('one');
  watch(session);
  await rig.advance(2_000);
  const before = disk.writes;
  await rig.advance(60_000);
  watch(session);
  await rig.advance(3_600_000);
  watch(session);
  await rig.advance(5_000);
  // But for the server's own sign of life.
  expect(disk.writes - before).toBeLessThanOrEqual(3);
});
