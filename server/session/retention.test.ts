import { pino } from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeClock } from './fakes.ts';
import { Retention } from './retention.ts';
import type { Session } from './session.ts';

const HOUR_MS = 3_600_000;

/** What retention knows of a session. */
type Kept = {
  id: string;
  endedHoursAgo?: number;
  bytes?: number;
  isWatched?: boolean;
  isUnused?: boolean;
  idleHours?: number;
};

let clock: FakeClock;
let kept: Kept[];
let removed: string[];
let ended: string[];

beforeEach(() => {
  clock = new FakeClock(Date.UTC(2026, 0, 1));
  kept = [];
  removed = [];
  ended = [];
});

function sessionOf(kept: Kept): Session {
  const { id, endedHoursAgo, bytes = 0, isWatched = false, isUnused = false, idleHours = 0 } = kept;
  const endedMs = endedHoursAgo === undefined ? undefined : clock.now() - endedHoursAgo * HOUR_MS;
  return {
    ...{ id, endedMs, isWatched, isUnused, storedBytes: async () => bytes, idleMs: () => idleHours * HOUR_MS },
    end: (reason: string) => ended.push(`${id}: ${reason}`),
  } as unknown as Session;
}

type Options = {
  hours?: number;
  maxDataBytes?: number;
  maxEnded?: number;
  remove?: (id: string) => Promise<void>;
};

function retention(options: Options = {}) {
  const { hours = 24, maxDataBytes = 1_000, maxEnded = 10 } = options;
  return new Retention({
    ...{ clock, logger: pino({ level: 'silent' }), retentionMs: hours * HOUR_MS, maxDataBytes },
    ...{ idleMs: 24 * HOUR_MS, maxEnded, onSwept: async () => undefined },
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

test('takes what ended with nothing said after an hour', async () => {
  kept = [
    { id: 'said something', endedHoursAgo: 2 },
    { id: 'just ended', endedHoursAgo: 0.9, isUnused: true },
    { id: 'never used', endedHoursAgo: 1, isUnused: true },
    { id: 'open', isUnused: true },
  ];
  await retention().sweep();
  expect(removed).toEqual(['never used']);
});

test('keeps so many that have ended, the newest', async () => {
  kept = [
    { id: 'third', endedHoursAgo: 1 },
    { id: 'first', endedHoursAgo: 3 },
    { id: 'open' },
    { id: 'second', endedHoursAgo: 2 },
    { id: 'fourth', endedHoursAgo: 0.5 },
  ];
  await retention({ maxEnded: 2 }).sweep();
  expect(removed).toEqual(['first', 'second']);
});

test('ends what nobody uses, once', async () => {
  kept = [
    { id: 'used', idleHours: 23.9 },
    { id: 'idle', idleHours: 24 },
    { id: 'over', idleHours: 30, endedHoursAgo: 3 },
  ];
  await retention().sweep();
  expect(ended).toEqual(['idle: idle']);
});

test('after a start it waits for those who come back', async () => {
  kept = [{ id: 'idle', idleHours: 100 }];
  const keeper = retention();
  keeper.begin();
  try {
    await keeper.sweep();
    expect(ended).toEqual([]);
    clock.nowMs += 10 * 60_000;
    await keeper.sweep();
    expect(ended).toEqual(['idle: idle']);
  } finally {
    await keeper.close();
  }
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
