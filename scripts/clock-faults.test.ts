import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clockFaults } from './clock-faults.ts';
import { readSources } from './source-imports.ts';

test('no test asserts how long something took on the wall', async () => {
  const tree = await readSources(join(import.meta.dirname, '..'), ['server', 'player', 'scripts', 'e2e']);
  expect(clockFaults(tree)).toEqual([]);
});

const faults = (source: string, path = 'server/a.test.ts'): string[] => clockFaults(new Map([[path, source]]));

test.each([
  ['a difference', 'expect(performance.now() - startMs).toBeLessThan(2_000);'],
  ['a difference of dates', 'expect(Date.now() - started).toBeLessThan(2_000);'],
  ['a difference that ends with the reading', 'expect(endMs - performance.now()).toBeGreaterThan(2);'],
  ['a difference over lines', 'expect(\n  performance.now() -\n    startMs,\n).toBeLessThan(10);'],
  ['a difference that is kept', 'const tookMs = performance.now() - startMs;\nexpect(tookMs).toBeLessThan(5);'],
  [
    'a difference that is kept for later',
    'let ms = 0;\nms = Math.max(ms, Date.now() - last);\nexpect(ms).toBeLessThan(5);',
  ],
  ['a difference in an object', 'return { ms: performance.now() - startMs };\n}\nexpect(cold.ms).toBeLessThan(5);'],
  ['a difference in a list', 'gaps.push(Date.now() - last);\nexpect(Math.max(...gaps)).toBeLessThan(5);'],
  [
    'a difference that a promise gives',
    'const ms = held.then(() => performance.now() - a);\nexpect(await ms).toBeLessThan(5);',
  ],
  ['a rate', 'const perSecond = count / ((performance.now() - startMs) / 1000);\nexpect(perSecond).toBeLessThan(25);'],
  ['nanoseconds', 'const ns = process.hrtime.bigint() - startNs;'],
  ['CPU time of the process', 'const before = process.cpuUsage();'],
  ['stamps of two moments', 'expect((request.closedByClientAtMs ?? 0) - sinceMs).toBeLessThan(1_500);'],
  ['a stamp against another and a limit', 'expect(request.closedByClientAtMs ?? 0).toBeLessThan(sinceMs + 2_000);'],
  ['a limit that is not one of ours', 'await fetch(url, { signal: AbortSignal.timeout(5_000) });'],
  ['a wait that gives up', 'await vi.waitFor(() => expect(calls).toHaveLength(2));'],
  ['the new one in an end-to-end test', 'expect(Date.now() - startMs).toBeLessThan(1);', 'e2e/a.spec.ts'],
])('refuses %s', (_, source, path?: string) => {
  expect(faults(source, path)).toHaveLength(1);
});

test.each([
  ['a clock for the code', 'const encoder = new Encoder({ now: () => performance.now() });'],
  ['a seed', 'const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000);'],
  [
    'a fake clock',
    "vi.useFakeTimers({ toFake: ['performance'] });\nexpect(performance.now() - startMs).toBe(5);\nexpect(performance.now() - a).toBeLessThan(5);",
  ],
  ['the order of two moments', 'expect(calls[0]?.answeredAtMs).toBeGreaterThan(calls[3]?.answeredAtMs ?? 0);'],
  ['media time', 'expect(Math.abs(samples / 48_000 - duration)).toBeLessThan(0.03);'],
  [
    'a figure that is printed',
    'const seconds = (Date.now() - startedMs) / 1000;\nconsole.log(seconds);\nexpect(parts).toBeGreaterThan(3);',
  ],
  ['a comment and a text', "// expect(Date.now() - a).toBeLessThan(5)\nconst text = 'AbortSignal.timeout(5)';"],
  ['what is no test', 'export const soon = () => AbortSignal.timeout(5);', 'server/a.ts'],
])('allows %s', (_, source, path?: string) => {
  expect(faults(source, path)).toEqual([]);
});
