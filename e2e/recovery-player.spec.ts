import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { analyseFrames } from './support/analyse-frames.ts';
import { deleteSession, endSession, openSession, pushChunk, sessionStatus, waitForPlaylist } from './support/api.ts';
import { decodeSound } from './support/beeps.ts';
import { launchChromium } from './support/chromium.ts';
import { makeMarkedClip } from './support/clips.ts';
import { fetchBytes, fetchMultivariant } from './support/hls-client.ts';
import { LowLatencyReader } from './support/ll-reader.ts';
import { hlsErrors, playHls } from './support/play-hls.ts';
import { readScreen, startReading, stopReading } from './support/read-frames.ts';
import { freePort, type RunningServer, startServer } from './support/server.ts';
import { type StaticServer, serveFolder } from './support/static-server.ts';
import { until } from './support/until.ts';

const FPS = 25;

const CLIPS = [
  { clip: 1, frames: 75 },
  { clip: 2, frames: 90 },
  { clip: 3, frames: 60 },
];

let directory: string;
let dataDir: string;
let port: number;
let files: string[];
let site: StaticServer;
let browser: Browser;
let server: RunningServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'recovery-player-'));
  dataDir = join(directory, 'data');
  files = [];
  for (const clip of CLIPS) files.push(await makeMarkedClip({ ...clip, dir: directory }));
  [site, browser, port] = await Promise.all([serveFolder(directory), launchChromium(), freePort()]);
  server = await startServer({ dataDir, port });
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await site?.[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

async function restart(): Promise<void> {
  await server.stop('SIGKILL');
  server = await startServer({ dataDir, port });
}

test('hls.js goes on without a reload, and shows what is said after two crashes', async () => {
  const { id, playlistUrl } = await openSession(server.origin);
  await waitForPlaylist(playlistUrl);
  const page = await browser.newPage();
  await page.goto(site.origin);
  const video = page.locator('video');
  await startReading(video);
  await playHls(page, playlistUrl, {}, 40);
  const shown = async (clip: number, frame: number) =>
    (await readScreen(video)).frames.some(({ mark }) => mark?.clip === clip && mark.frame >= frame);
  for (const [index, { clip, frames }] of CLIPS.entries()) {
    await pushChunk(server.origin, id, files[index]!);
    await until(`clip ${clip} is on screen`, () => shown(clip, 10));
    // In the middle of a sentence.
    if (index < 2) await restart();
    await until(`the end of clip ${clip} is on screen`, () => shown(clip, frames - 3), 60_000);
  }
  const reading = await stopReading(video);
  const errors = await hlsErrors(page);
  await page.close();
  expect(errors.filter((error) => error.includes('fatal'))).toEqual([]);
  const { repeated, outOfOrder, unknown, missing } = analyseFrames(reading.frames, CLIPS, FPS);
  const named = (name: string) => reading.frames.filter(({ mark }) => mark && `${mark.clip}:${mark.frame}` === name);
  expect({ repeated, outOfOrder, unknown }, JSON.stringify(repeated.flatMap(named))).toEqual({
    repeated: [],
    outOfOrder: [],
    unknown: [],
  });
  // A picture may be dropped where the player runs dry and starts again, and on a busy machine.
  expect(missing.length).toBeLessThanOrEqual(6 + reading.droppedVideoFrames);
  console.log(
    `hls.js: ${reading.stallsMs.length} stalls at 2 crashes, ${missing.length} pictures not seen; errors it got over: ${[...new Set(errors)].join(', ')}`,
  );
  await deleteSession(server.origin, id);
});

test('a session that has ended is there after a crash, with its recording; one that ends goes on to its end', async () => {
  const { id, playlistUrl } = await openSession(server.origin);
  const ending = await openSession(server.origin);
  const [media = ''] = await fetchMultivariant(playlistUrl);
  await using reader = new LowLatencyReader(media);
  for (const each of [id, ending.id]) await pushChunk(server.origin, each, files[0]!);
  await endSession(server.origin, id);
  await until('it has ended', async () => (await sessionStatus(server.origin, id)).state === 'ended');
  await until('the reader has it', () => reader.hasAll);
  await pushChunk(server.origin, ending.id, files[1]!);
  await endSession(server.origin, ending.id);
  await restart();
  await reader.askAgain();
  expect(reader.faults).toEqual([]);
  expect(await sessionStatus(server.origin, id)).toMatchObject({
    state: 'ended',
    chunks: { accepted: 1, published: 1 },
  });
  await until('the other one has ended', async () => (await sessionStatus(server.origin, ending.id)).state === 'ended');
  for (const [each, frames] of [
    [id, 75],
    [ending.id, 165],
  ] as const) {
    const file = join(directory, `${each}.mp4`);
    await writeFile(file, await fetchBytes(`${server.origin}/live/${each}/recording.mp4`));
    const seconds = (await decodeSound(file, 48_000)).length / 48_000;
    expect(Math.abs(seconds - frames / FPS)).toBeLessThan(0.05);
  }
  // The recording was made; it is not made again.
  const before = await fetch(`${server.origin}/live/${id}/recording.mp4`, { method: 'HEAD' });
  await restart();
  const after = await fetch(`${server.origin}/live/${id}/recording.mp4`, { method: 'HEAD' });
  expect(after.headers.get('etag')).toBe(before.headers.get('etag'));
  for (const each of [id, ending.id]) await deleteSession(server.origin, each);
});

test('a session that was being deleted when it happened stays deleted', async () => {
  for (let round = 0; round < 4; round++) {
    const { id } = await openSession(server.origin);
    await pushChunk(server.origin, id, files[0]!);
    await sleep(round * 300);
    const deleting = fetch(`${server.origin}/v1/sessions/${id}`, { method: 'DELETE' });
    const answered = deleting.then(
      (response) => response.status === 204,
      () => false,
    );
    await sleep(round * 2);
    await restart();
    const isDeleted = (await sessionStatus(server.origin, id).catch(() => undefined)) === undefined;
    if (await answered) expect(isDeleted).toBe(true);
    else if (!isDeleted) await deleteSession(server.origin, id);
    const left = () => readdir(dataDir, { recursive: true });
    await until('nothing is left of it', async () => !(await left()).some((name) => name.includes(id)));
  }
});
