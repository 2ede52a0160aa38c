import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { analyseFrames, faultsOf } from './support/analyse-frames.ts';
import { launchChromium } from './support/chromium.ts';
import { makeMarkedClip } from './support/clips.ts';
import { playHls } from './support/play-hls.ts';
import { readScreen, startReading, stopReading } from './support/read-frames.ts';
import { type StaticServer, serveFolder } from './support/static-server.ts';

const run = promisify(execFile);
const FPS = 25;
const FRAMES = 110;

let dir: string;
let site: StaticServer;
let browser: Browser;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tools-'));
  [site, browser] = await Promise.all([serveFolder(dir), launchChromium()]);
});
afterAll(async () => {
  await browser.close();
  await site[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
});

/** Plays a clip cut into one-second segments to its end; whatever the page does meanwhile. */
async function playThrough(clip: number, meanwhile: (page: Page) => Promise<void>) {
  const file = await makeMarkedClip({ clip, frames: FRAMES, dir });
  const hls = ['-f', 'hls', '-hls_time', '1', '-hls_playlist_type', 'vod', '-hls_segment_type', 'fmp4'];
  const names = ['-hls_fmp4_init_filename', `init-${clip}.mp4`, '-hls_segment_filename', join(dir, `${clip}-%d.m4s`)];
  await run('ffmpeg', ['-v', 'error', '-i', file, '-c', 'copy', ...hls, ...names, join(dir, `clip-${clip}.m3u8`)]);
  const page = await browser.newPage();
  await page.goto(site.origin);
  const video = page.locator('video');
  await startReading(video);
  await playHls(page, `/clip-${clip}.m3u8`);
  await meanwhile(page);
  await expect
    .poll(() => video.evaluate((element) => (element as HTMLVideoElement).ended), { timeout: 20_000 })
    .toBe(true);
  await expect.poll(async () => (await readScreen(video)).frames.at(-1)?.mark?.frame).toBe(FRAMES - 1);
  const reading = await stopReading(video);
  await page.close();
  return reading;
}

test('reads every frame of a marked clip in Chromium, exactly once and in order', async () => {
  const reading = await playThrough(7, async () => undefined);
  const analysis = analyseFrames(reading.frames, [{ clip: 7, frames: FRAMES }], FPS);
  expect(faultsOf(analysis)).toEqual([]);
  expect(reading.stallsMs).toEqual([]);
  expect(reading.droppedVideoFrames).toBe(0);
});

test('tells frames that were shown but not read from frames that were skipped', async () => {
  const clips = [{ clip: 8, frames: FRAMES }];
  const reading = await playThrough(8, async (page) => {
    await page.waitForTimeout(1000);
    // The page's main thread is busy for several frames: the callback comes late, the compositor goes on.
    await page.evaluate(() => {
      const untilMs = performance.now() + 300;
      while (performance.now() < untilMs);
    });
    await page.waitForTimeout(500);
    await page.evaluate(() => {
      const video = document.querySelector('video') as HTMLVideoElement;
      video.currentTime += 0.4;
    });
  });
  const analysis = analyseFrames(reading.frames, clips, FPS);
  expect(analysis.unreadPictures).toBeGreaterThan(3);
  // The jump left out about ten frames; the busy thread none.
  expect(analysis.missing.length).toBe(analysis.skippedPictures);
  expect(analysis.skippedPictures).toBeGreaterThanOrEqual(6);
  expect(analysis.skippedPictures).toBeLessThanOrEqual(11);
});
