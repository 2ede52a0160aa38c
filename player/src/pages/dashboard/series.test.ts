import { expect, test } from 'vitest';
import type { Columns, Sample } from '../../../../server/monitor/history.ts';
import { joined, rebufferRatios, summary } from './series.ts';

const columns = (at: number[], fields: Partial<Record<keyof Sample, (number | null)[]>> = {}): Columns =>
  ({ at, ...fields }) as unknown as Columns;

test('samples that came follow those there were, each once, and 15 minutes of them are kept', () => {
  const first = columns([0, 5_000, 10_000], { viewers: [1, 2, 3] });
  expect(joined(undefined, first)).toBe(first);
  const more = joined(first, columns([10_000, 15_000], { viewers: [3, 4] }));
  expect([more.at, more.viewers]).toEqual([
    [0, 5_000, 10_000, 15_000],
    [1, 2, 3, 4],
  ]);
  expect(joined(more, columns([], { viewers: [] })).at).toEqual(more.at);
  const later = joined(more, columns([907_000], { viewers: [9] }));
  expect([later.at, later.viewers]).toEqual([
    [10_000, 15_000, 907_000],
    [3, 4, 9],
  ]);
  expect(joined(more, columns([9_000_000], { viewers: [0] })).at).toEqual([9_000_000]);
});

test('rebuffering is a share of the minute before, and nothing where nobody was timed', () => {
  const at = [0, 30_000, 60_000, 90_000, 120_000, 180_000];
  const shares = rebufferRatios(
    columns(at, { rebufferSeconds: [0, 3, 0, 0, 0, 0], timedWatchSeconds: [0, 30, 30, 30, 0, 0] }),
  );
  expect(shares).toEqual([null, 0.1, 0.05, 0, 0, null]);
});

test('a line in words is its last value, and its highest', () => {
  expect(summary([1, 5, null])).toEqual({ last: null, most: 5 });
  expect(summary([1, 5, 2])).toEqual({ last: 2, most: 5 });
  expect(summary([])).toEqual({ last: null, most: null });
});
