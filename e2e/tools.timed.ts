import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { analyseFrames, faultsOf } from './support/analyse-frames.ts';
import { beepFrames, decodeSound } from './support/beeps.ts';
import { launchChromium } from './support/chromium.ts';
import { makeMarkedClip } from './support/clips.ts';
import { downloadPresentation } from './support/hls-client.ts';
import { playHls } from './support/play-hls.ts';
import { readScreen, startReading, stopReading } from './support/read-frames.ts';
import { type StaticServer, serveFolder } from './support/static-server.ts';

const run = promisify(execFile);
const FPS = 25;
const FRAMES = 110;
/** A busy machine may keep the browser from showing a picture in time; more than a few and the reading proves nothing. */
const MAX_DROPPED_RATIO = 0.05;

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

/** Makes a clip cut into one-second segments; the address of its media playlist. */
async function makeHls(clip: number): Promise<string> {
  const file = await makeMarkedClip({ clip, frames: FRAMES, dir });
  const encode = ['-c:v', 'libx264', '-preset', 'veryfast', '-qp', '18', '-g', `${FPS}`, '-c:a', 'copy'];
  const hls = ['-f', 'hls', '-hls_time', '1', '-hls_playlist_type', 'vod', '-hls_segment_type', 'fmp4'];
  const names = ['-hls_fmp4_init_filename', `init-${clip}.mp4`, '-hls_segment_filename', join(dir, `${clip}-%d.m4s`)];
  await run('ffmpeg', ['-v', 'error', '-i', file, ...encode, ...hls, ...names, join(dir, `clip-${clip}.m3u8`)]);
  return `${site.origin}/clip-${clip}.m3u8`;
}

async function countFrames(file: string): Promise<number> {
  const count = ['-v', 'error', '-select_streams', 'v', '-count_frames', '-show_entries', 'stream=nb_read_frames'];
  const { stdout } = await run('ffprobe', [...count, '-of', 'csv=p=0', file]);
  return Number.parseInt(stdout, 10);
}

/** Plays a clip to its end; whatever the page does meanwhile. */
async function playThrough(clip: number, meanwhile: (page: Page) => Promise<void>) {
  const url = await makeHls(clip);
  const page = await browser.newPage();
  await page.goto(site.origin);
  const video = page.locator('video');
  await startReading(video);
  await playHls(page, url);
  await meanwhile(page);
  await expect
    .poll(() => video.evaluate((element) => (element as HTMLVideoElement).ended), { timeout: 20_000 })
    .toBe(true);
  await expect.poll(async () => (await readScreen(video, 1)).frames.at(-1)?.mark?.frame).toBe(FRAMES - 1);
  const reading = await stopReading(video);
  await page.close();
  return reading;
}

test('reads every frame of a marked clip in Chromium, exactly once and in order', async () => {
  const reading = await playThrough(7, async () => undefined);
  const analysis = analyseFrames(reading.frames, [{ clip: 7, frames: FRAMES }], FPS);
  expect(faultsOf(analysis, reading.droppedVideoFrames)).toEqual([]);
  expect(reading.stallsMs).toEqual([]);
  expect(reading.droppedVideoFrames).toBeLessThanOrEqual(FRAMES * MAX_DROPPED_RATIO);
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
  expect(analysis.missing).toEqual(analysis.jumpedOver);
  expect(analysis.missing.length).toBeGreaterThanOrEqual(analysis.skippedPictures);
  expect(analysis.missing.length).toBeLessThanOrEqual(11);
  expect(analysis.skippedPictures).toBeGreaterThanOrEqual(6);
});

test('downloads a presentation as one file with all its frames', async () => {
  const file = join(dir, 'whole.mp4');
  const playlist = await downloadPresentation(await makeHls(9), file);
  expect(playlist).toMatchObject({ ended: true, mediaSequence: 0, segments: { length: Math.ceil(FRAMES / FPS) } });
  expect(await countFrames(file)).toBe(FRAMES);
});

test('makes clips in three containers, each with its beeps on the tenth frames', async () => {
  for (const container of ['mp4', 'webm', 'wav'] as const) {
    const file = await makeMarkedClip({ clip: 2, frames: 35, dir, container });
    if (container !== 'wav') expect(await countFrames(file)).toBe(35);
    const pcm = await decodeSound(file, 48_000);
    expect(beepFrames(pcm, { fps: FPS, audioRate: 48_000 })).toEqual([0, 10, 20, 30]);
  }
});
