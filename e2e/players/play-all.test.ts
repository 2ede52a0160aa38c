import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { playAll, unexplained } from './play-all.ts';
import type { Playback, Player, Run, Stream } from './player.ts';

const LIVE: Stream = { url: 'x', mediaUrl: 'x', kind: 'live', frameRate: 25, audioRate: 0 };
const GOOD: Playback = { version: 'good 1', startedMs: 100, seconds: 1, frames: 25, errors: [], warnings: [] };

let dir: string;
let lines: string[];
beforeEach(async () => {
  lines = [];
  dir = await mkdtemp(join(tmpdir(), 'play-all-'));
});
afterEach(async () => {
  expect(await readdir(dir)).toEqual([]);
  await rm(dir, { recursive: true });
});

const player = (id: string, play: (run: Run) => Promise<Playback>, missing?: string): Player => ({
  id,
  title: `the ${id}`,
  missing: () => missing,
  play: (_stream, run) => play(run),
});

function play(players: readonly Player[], extra: { startLimitSeconds?: number; signal?: AbortSignal } = {}) {
  const { signal = new AbortController().signal, ...limits } = extra;
  return playAll(players, [LIVE], { seconds: 1, dir, signal, log: (line) => void lines.push(line), ...limits });
}

test('plays with one after the other, each with a folder of its own that others may enter', async () => {
  const dirs: string[] = [];
  const look = async ({ dir: own }: Run): Promise<Playback> => {
    dirs.push(own);
    expect((await stat(own)).mode & 0o777).toBe(0o755);
    expect(await readdir(dir)).toHaveLength(1);
    return GOOD;
  };
  const rows = await play([player('a', look), player('b', look)]);
  expect(new Set(dirs).size).toBe(2);
  expect(rows.map(({ outcomes }) => outcomes[0]?.faults)).toEqual([[], []]);
  expect(lines).toEqual(['the a, live: clean', 'the b, live: clean']);
});

test('tells a player that is missing, and one that breaks, and goes on', async () => {
  const broken = async (): Promise<Playback> => {
    throw new Error('no screen');
  };
  const rows = await play([
    player('absent', async () => GOOD, 'not on PATH: absent'),
    player('broken', broken),
    player('good', async () => GOOD),
  ]);
  expect(rows[0]).toMatchObject({ missing: 'not on PATH: absent', outcomes: [] });
  expect(rows[1]?.outcomes[0]?.faults).toEqual(['did not start', 'Error: no screen']);
  expect(lines).toEqual([
    'the absent: not on PATH: absent',
    'the broken, live: did not start; Error: no screen',
    'the good, live: clean',
  ]);
  expect(unexplained(rows).map((outcome) => outcome.player)).toEqual(['broken']);
});

test('ends a player that hangs, and keeps what it had seen', async () => {
  const hangs = async ({ signal }: Run): Promise<Playback> => {
    await sleep(60_000, undefined, { signal }).catch(() => undefined);
    return GOOD;
  };
  const rows = await play([player('hangs', hangs)], { startLimitSeconds: 0.1 });
  expect(rows[0]?.outcomes[0]?.faults).toEqual(['not done in 1 s']);
});

test.each([
  ['tells what it had seen', async (): Promise<Playback> => GOOD],
  ['breaks', async (): Promise<Playback> => Promise.reject(new Error('the browser is gone'))],
])('stops at once when it is told to, also when the player then %s', async (_, ending) => {
  const stopping = new AbortController();
  const long = async ({ signal }: Run): Promise<Playback> => {
    stopping.abort(new Error('Ctrl+C'));
    await sleep(60_000, undefined, { signal }).catch(() => undefined);
    return await ending();
  };
  await expect(play([player('long', long), player('next', long)], { signal: stopping.signal })).rejects.toThrow(
    'Ctrl+C',
  );
  expect(lines).toEqual([]);
});
