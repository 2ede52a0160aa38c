import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endSession, openSession, sessionStatus } from './support/api.ts';
import { markFaults } from './support/check-marks.ts';
import { makeMarkedClip } from './support/clips.ts';
import { FreezingDisk } from './support/freezing-disk.ts';
import { fetchMultivariant } from './support/hls-client.ts';
import { LowLatencyReader } from './support/ll-reader.ts';
import { type ClipFile, Pusher } from './support/pusher.ts';
import { randomFrom } from './support/random.ts';
import { freePort, type RunningServer, startServer } from './support/server.ts';
import { until } from './support/until.ts';

/** Kills in one run; a hundred take about ten minutes. */
const ROUNDS = Number(process.env.RECOVERY_ROUNDS ?? (process.env.CI ? 3 : 5));
/** `freezing`: on a file system that stands still again and again; for root, on Linux. */
const DISK = process.env.RECOVERY_DISK;
const SEED = Number(process.env.RECOVERY_SEED ?? 20_261_128);
const SESSIONS = 5;
const CLIPS = 24;
const FPS = 25;
const AUDIO_RATE = 48_000;
/** What the server says when the disk is, and when it starts with what that had not got by the kill. */
const LATE = 'the disk is slow';
const REDONE = 'the disk had not got yet';
/** Nothing leaves the playlist before the test has read it. */
const WINDOW_SECONDS = 1_200;
const PROFILE = { width: 256, height: 256, fps: FPS, audioRate: AUDIO_RATE, renditions: [] };

let directory: string;
let clips: ClipFile[];
let server: RunningServer | undefined;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'recovery-'));
  clips = [];
  const random = randomFrom(SEED);
  for (let clip = 0; clip < CLIPS; clip++) {
    const frames = 12 + Math.floor(random() * 60);
    clips.push({ clip, frames, path: await makeMarkedClip({ clip, frames, dir: directory, width: 256, height: 256 }) });
  }
});

afterAll(async () => {
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

function* again<T>(items: readonly T[], from: number): Generator<T> {
  for (let at = from; ; at++) yield items[at % items.length]!;
}

/** Resolves after that time, or as soon as the disk is late: there is no worse moment. */
async function passes(ms: number, { log }: RunningServer): Promise<void> {
  const endMs = Date.now() + ms;
  while (Date.now() < endMs && !log.some((line) => line.includes(LATE))) await sleep(10);
}

test(
  `${ROUNDS} kills at random moments while ${SESSIONS} sessions talk: every acknowledged chunk is heard once, and nothing that was shown changes`,
  async () => {
    const random = randomFrom(SEED + ROUNDS);
    const port = await freePort();
    await using disk = DISK === 'freezing' ? await FreezingDisk.mount(directory, random) : undefined;
    const dataDir = join(disk?.directory ?? directory, 'data');
    const env = { LOG_LEVEL: 'info' };
    server = await startServer({ dataDir, port, env });
    const log: string[] = [];
    const { origin } = server;
    const talks = await Promise.all(
      Array.from({ length: SESSIONS }, async (_, index) => {
        const { id, playlistUrl } = await openSession(origin, {
          id: `talk-${index}`,
          profile: PROFILE,
          window: WINDOW_SECONDS,
        });
        const [media = ''] = await fetchMultivariant(playlistUrl);
        const reader = new LowLatencyReader(media);
        // About as fast as it is said: now and then nothing is left to say, now and then much.
        const pauseMs = () => (random() < 0.4 ? 0 : random() * 5_000);
        const pusher = new Pusher(`${origin}/v1/sessions/${id}/chunks`, again(clips, index * 5), pauseMs);
        return { id, reader, pusher };
      }),
    );
    const downMs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await passes(200 + random() * 3_000, server);
      await server.stop('SIGKILL');
      log.push(...server.log);
      const killedMs = Date.now();
      server = await startServer({ dataDir, port, env });
      downMs.push(Date.now() - killedMs);
      await Promise.all(talks.map(({ reader }) => reader.askAgain()));
    }
    await Promise.all(talks.map(({ pusher }) => pusher.close()));
    for (const { id } of talks) await endSession(origin, id);
    for (const { id, reader } of talks) {
      // What waits to be said by then grows with the time that all of them talked.
      const limitMs = 60_000 + ROUNDS * 3_000;
      await until(`${id} has ended`, async () => (await sessionStatus(origin, id)).state === 'ended', limitMs);
      await until(`the reader of ${id} has it all`, () => reader.hasAll);
    }
    const wrong: string[] = [];
    for (const { id, reader, pusher } of talks) {
      const found = [
        ...reader.faults,
        ...pusher.faults,
        ...(await markFaults(reader.init!, reader.segments, pusher.pushed, {
          fps: FPS,
          audioRate: AUDIO_RATE,
          directory,
        })),
      ];
      wrong.push(...found.map((what) => `${id}: ${what}`));
      const { chunks } = await sessionStatus(origin, id);
      const all = pusher.pushed.length;
      if (chunks.accepted !== all || chunks.published !== all) wrong.push(`${id}: ${JSON.stringify(chunks)} of ${all}`);
      await reader.close();
    }
    const sorted = downMs.toSorted((a, b) => a - b);
    const pushed = talks.reduce((sum, { pusher }) => sum + pusher.pushed.length, 0);
    const waits = talks.map(({ reader }) => reader.longestWaitMs);
    console.log(
      `${ROUNDS} kills, ${pushed} chunks; down for ${sorted[sorted.length >> 1]} ms (${sorted[0]}-${sorted.at(-1)}); readers waited ${Math.max(...waits)} ms at most`,
    );
    const times = (text: string): number => log.filter((line) => line.includes(text)).length;
    console.log(`the disk was late ${times(LATE)} times; written after a kill ${times(REDONE)} times`);
    if (wrong.length > 0)
      console.log(
        log
          .concat(server.log)
          .filter((line) => /"level":[45]0/.test(line))
          .join('\n'),
      );
    await server.stop();
    expect(wrong).toEqual([]);
    if (disk) expect(times(REDONE)).toBeGreaterThan(0);
  },
  180_000 + ROUNDS * 20_000,
);
