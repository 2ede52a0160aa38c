import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Locator } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { analyseFrames, faultsOf } from './support/analyse-frames.ts';
import { deleteSession, openSession, pushChunk, sessionStatus, waitForPlaylist } from './support/api.ts';
import { BusyMachine } from './support/busy-machine.ts';
import { launchChromium } from './support/chromium.ts';
import { makeMarkedClip } from './support/clips.ts';
import { encodersOf, filesIn } from './support/leftovers.ts';
import { hlsErrors, playHls } from './support/play-hls.ts';
import { readScreen, startReading, stopReading } from './support/read-frames.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { type StaticServer, serveFolder } from './support/static-server.ts';

const FPS = 25;
/** Nine sentences, and how long the generator thinks before each: back to back, shorter and longer than what is queued. */
const CLIPS = [
  { clip: 1, frames: 30, pauseMs: 0 },
  { clip: 2, frames: 57, pauseMs: 0 },
  { clip: 3, frames: 25, pauseMs: 1000 },
  { clip: 4, frames: 88, pauseMs: 3000 },
  { clip: 5, frames: 41, pauseMs: 0 },
  { clip: 6, frames: 13, pauseMs: 7000 },
  { clip: 7, frames: 100, pauseMs: 500 },
  { clip: 8, frames: 19, pauseMs: 6000 },
  { clip: 9, frames: 64, pauseMs: 0 },
] as const;
const LAST = CLIPS[CLIPS.length - 1]!;
/** A picture may stand a few frames longer when the machine is busy; a person sees a stop from about here. */
const MAX_PICTURE_MS = 250;
/** What the browser decoded but could not show in time, on a machine with other work; the reading tells those apart. */
const MAX_DROPPED_RATIO = 0.02;

let dir: string;
let dataDir: string;
let tempDir: string;
let site: StaticServer;
let browser: Browser;
let server: RunningServer;
let clipFiles: string[];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'stream-'));
  [dataDir, tempDir] = [join(dir, 'data'), join(dir, 'tmp')];
  await Promise.all([mkdir(dataDir), mkdir(tempDir)]);
  clipFiles = [];
  for (const { clip, frames } of CLIPS) clipFiles.push(await makeMarkedClip({ clip, frames, dir }));
  [site, browser] = await Promise.all([serveFolder(dir), launchChromium()]);
  server = await startServer({ dataDir, env: { TMPDIR: tempDir } });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await site?.[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

async function secondsShown(video: Locator): Promise<number> {
  const [latest] = (await readScreen(video, 1)).frames;
  return (latest?.presentedFrames ?? 0) / FPS;
}

test('shows every frame of nine clips exactly once, in order, without a stall, and leaves nothing behind', async () => {
  const { id, playlistUrl } = await openSession(server.origin);
  await waitForPlaylist(playlistUrl);
  const page = await browser.newPage();
  await page.goto(site.origin);
  const video = page.locator('video');
  const machine = new BusyMachine();
  await startReading(video);
  await playHls(page, playlistUrl);
  // The viewer was there first: two seconds of filler, then somebody speaks.
  await expect.poll(() => secondsShown(video), { timeout: 20_000 }).toBeGreaterThan(2);

  for (const [index, { pauseMs }] of CLIPS.entries()) {
    await sleep(pauseMs);
    await pushChunk(server.origin, id, clipFiles[index]!);
  }
  await expect
    .poll(async () => (await sessionStatus(server.origin, id)).chunks, { timeout: 60_000, interval: 500 })
    .toMatchObject({ published: CLIPS.length, failed: 0, dropped: 0 });
  await expect
    .poll(
      async () =>
        (await readScreen(video, FPS)).frames.some(
          ({ mark }) => mark?.clip === LAST.clip && mark.frame >= LAST.frames - 3,
        ),
      {
        timeout: 30_000,
        interval: 500,
      },
    )
    .toBe(true);
  // The filler that follows the last sentence.
  await sleep(1000);

  const reading = await stopReading(video);
  const errors = await hlsErrors(page);
  await page.close();
  const analysis = analyseFrames(reading.frames, CLIPS, FPS);
  expect(faultsOf(analysis, reading.droppedVideoFrames)).toEqual([]);
  expect(errors).toEqual([]);
  const busy = await machine.reason();
  if (busy === undefined) {
    expect(reading.stallsMs).toEqual([]);
    expect(reading.droppedVideoFrames).toBeLessThanOrEqual(reading.frames.length * MAX_DROPPED_RATIO);
    expect(analysis.longestPictureMs).toBeLessThan(MAX_PICTURE_MS);
  } else console.warn(`how smooth it was is not judged: ${busy}`);

  await deleteSession(server.origin, id);
  expect((await fetch(playlistUrl)).status).toBe(404);
  const ended = await server.stop('SIGTERM');
  // The process ends by itself: no timer or listener holds it, and it takes its encoders along.
  expect(ended).toEqual({ exitCode: 0, exitSignal: null, survivors: [] });
  expect(await encodersOf(server.pid)).toEqual([]);
  expect((await filesIn(dataDir)).filter((path) => path.includes(id))).toEqual([]);
  expect(await filesIn(tempDir)).toEqual([]);
});
