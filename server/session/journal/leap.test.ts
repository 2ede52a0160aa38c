import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SegmentStore } from '../segment-store.ts';
import type { Session } from '../session.ts';
import { JournaledRig } from './journaled-rig.ts';
import { leapOf, seqAfter } from './leap.ts';
import { readJournal } from './read-saved.ts';
import type { SavedSession } from './saved-session.ts';

let rig: JournaledRig;

beforeEach(async () => {
  rig = await JournaledRig.start();
});
afterEach(async () => {
  await rig.stop();
  await rig.remove();
});

async function saved(id: string): Promise<SavedSession> {
  const read = await readJournal(new SegmentStore(join(rig.directory, id)));
  if (!read) throw new Error('there is no journal');
  return read.session;
}

/** Numbers that players know nothing of yet. */
function unknown({ output }: Session): { msn: number; part: number } {
  const { mediaSequence = 0, segments = [], open } = output.playlist('v0') ?? {};
  const uris = [...segments.flatMap(({ parts }) => parts), ...(open?.parts ?? [])].map(({ uri }) => uri);
  return { msn: mediaSequence + segments.length + 1, part: Number(/p(\d+)/.exec(uris.at(-1) ?? '')?.[1]) + 1 };
}

/** What is shown goes on and on, and the journal knows nothing of it. */
describe.each(['idle', 'hold', 'none'] as const)('filler: %s', (filler) => {
  test('a leap lands behind all that can have been shown since', async () => {
    const session = await rig.open('one', { filler, window: 600 });
    rig.say(session, 'a40');
    await rig.advance(1_500);
    const old = await saved('one');
    for (const text of ['b5', 'c3', 'd4', 'e60', 'f1', 'g1', 'h2']) {
      rig.say(session, text);
      session.output.watch(rig.clock.now(), 'somebody');
      await rig.advance(300);
      const leap = leapOf(old, rig.clock.now(), 'clip');
      const now = unknown(session);
      expect(leap.msn).toBeGreaterThanOrEqual(now.msn);
      expect(leap.part).toBeGreaterThanOrEqual(now.part);
      expect(seqAfter(old, rig.clock.now())).toBeGreaterThan(session.events.lastSeq);
    }
    await rig.advance(60_000);
    session.output.watch(rig.clock.now(), 'somebody');
    await rig.flush();
    const leap = leapOf(old, rig.clock.now(), 'clip');
    const timeline = (await saved('one')).stream.timeline;
    expect(leap.frame).toBeGreaterThanOrEqual(timeline.endFrame);
    expect(leap.msn).toBeGreaterThan(timeline.nextMsn);
    expect(leap.part).toBeGreaterThan(timeline.nextPart);
    expect(leap.clip).toBe('clip');
  });
});
