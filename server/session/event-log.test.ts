import { expect, test } from 'vitest';
import { BoundedEventLog } from './event-log.ts';

test('numbers events without holes, and tells them to who listens', () => {
  const log = new BoundedEventLog();
  const heard: number[] = [];
  const stop = log.subscribe((event) => heard.push(event.seq));
  log.append('session.opened', 0, { id: 'x' });
  log.append('filler.started', 1_500);
  stop();
  log.append('filler.stopped', 2_000);
  expect(heard).toEqual([1, 2]);
  expect(log.listeners).toBe(0);
  expect(log.since(0)).toEqual([
    { seq: 1, at: '1970-01-01T00:00:00.000Z', type: 'session.opened', id: 'x' },
    { seq: 2, at: '1970-01-01T00:00:01.500Z', type: 'filler.started' },
    { seq: 3, at: '1970-01-01T00:00:02.000Z', type: 'filler.stopped' },
  ]);
});

test.each([
  [-5, 3],
  [0, 3],
  [2, 1],
  [3, 0],
  [99, 0],
])('after event %i there are %i', (seq, count) => {
  const log = new BoundedEventLog();
  for (let index = 0; index < 3; index++) log.append('sentence', 0);
  expect(log.since(seq)).toHaveLength(count);
});

test('remembers the newest two thousand at least, and no more than four thousand', () => {
  const log = new BoundedEventLog();
  for (let index = 0; index < 5_500; index++) log.append('sentence', 0);
  const events = log.since(0);
  expect(events.length).toBeGreaterThanOrEqual(2_000);
  expect(events.length).toBeLessThanOrEqual(4_000);
  expect(events.map((event) => event.seq)).toEqual(events.map((_, index) => 5_501 - events.length + index));
  expect(log.lastSeq).toBe(5_500);
});

test('goes on after what an earlier server told', () => {
  const earlier = [7, 8, 9].map((seq) => ({ seq, at: '', type: 'sentence' as const }));
  const log = new BoundedEventLog({ earlier });
  expect(log.lastSeq).toBe(9);
  log.append('sentence', 0);
  expect(log.since(7).map(({ seq }) => seq)).toEqual([8, 9, 10]);
  // It may have told more than is known: those numbers are left out.
  const leapt = new BoundedEventLog({ earlier: [], lastSeq: 500 });
  leapt.append('sentence', 0);
  expect(leapt.since(9).map(({ seq }) => seq)).toEqual([501]);
});

test('tells events that are held when it is let, in order, and nobody knows of them before', () => {
  const log = new BoundedEventLog({ earlier: [{ seq: 4, at: '', type: 'session.opened' }], isHeld: true });
  const heard: number[] = [];
  log.subscribe(({ seq }) => heard.push(seq));
  for (let count = 0; count < 3; count++) expect(log.append('sentence', 0).seq).toBe(5 + count);
  expect([heard, log.lastSeq, log.since(0).map(({ seq }) => seq)]).toEqual([[], 4, [4]]);
  log.tell();
  expect([heard, log.lastSeq]).toEqual([[5, 6, 7], 7]);
  expect(log.since(5).map(({ seq }) => seq)).toEqual([6, 7]);
  log.tell();
  expect(heard).toEqual([5, 6, 7]);
});
