import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SegmentStore } from '../segment-store.ts';
import type { Session } from '../session.ts';
import { decodeJournal } from './journal-line.ts';
import { heard, JournaledRig } from './journaled-rig.ts';
import { readJournal } from './read-saved.ts';
import { replay } from './replay.ts';
import { ownTimers } from './test-time.ts';

let rig: JournaledRig;
const others: JournaledRig[] = [];

beforeEach(async () => {
  ownTimers();
  rig = await JournaledRig.start();
});

afterEach(async () => {
  for (const each of others.splice(0)) await each.stop();
  await rig.stop();
  await rig.remove();
  vi.useRealTimers();
});

async function killed(damage?: (directory: string) => Promise<void>, isDoubtful = false): Promise<JournaledRig> {
  const next = await rig.killed(damage, isDoubtful);
  others.push(next);
  await next.flush();
  return next;
}

function watch(session: Session): void {
  session.output.watch(rig.clock.now(), 'somebody');
}

const journalOf = (directory: string, id = 'one'): string => join(directory, id, 'journal');

/** A session that has said some things, and is saying one. */
async function talk(id = 'one'): Promise<Session> {
  const session = await rig.open(id, { window: 600 });
  watch(session);
  await rig.advance(1_000);
  rig.say(session, 'a40');
  await rig.advance(4_000);
  rig.say(session, 'b90');
  rig.say(session, 'c20');
  await rig.advance(1_500);
  return session;
}

async function expectGoesOn(next: JournaledRig, id = 'one'): Promise<void> {
  const session = next.session(id);
  watch(session);
  next.say(session, 'z25');
  await next.advance(12_000);
  const { frames } = await heard(session);
  expect(frames.filter((name) => name.startsWith('z'))).toEqual(Array.from({ length: 25 }, (_, at) => `z${at}`));
}

test('cut off at any byte, a journal can be read, and says what it said up to there', async () => {
  await talk();
  const bytes = await readFile(journalOf(rig.directory));
  let parts = 0;
  for (let length = 0; length <= bytes.length; length++) {
    const text = decodeJournal(bytes.subarray(0, length));
    const { session, fault } = replay(text.batches);
    expect(fault).toBeUndefined();
    const next = session?.stream.timeline.nextPart ?? 0;
    expect(next).toBeGreaterThanOrEqual(parts);
    parts = next;
  }
  expect(parts).toBeGreaterThan(20);
});

test('cut off at bytes all over it, a session goes on with what is left', async () => {
  await talk();
  const { length } = await readFile(journalOf(rig.directory));
  const first = (await readFile(journalOf(rig.directory))).indexOf('\n') + 1;
  for (let at = first; at <= length; at += Math.ceil(length / 25)) {
    const next = await killed((directory) => truncate(journalOf(directory), at));
    await expectGoesOn(next);
  }
}, 60_000);

test('with bits turned all over it, a session leaps over what it may have shown, and goes on', async () => {
  const session = await talk();
  const shown = session.output.playlist('v0');
  const lastMsn = (shown?.mediaSequence ?? 0) + (shown?.segments.length ?? 0);
  const bytes = await readFile(journalOf(rig.directory));
  const first = bytes.indexOf('\n') + 1;
  const lastLine = bytes.lastIndexOf('\n', bytes.length - 2) + 1;
  for (let at = first; at < lastLine; at += Math.ceil(bytes.length / 25)) {
    const next = await killed(async (directory) => {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 4;
      await writeFile(journalOf(directory), damaged);
    });
    const after = next.session('one');
    watch(after);
    await next.flush();
    expect(after.output.playlist('v0')?.mediaSequence).toBeGreaterThan(lastMsn);
    expect(await readdir(join(next.directory, '.broken'))).toHaveLength(1);
    await expectGoesOn(next);
  }
}, 60_000);

test('a part that is not in its file was told to nobody: the batch that tells of it is left out', async () => {
  await talk();
  const text = decodeJournal(await readFile(journalOf(rig.directory)));
  const last = text.batches.findLast(({ records }) => records.some(({ t }) => t === 'part'));
  const number = last?.number ?? 0;
  const next = await killed(async (directory) => {
    // What came after is not there yet, and of the part's bytes the last one is missing.
    const end = text.batches[text.batches.findIndex((batch) => batch.number === number) + 1]?.at ?? text.goodBytes;
    await truncate(journalOf(directory), end);
    const segments = (await readdir(join(directory, 'one', 'v0'))).sort((a, b) =>
      a.localeCompare(b, 'en', { numeric: true }),
    );
    const path = join(directory, 'one', 'v0', segments.at(-1) ?? '');
    await truncate(path, (await readFile(path)).length - 1);
  });
  const read = await readJournal(new SegmentStore(join(rig.directory, 'one')));
  expect(read?.fault).toBeUndefined();
  await expectGoesOn(next);
  const { frames } = await heard(next.session('one'));
  const said = (name: string, count: number) => Array.from({ length: count }, (_, at) => `${name}${at}`);
  expect(frames.filter((name) => !name.startsWith('~'))).toEqual([
    ...said('a', 40),
    ...said('b', 90),
    ...said('c', 20),
    ...said('z', 25),
  ]);
});

describe('a session that can not be opened', () => {
  test.each([
    ['whose first line is damaged', (path: string) => writeFile(path, 'nonsense\nnonsense\n')],
    ['without a journal', (path: string) => rm(path)],
    [
      'of a version that is not known',
      async (path: string) => {
        const first = decodeJournal(await readFile(path)).batches[0];
        const { encodeBatch } = await import('./journal-line.ts');
        await writeFile(path, encodeBatch({ number: 0, records: [{ ...first!.records[0], version: 99 } as never] }));
      },
    ],
  ])('%s is put aside, and the others are opened', async (_, damage) => {
    await talk('one');
    await talk('two');
    const next = await killed((directory) => damage(journalOf(directory, 'one')));
    expect(next.sessions.get('one')).toBeUndefined();
    expect(await readdir(join(next.directory, '.broken'))).toEqual([expect.stringMatching(/^one-\d+$/)]);
    await expectGoesOn(next, 'two');
    // Its name may be used again.
    await next.open('one');
  });

  test('was just being made: nobody was told of it, and nothing is kept', async () => {
    await rig.open('one');
    const next = await killed((directory) => truncate(journalOf(directory), 20));
    expect(next.sessions.size).toBe(0);
    expect((await readdir(next.directory)).filter((name) => !['.state', '.clips'].includes(name))).toEqual([]);
  });
});

describe('when the machine went down', () => {
  test.each([1, 30_000, 3_600_000])(
    'and comes back after %i ms, no number is used twice, and what was accepted is said',
    async (downMs) => {
      const session = await talk();
      const shown = session.output.playlist('v0');
      const last = { msn: (shown?.mediaSequence ?? 0) + (shown?.segments.length ?? 0), seq: session.events.lastSeq };
      const lastPart = Number(/\d+/.exec(shown?.preloadHintUri ?? '')?.[0]);
      const lastDateMs = shown?.open?.programDateTime?.getTime() ?? 0;
      rig.clock.nowMs += downMs;
      // The last seconds of the journal were not on disk.
      const next = await killed(async (directory) => {
        const { batches } = decodeJournal(await readFile(journalOf(directory)));
        await truncate(journalOf(directory), batches[Math.floor(batches.length / 2)]?.at ?? 0);
      }, true);
      const after = next.session('one');
      watch(after);
      await next.advance(3_000);
      const playlist = after.output.playlist('v0');
      expect(playlist?.mediaSequence).toBeGreaterThan(last.msn);
      expect(Number(/\d+/.exec(playlist?.segments[0]?.parts[0]?.uri ?? '')?.[0])).toBeGreaterThan(lastPart);
      expect(playlist?.segments[0]?.programDateTime?.getTime()).toBeGreaterThan(lastDateMs);
      expect(playlist?.segments[0]?.discontinuity).toBeUndefined();
      expect(after.events.lastSeq).toBeGreaterThan(last.seq);
      expect(after.events.since(0)[0]?.seq).toBeGreaterThan(last.seq);
      await expectGoesOn(next);
      // And again, from what was written since.
      const again = await killedFrom(next);
      watch(again.session('one'));
      await again.flush();
      expect(again.session('one').output.playlist('v0')?.mediaSequence).toBe(playlist?.mediaSequence);
    },
  );

  async function killedFrom(from: JournaledRig): Promise<JournaledRig> {
    const next = await from.killed();
    others.push(next);
    await next.flush();
    return next;
  }
});
