import { pino } from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeClock } from './fakes.ts';
import { Retention } from './retention.ts';
import type { Session } from './session.ts';
import { StorageBudget } from './storage-budget.ts';

const HOUR_MS = 3_600_000;

/** What retention knows of a session. */
type Kept = {
  id: string;
  endedHoursAgo?: number;
  bytes?: number;
  isWatched?: boolean;
  isUnused?: boolean;
  idleHours?: number;
  owner?: string;
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
  const { id, endedHoursAgo, bytes = 0, isWatched = false, isUnused = false, idleHours = 0, owner = '' } = kept;
  const endedMs = endedHoursAgo === undefined ? undefined : clock.now() - endedHoursAgo * HOUR_MS;
  return {
    ...{ id, endedMs, isWatched, isUnused, account: { owner, bytes }, idleMs: () => idleHours * HOUR_MS },
    end: (reason: string) => ended.push(`${id}: ${reason}`),
  } as unknown as Session;
}

type Options = {
  hours?: number;
  maxEnded?: number;
  remove?: (id: string) => Promise<void>;
};

function retention(options: Options = {}) {
  const { hours = 24, maxEnded = 10 } = options;
  return new Retention({
    ...{ clock, logger: pino({ level: 'silent' }), retentionMs: hours * HOUR_MS },
    budget: new StorageBudget({ maxBytes: 1_000, onFull: () => undefined }),
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

describe('when what has ended keeps more than three quarters of what may be kept', () => {
  test('what ended first goes, until the rest fits', async () => {
    kept = [
      { id: 'third', endedHoursAgo: 1, bytes: 400 },
      { id: 'first', endedHoursAgo: 3, bytes: 400 },
      { id: 'open', bytes: 100 },
      { id: 'second', endedHoursAgo: 2, bytes: 300 },
    ];
    await retention().sweep();
    expect(removed).toEqual(['first']);
  });

  test('whoever keeps most of it loses his first', async () => {
    kept = [
      { id: 'long ago', endedHoursAgo: 20, bytes: 300, owner: 'small' },
      { id: 'flood 1', endedHoursAgo: 2, bytes: 400, owner: 'large' },
      { id: 'flood 2', endedHoursAgo: 1, bytes: 400, owner: 'large' },
    ];
    await retention().sweep();
    expect(removed).toEqual(['flood 1']);
  });

  test('one that is watched, or may still be played, stays', async () => {
    kept = [
      { id: 'watched', endedHoursAgo: 9, bytes: 700, isWatched: true },
      { id: 'other', endedHoursAgo: 8, bytes: 100 },
    ];
    await retention().sweep();
    expect(removed).toEqual(['other']);
  });

  test('what can not be deleted keeps nobody else', async () => {
    kept = [
      { id: 'stuck', endedHoursAgo: 20, bytes: 900 },
      { id: 'old', endedHoursAgo: 19, bytes: 500 },
    ];
    const remove = async (id: string) => {
      if (id === 'stuck') throw new Error('no luck');
    };
    await retention({ remove }).sweep();
    expect(removed).toEqual(['old']);
  });
});

test('what is open never pushes out what has ended', async () => {
  kept = [
    { id: 'past', endedHoursAgo: 9, bytes: 700 },
    { id: 'open', bytes: 300 },
  ];
  await retention().sweep();
  expect(removed).toEqual([]);
});
