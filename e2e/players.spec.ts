import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OwnSessions } from './players/own-sessions.ts';
import { playAll, type Row } from './players/play-all.ts';
import type { Player, Stream } from './players/player.ts';
import { PLAYERS } from './players/player-list.ts';
import { describeStream } from './players/stream-facts.ts';
import { listDescendants } from './support/processes.ts';

/** Those that are packages of npm, or are there for the other tests. */
const EVERYWHERE = ['hls.js-chromium', 'native-chromium', 'shaka-chromium', 'video.js-chromium', 'ffmpeg'];
const SECONDS = 3;
/** What is measured is the runner: on a busy machine players show less than they could, and stall. */
const MIN_LIVE_SHARE = 0.5;

let dir: string;
let own: OwnSessions;
let live: Stream;
let ended: Stream;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'players-spec-'));
  const says = { text: 'One sentence is enough to play.', pacing: 'asap' } as const;
  own = await OwnSessions.open(dir, { ended: says });
  await mkdir(join(dir, 'facts'));
  live = await describeStream(own.urls.live, join(dir, 'facts'));
  ended = await describeStream(own.urls.ended, join(dir, 'facts'));
});
afterAll(async () => {
  await own?.[Symbol.asyncDispose]();
  // Browsers, players, the server: nothing outlives the run.
  expect((await listDescendants(process.pid)).map(({ name }) => name)).toEqual([]);
  await rm(dir, { recursive: true, force: true });
});

const named = (...ids: readonly string[]): Player[] => PLAYERS.filter(({ id }) => ids.includes(id));

async function play(players: readonly Player[], streams: readonly Stream[]): Promise<Row[]> {
  const runDir = await mkdtemp(join(dir, 'play-'));
  const signal = new AbortController().signal;
  const rows = await playAll(players, streams, { seconds: SECONDS, dir: runDir, signal, log: () => undefined });
  expect(await readdir(runDir)).toEqual([]);
  return rows;
}

test('knows what there is to play', () => {
  expect(live).toMatchObject({ kind: 'live', frameRate: 25, audioRate: 48_000 });
  expect(live.whole).toBeUndefined();
  const { frames = 0, samples = 0, duration = 0, audioPackets = 0, peaks = [] } = ended.whole ?? {};
  expect(ended.kind).toBe('ended');
  expect(frames).toBe(Math.round(duration * 25));
  expect(frames).toBeGreaterThan(25);
  expect(samples).toBe(audioPackets * 1024);
  expect(Math.abs(samples / 48_000 - duration)).toBeLessThan(0.03);
  expect(Math.max(...peaks)).toBeGreaterThan(0.05);
});

test('plays a live and an ended session with every player that is everywhere', async () => {
  const players = named(...EVERYWHERE);
  const [liveRows, endedRows] = await Promise.all([play(players, [live]), play(players, [ended])]);
  const errors = [...liveRows, ...endedRows].flatMap(({ outcomes }) => outcomes.flatMap((one) => one.playback.errors));
  expect(errors).toEqual([]);

  for (const { player, outcomes } of liveRows) {
    const { startedMs, frames = 0, seconds, sound } = outcomes[0]!.playback;
    expect(startedMs, player.id).toBeGreaterThan(0);
    expect(frames / (seconds * 25), player.id).toBeGreaterThan(MIN_LIVE_SHARE);
    expect(sound?.measured, player.id).toBe(player.id === 'ffmpeg' ? 'decoded' : 'heard');
  }
  const whole = ended.whole!;
  const counts = endedRows.map(({ player, outcomes: [one] }) => [player.id, one!.playback.frames, one!.playback.sound]);
  const sound = { measured: 'decoded', samples: whole.samples };
  expect(counts).toEqual(EVERYWHERE.map((id) => [id, whole.frames, sound]));
  // Every player with a playhead has been watched.
  const watched = endedRows.filter(({ outcomes: [one] }) => one?.playback.stalls !== undefined);
  expect(watched.map(({ player }) => player.id)).toEqual(EVERYWHERE.filter((id) => id !== 'ffmpeg'));
});

test('tells that nothing could be played, and why', async () => {
  const nothing = { ...live, url: new URL('/live/no-such-session/index.m3u8', live.url).href };
  const rows = await play(named('hls.js-chromium', 'native-chromium', 'ffmpeg'), [nothing]);
  for (const { player, outcomes } of rows) {
    const { faults, playback } = outcomes[0]!;
    expect(faults[0], player.id).toBe('did not start');
    expect(playback.errors.length, player.id).toBeGreaterThan(0);
  }
  const texts = rows.flatMap(({ outcomes }) => outcomes[0]?.playback.errors ?? []).join('\n');
  expect(texts).toContain('manifestLoadError');
  expect(texts).toContain('media error 4');
  expect(texts).toContain('404 Not Found');
});

test('has a row for a program that is missing', async () => {
  const { PATH } = process.env;
  process.env.PATH = dir;
  try {
    const rows = await play(named('mpv', 'native-webkitgtk'), [live, ended]);
    expect(rows.map(({ missing, outcomes }) => ({ missing, outcomes }))).toEqual([
      { missing: 'not on PATH: WebKitWebDriver, Xvfb, dbus-run-session', outcomes: [] },
      { missing: 'not on PATH: mpv', outcomes: [] },
    ]);
  } finally {
    process.env.PATH = PATH;
  }
});
