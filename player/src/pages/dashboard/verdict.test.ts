import { describe, expect, test } from 'vitest';
import type { Stats } from '../../../../server/monitor/stats.ts';
import { judge } from './verdict.ts';

const NOTHING = 'Nothing runs. Ask something on the demo page, or open a session, and it shows here.';

type Changes = { [field in keyof Stats]?: Partial<Stats[field]> };

function statsWith(changes: Changes = {}): Stats {
  const base = {
    sessions: { open: 0, ending: 0, ended: 0, talking: 0 },
    viewers: { viewers: 0, states: {}, watching: 0 },
    recent: { stalls: 0, watchSeconds: 0, rebufferSeconds: 0, chunksFailed: 0, degraded: 0 },
    encoder: { name: 'libx264', active: 0, waiting: 0, limit: 4 },
    process: { memoryBytes: 0 },
    history: { intervalSeconds: 5, columns: { encodesWaiting: [0, 0, 0] } },
  };
  const entries = Object.entries(base).map(([field, value]) => [
    field,
    { ...value, ...(changes[field as keyof Stats] as object) },
  ]);
  return Object.fromEntries(entries) as unknown as Stats;
}

describe('all is well', () => {
  test.each<[string, Changes, string]>([
    ['when nothing runs', {}, NOTHING],
    ['when nobody watches', { sessions: { open: 3 } }, 'Nobody watches: 3 sessions open, all idle.'],
    [
      'when those who watch see no stall',
      { viewers: { watching: 12 }, recent: { watchSeconds: 5_400 } },
      '12 viewers, no stall in 1.5 h watched, parts published in time.',
    ],
    [
      'when one stalled once',
      { viewers: { watching: 1 }, recent: { stalls: 1, stallsPerHour: 60, watchSeconds: 60 } },
      '1 viewer, 1 stall in 1 min watched, parts published in time.',
    ],
    ['when faces are made in real time', { encoder: { speed: 0.9 } }, NOTHING],
    ['when an encode waits for a moment', { encoder: { waiting: 2 } }, NOTHING],
  ])('%s', (_, changes, reason) => {
    expect(judge(statsWith(changes))).toEqual({ level: 'well', title: 'All is well', reasons: [reason] });
  });
});

describe('somebody should look', () => {
  const waiting = { columns: { encodesWaiting: [0, 2, 1, 3] } } as unknown as Partial<Stats['history']>;
  test.each<[string, Changes, string]>([
    ['at viewers who wait now', { viewers: { states: { rebuffering: 1 } } }, '1 viewer waits for the buffer now.'],
    [
      'at many stalls',
      { recent: { stalls: 5, stallsPerHour: 12, watchSeconds: 1_500 } },
      '5 stalls in 25 min watched: 12 per hour.',
    ],
    [
      'at long stalls',
      { recent: { rebufferRatio: 0.02 } },
      '2 % of the time watched went into waiting for the buffer.',
    ],
    [
      'at late parts',
      { recent: { publishLag: { p50: 0.01, p95: 0.45 } } },
      'Parts are published late: 95 % within 450 ms.',
    ],
    [
      'at a full encoder',
      { encoder: { waiting: 3 }, history: waiting },
      'The encoder is full: 3 encodes waiting for one of 4 places.',
    ],
    [
      'at slow encodes',
      { encoder: { speed: 0.74 } },
      'Encodes, or the faces they wait for, are slower than real time: 0.74×.',
    ],
    [
      'at a server that is held up',
      { process: { loopDelay: 0.9 } },
      'The server is held up: something due waited for 900 ms.',
    ],
    ['at chunks that failed', { recent: { chunksFailed: 1 } }, '1 chunk failed in the last 15 minutes.'],
    [
      'at what had to stand in',
      { recent: { degraded: 2 } },
      'Something had to stand in for a provider 2 times in the last 15 minutes.',
    ],
  ])('%s', (_, changes, reason) => {
    expect(judge(statsWith(changes))).toEqual({ level: 'trouble', title: 'Have a look at this', reasons: [reason] });
  });

  test('at all of it, viewers first', () => {
    const { title, reasons } = judge(
      statsWith({ recent: { chunksFailed: 1 }, viewers: { states: { rebuffering: 2 } } }),
    );
    expect([title, reasons[0]]).toEqual(['Have a look at these', '2 viewers wait for the buffer now.']);
  });
});
