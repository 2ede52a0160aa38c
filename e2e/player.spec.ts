import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ThroughlinePlayer } from '../player/src/element/throughline-player.ts';
import type { SessionOptions } from '../server/session/types.ts';
import { deleteSession, endSession, openSession } from './support/api.ts';
import { axeFaults } from './support/axe.ts';
import { launchChromium } from './support/chromium.ts';
import { type ForeignSite, serveForeignSite } from './support/foreign-site.ts';
import {
  ended,
  heard,
  loudness,
  openPage,
  playerLog,
  playerOf,
  position,
  stateOf,
  watchPlayer,
} from './support/player-page.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { SMALL_PROFILE } from './support/talker.ts';

const DIST = join(import.meta.dirname, '../player/dist');
const SENTENCES = ['This is the first one.', 'And this is the second.'];
/** Of full scale; a voice is louder, coded silence quieter. */
const AUDIBLE = 0.02;
/** How far the published end runs ahead of the clock, by default. */
const LEAD_MS = 500;

let directory: string;
let server: RunningServer;
let browser: Browser;
let site: ForeignSite;
const pages: Record<string, string> = {};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'player-'));
  // As people's browsers are: no sound before a gesture.
  [server, browser, site] = await Promise.all([
    startServer({ dataDir: directory }),
    launchChromium(['--autoplay-policy=user-gesture-required']),
    serveForeignSite({ pages }),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await site?.[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

async function open(options: SessionOptions = {}) {
  return await openSession(server.origin, { profile: SMALL_PROFILE, ...options });
}

async function say(id: string, text: string): Promise<void> {
  const answer = await fetch(`${server.origin}/v1/sessions/${id}/say`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text }),
  });
  if (!answer.ok) throw new Error(`say: ${answer.status} ${await answer.text()}`);
}

/** A page of another site with nothing but these lines. */
function page(name: string, body: string): string {
  pages[`/${name}`] =
    `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>${name}</title><body style="margin:0">${body}</body></html>`;
  return `${site.origin}/${name}`;
}

const playing = (opened: Page, after = 0.5) => expect.poll(() => position(opened)).toBeGreaterThan(after);

test('one line of HTML on another site plays a session, with sound after one tap', async () => {
  const { id, playlistUrl } = await open();
  const line = `<script type="module" src="${server.origin}/player.js"></script><throughline-player src="${playlistUrl}" autoplay="any"></throughline-player>`;
  const opened = await openPage(browser, { url: page('one-line', line), viewport: { width: 390, height: 700 } });
  await playing(opened.page);
  const tap = opened.page.getByRole('button', { name: 'Tap for sound' });
  await tap.waitFor({ state: 'visible' });
  expect(await playerOf(opened.page).evaluate((player: ThroughlinePlayer) => player.muted)).toBe(true);
  await tap.click();
  await tap.waitFor({ state: 'hidden' });
  expect(await playerOf(opened.page).evaluate((player: ThroughlinePlayer) => player.muted)).toBe(false);
  await say(id, 'One tap, and you can hear every single word that I have to say to you.');
  await expect.poll(() => loudness(opened.page)).toBeGreaterThan(AUDIBLE);
  expect(opened.trouble).toEqual([]);
  await opened.context.close();
  await deleteSession(server.origin, id);
});

test('as a script that is no module it plays a session named by its id', async () => {
  const { id } = await open();
  const url = page(
    'script',
    `<script src="${server.origin}/player.iife.js"></script><throughline-player session="${id}" autoplay="muted"></throughline-player>`,
  );
  const opened = await openPage(browser, { url });
  await playing(opened.page);
  const seen = await playerOf(opened.page).evaluate(({ src, session, engine, state }: ThroughlinePlayer) => ({
    ...{ src, session, engine, state },
  }));
  expect(seen).toEqual({ src: '', session: id, engine: 'hls.js', state: 'playing' });
  expect(opened.trouble).toEqual([]);
  await opened.context.close();
  await deleteSession(server.origin, id);
});

test('tells what is said, when it begins and when it ends, from the playlist alone', async () => {
  const { id, playlistUrl } = await open();
  const url = page(
    'events',
    `<script type="module" src="${server.origin}/player.js"></script><throughline-player src="${playlistUrl}" autoplay="muted"></throughline-player>`,
  );
  const opened = await openPage(browser, { url });
  await watchPlayer(opened.page);
  await playing(opened.page);
  const askedMs = Date.now();
  await say(id, SENTENCES.join(' '));
  await expect.poll(async () => ended(await playerLog(opened.page))).toEqual(SENTENCES);
  const log = await playerLog(opened.page);
  expect(heard(log)).toEqual(SENTENCES);
  expect(log.played).toHaveLength(1);
  const { transcript, shownMs, quality } = await playerOf(opened.page).evaluate((player: ThroughlinePlayer) => ({
    transcript: player.transcript.map(({ sentences }) => sentences.map(({ text }) => text)),
    shownMs: player.programDateTime?.getTime() ?? 0,
    quality: player.quality,
  }));
  expect(transcript).toEqual([SENTENCES]);
  // What is on screen was said after it was asked for, and is not yet to come.
  expect(shownMs).toBeGreaterThan(askedMs);
  expect(shownMs).toBeLessThan(Date.now() + LEAD_MS);
  expect(quality?.startupMs).toBeGreaterThan(0);
  expect(opened.trouble).toEqual([]);
  await opened.context.close();
  await deleteSession(server.origin, id);
});

test('is played by keyboard, goes on where it was paused, and comes back to live by its button', async () => {
  const { id } = await open();
  const opened = await openPage(browser, { url: `${server.origin}/embed/${id}` });
  await playing(opened.page, 1);
  const player = playerOf(opened.page);
  const read = () =>
    player.evaluate(({ paused, muted, currentTime, quality, textTracks }: ThroughlinePlayer) => ({
      ...{ paused, muted, currentTime, latency: quality?.latency ?? 0 },
      captions: [...textTracks].map(({ mode }) => mode),
    }));
  await opened.page.keyboard.press('Tab');
  expect((await read()).captions).toEqual(['showing']);
  await opened.page.keyboard.press('c');
  expect((await read()).captions).not.toContain('showing');
  await opened.page.keyboard.press('k');
  const before = await read();
  expect(before.paused).toBe(true);
  await sleep(4_000);
  await opened.page.keyboard.press('k');
  await expect.poll(async () => (await read()).currentTime).toBeGreaterThan(before.currentTime);
  const after = await read();
  expect(after.currentTime).toBeLessThan(before.currentTime + 3);
  expect(after.latency).toBeGreaterThan(before.latency + 3);
  await opened.page.getByRole('button', { name: 'seek to live' }).click();
  await expect.poll(async () => (await read()).latency).toBeLessThan(before.latency + 1.5);
  expect(opened.trouble).toEqual([]);
  await opened.context.close();
  await deleteSession(server.origin, id);
});

test('ends with the stream and plays the recording again, with its captions', async () => {
  const { id } = await open();
  const opened = await openPage(browser, { url: `${server.origin}/embed/${id}` });
  await watchPlayer(opened.page);
  await playing(opened.page);
  await say(id, SENTENCES.join(' '));
  await expect.poll(async () => heard(await playerLog(opened.page))).toEqual(SENTENCES);
  await endSession(server.origin, id);
  await expect.poll(() => stateOf(opened.page)).toBe('ended');
  expect(ended(await playerLog(opened.page))).toEqual(SENTENCES);
  await opened.page.getByText('The stream has ended.').waitFor({ state: 'visible' });
  await opened.page.getByRole('button', { name: 'Play again' }).click();
  await expect.poll(() => stateOf(opened.page)).toBe('playing');
  const replayed = await playerOf(opened.page).evaluate((player: ThroughlinePlayer) => ({
    source: player.media.currentSrc,
    duration: player.duration,
  }));
  expect(replayed.source).toContain(`/live/${id}/recording.mp4`);
  // Without the pauses.
  expect(replayed.duration).toBeLessThan(8);
  await expect.poll(() => stateOf(opened.page)).toBe('ended');
  expect(opened.trouble).toEqual([]);
  await opened.context.close();
  await deleteSession(server.origin, id);
});

test('plays a long answer from its first sentence, ends, and plays it again in place', async () => {
  const { id } = await open({ pacing: 'asap' });
  await say(id, SENTENCES.join(' '));
  await endSession(server.origin, id);
  const opened = await openPage(browser, { url: `${server.origin}/embed/${id}?autoplay=false` });
  await watchPlayer(opened.page);
  await opened.page.getByRole('button', { name: 'play', exact: true }).click();
  await expect.poll(() => stateOf(opened.page)).toBe('ended');
  expect(heard(await playerLog(opened.page))).toEqual(SENTENCES);
  await opened.page.getByRole('button', { name: 'Play again' }).click();
  await expect.poll(async () => heard(await playerLog(opened.page)).length).toBe(4);
  expect(opened.trouble).toEqual([]);
  await opened.context.close();
  await deleteSession(server.origin, id);
});

test('waits for a tap without autoplay, loads nothing before it, and lets go of everything when it is taken away', async () => {
  const { id, playlistUrl } = await open();
  const url = page(
    'waits',
    `<script type="module" src="${server.origin}/player.js"></script><throughline-player src="${playlistUrl}" poster="/none.png"></throughline-player>`,
  );
  pages['/none.png'] = '';
  const opened = await openPage(browser, { url });
  const requests: string[] = [];
  opened.page.on('request', (request) => requests.push(request.url()));
  await sleep(1_500);
  expect(await stateOf(opened.page)).toBe('idle');
  expect(requests.filter((request) => request.includes('.m4s'))).toEqual([]);
  await opened.page.getByRole('button', { name: 'play', exact: true }).click();
  await playing(opened.page);
  // Moved, it plays on.
  const moved = await playerOf(opened.page).evaluate(async (player: ThroughlinePlayer) => {
    const { engine, media } = player;
    const before = media.src;
    document.body.append(document.createElement('div'));
    document.body.lastElementChild?.append(player);
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { engine, same: media.src === before };
  });
  expect(moved).toEqual({ engine: 'hls.js', same: true });
  await playerOf(opened.page).evaluate((player: ThroughlinePlayer) => player.remove());
  await sleep(500);
  requests.length = 0;
  await sleep(1_500);
  expect(requests).toEqual([]);
  await opened.context.close();
  await deleteSession(server.origin, id);
});

test("plays through the browser's own HLS where that is preferred", async () => {
  const { id, playlistUrl } = await open();
  const url = page(
    'native',
    `<script type="module" src="${server.origin}/player.js"></script><throughline-player src="${playlistUrl}" autoplay="muted" prefer-playback="native"></throughline-player>`,
  );
  const opened = await openPage(browser, { url });
  await playing(opened.page, 2);
  expect(await playerOf(opened.page).evaluate(({ engine }: ThroughlinePlayer) => engine)).toBe('native');
  await opened.context.close();
  await deleteSession(server.origin, id);
});

test('has no accessibility fault: playing, waiting for a tap, and at its end', async () => {
  const { id } = await open();
  const opened = await openPage(browser, { url: `${server.origin}/embed/${id}` });
  // A frame in somebody else's page has no heading of its own.
  const faults = (): Promise<string[]> => axeFaults(opened.page, ['page-has-heading-one']);
  await opened.page.getByRole('button', { name: 'Tap for sound' }).waitFor({ state: 'visible' });
  expect(await faults()).toEqual([]);
  await opened.page.getByRole('button', { name: 'Tap for sound' }).click();
  expect(await faults()).toEqual([]);
  await endSession(server.origin, id);
  await expect.poll(() => stateOf(opened.page)).toBe('ended');
  expect(await faults()).toEqual([]);
  await opened.context.close();
  await deleteSession(server.origin, id);
});

test('weighs no more than its budget, and loads where there is no DOM', async () => {
  const budgets = JSON.parse(await readFile(join(import.meta.dirname, '../player/budget.json'), 'utf8')) as Record<
    string,
    number
  >;
  for (const [file, kilobytes] of Object.entries(budgets)) {
    const size = gzipSync(await readFile(join(DIST, file)), { level: 9 }).byteLength / 1000;
    expect(size, `${file}, gzipped, in kB`).toBeLessThanOrEqual(kilobytes);
    // A budget that is far off says nothing.
    expect(size, `${file}, gzipped, in kB`).toBeGreaterThan(kilobytes * 0.93);
  }
  const { ThroughlinePlayer: loaded } = (await import(join(DIST, 'player.js'))) as { ThroughlinePlayer: unknown };
  expect(loaded).toBeTypeOf('function');
});
