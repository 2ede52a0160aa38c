import { pino } from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeClock } from './fakes.ts';
import { Retention } from './retention.ts';
import type { Session } from './session.ts';

const HOUR_MS = 3_600_000;

/** What retention knows of a session. */
type Kept = { id: string; endedHoursAgo?: number; bytes?: number; isWatched?: boolean };

let clock: FakeClock;
let kept: Kept[];
let removed: string[];

beforeEach(() => {
  clock = new FakeClock(Date.UTC(2026, 0, 1));
  kept = [];
  removed = [];
});

function sessionOf({ id, endedHoursAgo, bytes = 0, isWatched = false }: Kept): Session {
  const endedMs = endedHoursAgo === undefined ? undefined : clock.now() - endedHoursAgo * HOUR_MS;
  return { id, endedMs, isWatched, storedBytes: async () => bytes } as unknown as Session;
}

function retention(options: { hours?: number; maxDataBytes?: number; remove?: (id: string) => Promise<void> } = {}) {
  const { hours = 24, maxDataBytes = 1_000 } = options;
  return new Retention({
    ...{ clock, logger: pino({ level: 'silent' }), retentionMs: hours * HOUR_MS, maxDataBytes },
    sessions: () => kept.map(sessionOf),
    remove: async (id) => {
      await options.remove?.(id);
      removed.push(id);
      kept = kept.filter((session) => session.id !== id);
    },
  });
}

test('takes what ended long ago, and nothing else', async () => {
  kept = [
    { id: 'open' },
    { id: 'young', endedHoursAgo: 23 },
    { id: 'old', endedHoursAgo: 25 },
    { id: 'watched', endedHoursAgo: 25, isWatched: true },
  ];
  await retention().sweep();
  expect(removed).toEqual(['old']);
});

describe('when sessions keep more than they may', () => {
  test('takes what ended first, until the rest fits', async () => {
    kept = [
      { id: 'third', endedHoursAgo: 1, bytes: 400 },
      { id: 'first', endedHoursAgo: 3, bytes: 400 },
      { id: 'open', bytes: 500 },
      { id: 'second', endedHoursAgo: 2, bytes: 400 },
    ];
    const keeper = retention();
    await keeper.sweep();
    expect(removed).toEqual(['first', 'second']);
    keeper.assertRoom(100);
    expect(() => keeper.assertRoom(101)).toThrow('sessions keep 900 bytes, 101 more came, and MAX_DATA_BYTES is 1000');
  });

  test('and none of them may go, nothing more is taken', async () => {
    kept = [
      { id: 'open', bytes: 800 },
      { id: 'watched', endedHoursAgo: 9, bytes: 300, isWatched: true },
    ];
    const keeper = retention();
    await keeper.sweep();
    expect(removed).toEqual([]);
    expect(() => keeper.assertRoom()).toThrow(expect.objectContaining({ code: 'STORAGE_FULL' }));
    kept = kept.map((session) => ({ ...session, isWatched: false }));
    await keeper.sweep();
    expect(removed).toEqual(['watched']);
    keeper.assertRoom();
  });
});

test('what can not be deleted counts on, and keeps nobody else', async () => {
  kept = [
    { id: 'stuck', endedHoursAgo: 30, bytes: 900 },
    { id: 'old', endedHoursAgo: 29, bytes: 500 },
  ];
  const keeper = retention({
    remove: async (id) => {
      if (id === 'stuck') throw new Error('no luck');
    },
  });
  await keeper.sweep();
  expect(removed).toEqual(['old']);
  expect(() => keeper.assertRoom(101)).toThrow('sessions keep 900 bytes');
});
