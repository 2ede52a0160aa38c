import { expect, test } from 'vitest';
import { Deliveries, summariseCrowd } from './crowd-report.ts';
import type { Delivery } from './viewer.ts';

const surroundings = { viewers: 2, failures: [], cores: 0.5, seconds: 2 };
const all = (list: readonly Delivery[]): Deliveries => {
  const deliveries = new Deliveries();
  for (const each of list) deliveries.add(each);
  return deliveries;
};
const delivery = (uri: string, toldMs: number, gotMs: number) => ({ uri, toldMs, gotMs, bytes: 125_000 });

test('counts from when the first of all viewers was told of a part until each has it', () => {
  const { fanOutMs, parts, requestsPerSecond, megabitsPerSecond } = summariseCrowd(
    all([delivery('a', 100, 110), delivery('a', 105, 140), delivery('b', 300, 302), delivery('b', 301, 303)]),
    surroundings,
  );
  expect(fanOutMs).toEqual({ p50: 3, p99: 40, max: 40 });
  expect([parts, requestsPerSecond, megabitsPerSecond]).toEqual([2, 4, 2]);
});

test('finds parts that somebody did not get, but for those at the edges, of which some deliveries fall outside', () => {
  const some = [0, 1, 2, 3, 4, 5, 6].flatMap((second) => {
    const one = delivery(`${second}`, second * 1_000, second * 1_000 + 1);
    return [one, one];
  });
  expect(summariseCrowd(all(some), surroundings).missed).toBe(0);
  expect(summariseCrowd(all(some.slice(1, -1)), surroundings).missed).toBe(0);
  expect(summariseCrowd(all(some.toSpliced(6, 1)), surroundings).missed).toBe(1);
});
