import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Stats } from '../server/monitor/stats.ts';
import { axeFaults } from './support/axe.ts';
import { launchChromium } from './support/chromium.ts';
import { playHls } from './support/play-hls.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { type StaticServer, serveFolder } from './support/static-server.ts';
import { Talker } from './support/talker.ts';
import { until } from './support/until.ts';

const SID = '3b8f2c1e-9d4a-4f6b-8e21-7c5d0a9f1e33';
/** No media comes for so long: longer than hls.js has in hand on a low-latency stream, shorter than it waits for an answer. */
const OUTAGE_MS = 4_000;

let directory: string;
let browser: Browser;
let site: StaticServer;
let server: RunningServer;
let talker: Talker;
/** Somebody who watches, with hls.js as it comes, on a page of another origin. */
let player: Page;
/** Somebody who looks after the server. */
let dashboard: Page;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'dashboard-'));
  [server, browser, site] = await Promise.all([
    startServer({ dataDir: directory }),
    launchChromium(),
    serveFolder(directory),
  ]);
  talker = await Talker.open(server.origin, { title: 'Help desk' });
  player = await browser.newPage();
  dashboard = await browser.newPage({ viewport: { width: 1280, height: 800 } });
});

afterAll(async () => {
  await talker?.[Symbol.asyncDispose]();
  await browser?.close();
  await server?.stop();
  await site?.[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

async function stats(): Promise<Stats> {
  return (await (await fetch(`${server.origin}/v1/stats`)).json()) as Stats;
}

/** Values of /metrics by name and labels. */
async function metrics(): Promise<Map<string, number>> {
  const lines = (await (await fetch(`${server.origin}/metrics`)).text()).split('\n');
  const samples = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

const shown = (id: string): Promise<string> => dashboard.locator(`[data-id=${id}]`).innerText();

/** Charts with something drawn on them beside the grid: pixels of one of the lines' colours, or close to it where edges are smoothed. */
function chartsWithLines(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const style = getComputedStyle(document.documentElement);
    const colors = [1, 2, 3, 4].map((series) => {
      const value = Number.parseInt(style.getPropertyValue(`--series-${series}`).trim().slice(1), 16);
      return [value >> 16, (value >> 8) & 255, value & 255];
    });
    return [...document.querySelectorAll('.chart')].flatMap((chart) => {
      const canvas = chart.querySelector('canvas') as HTMLCanvasElement;
      const context = canvas.getContext('2d') as CanvasRenderingContext2D;
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      let drawn = 0;
      for (let at = 0; at < data.length; at += 4) {
        const isLine = colors.some((color) => color.every((part, index) => Math.abs(part - data[at + index]!) < 48));
        if (isLine && data[at + 3]! > 128) drawn += 1;
      }
      return drawn > 4 ? [chart.querySelector('h3')?.textContent ?? ''] : [];
    });
  });
}

test('an empty dashboard says that nothing runs, and can be used by everybody', async () => {
  const failures: string[] = [];
  dashboard.on('pageerror', (error) => failures.push(String(error)));
  dashboard.on('console', (message) => message.type() === 'error' && failures.push(message.text()));
  await dashboard.goto(`${server.origin}/dashboard`);
  // A server that was started on a busy machine is told of until it has caught up.
  await expect.poll(() => shown('verdict-title'), { timeout: 300_000 }).toBe('All is well');
  expect(await shown('reasons')).toBe('Nobody watches: 1 session open, all idle.');
  expect([await shown('viewers'), await shown('stalls'), await shown('sessions-more')]).toEqual([
    '0',
    '–',
    '1 open, 1 idle',
  ]);
  expect(await dashboard.locator('.chart-empty:visible').count()).toBeGreaterThanOrEqual(4);
  expect(await axeFaults(dashboard)).toEqual([]);
  expect(failures).toEqual([]);
});

test('what a real player reports arrives in the statistics, in the metrics and on the page', async () => {
  await player.goto(site.origin);
  await playHls(player, talker.playlistUrl, {
    cmcd: {
      sessionId: SID,
      contentId: talker.id,
      eventTargets: [{ url: `${server.origin}/live/${talker.id}/cmcd`, events: ['ps', 't', 'e', 'br'], interval: 2 }],
    },
  });
  await talker.post('say', 'Good morning.');
  await talker.published('Good morning.');
  // What hls.js does not measure by itself.
  await report('e=t,msd=640,dfa=3,ltc=1100,sta=p');
  await until('the viewer plays', async () => (await stats()).viewers.states.playing === 1);
  await until('it watched for some seconds', async () => (await stats()).totals.timedWatchSeconds > 3);

  const { viewers, totals, busiest, encoder } = await stats();
  expect(viewers).toMatchObject({ watching: 1, viewers: 1, startup: { p50: 0.64 }, latency: { p50: 1.1 } });
  expect(viewers.bitrate).toBeGreaterThan(10_000);
  expect(viewers.throughput).toBeGreaterThan(10_000);
  expect(totals).toMatchObject({ playbacks: 1, droppedFrames: 3 });
  expect(busiest).toMatchObject([{ id: talker.id, title: 'Help desk', viewers: 1, latency: 1.1 }]);
  expect(encoder.speed).toBeGreaterThan(0);

  // On a busy machine it may wait for its buffer now and then.
  await until(
    'the metrics say that it plays',
    async () => (await metrics()).get('throughline_viewer_states{state="playing"}') === 1,
  );
  const told = await metrics();
  for (const [name, value] of [
    ['throughline_viewers', 1],
    ['throughline_viewer_startup_seconds_sum', 0.64],
    ['throughline_viewer_dropped_frames_total', 3],
    ['throughline_sessions{state="open"}', 1],
    ['throughline_encoder_info{encoder="libx264"}', 1],
  ] as const)
    expect([name, told.get(name)]).toEqual([name, value]);
  for (const name of [
    'throughline_viewer_watch_seconds_total{timed="yes"}',
    'throughline_chunks_total{outcome="published"}',
    'throughline_chunk_stage_seconds_count{stage="tts"}',
    'throughline_chunk_stage_seconds_count{stage="avatar"}',
    'throughline_publish_lag_seconds_count',
    'throughline_http_answers_total{plane="media",code="2xx"}',
    'throughline_encodes_total{outcome="done"}',
    'process_cpu_seconds_total',
  ])
    expect([name, (told.get(name) ?? 0) > 0]).toEqual([name, true]);

  await expect.poll(() => shown('viewers')).toBe('1');
  await expect.poll(() => shown('latency')).toBe('1.1 s');
  expect(await shown('viewers-more')).toBe('started in 640 ms');
  const link = dashboard.locator('[data-id=rows] a');
  expect([await link.innerText(), await link.getAttribute('href')]).toEqual(['Help desk', `/embed/${talker.id}`]);
  await expect
    .poll(() => chartsWithLines(dashboard))
    .toEqual(expect.arrayContaining(['Viewers and sessions', 'Encoder', 'Stage times, median (95 %)']));
});

test('a stall that a player has is counted, and stands out on the page', async () => {
  const over = sleep(OUTAGE_MS);
  await player.route(/\.m4s/, async (route) => {
    await over;
    await route.continue();
  });
  await over;
  await player.unrouteAll({ behavior: 'wait' });
  // hls.js tells its state, and sets a flag on its next request: that is one stall, not two.
  await until('the stall is counted', async () => (await stats()).totals.stalls > 0);
  await until('it is timed', async () => (await stats()).totals.rebufferSeconds > 1);
  const before = (await stats()).totals.stalls;
  await report(`e=ps,bsa=(${before + 1}),sta=r`);
  expect((await stats()).totals.stalls).toBe(before + 1);
  await expect.poll(() => shown('verdict-title')).toMatch(/^Have a look at th/);
  expect(await shown('reasons')).toMatch(/waits for the buffer now|stalls? in|went into waiting for the buffer/);
  expect(await dashboard.locator('tr[data-troubled]').innerText()).toMatch(/Help desk\s+\w+, trouble/);
  expect((await metrics()).get('throughline_viewer_rebuffer_seconds_total')).toBeGreaterThan(0);
});

test('the page is read by keyboard, in the dark and on a phone, too', async () => {
  const chart = dashboard.locator('.plot').first();
  await chart.focus();
  const lastButOne = async () => {
    await dashboard.keyboard.press('End');
    await dashboard.keyboard.press('ArrowLeft');
    return await dashboard.locator('.legend [role=status]').first().textContent();
  };
  await expect.poll(lastButOne).toMatch(/^\d\d:\d\d:\d\d, Viewers 1, Sessions talking \d$/);
  for (const [width, colorScheme] of [
    [1280, 'dark'],
    [390, 'light'],
  ] as const) {
    await dashboard.setViewportSize({ width, height: 844 });
    await dashboard.emulateMedia({ colorScheme });
    await sleep(300);
    expect(await axeFaults(dashboard)).toEqual([]);
    expect(await dashboard.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
});

test('a server that is away is told of, and the page goes on by itself when it is back', async () => {
  await dashboard.context().setOffline(true);
  await expect.poll(() => shown('verdict-title')).toBe('The server does not answer');
  expect(await shown('freshness')).toMatch(/^Last figures of \d\d:\d\d:\d\d$/);
  expect(await shown('viewers')).toBe('1');
  await dashboard.context().setOffline(false);
  await expect.poll(() => shown('freshness')).toMatch(/^Live, as of /);
});

test('a viewer that leaves is gone at once, and what it saw stays', async () => {
  await report('e=ps,sta=q');
  await player.close();
  const { viewers, totals } = await stats();
  expect([viewers.viewers, totals.playbacks]).toEqual([0, 1]);
  expect(totals.stalls).toBeGreaterThan(0);
  await talker.delete();
  const gone = await fetch(`${server.origin}/live/${talker.id}/cmcd`, { method: 'POST', body: `sid="${SID}",v=2` });
  expect(gone.status).toBe(410);
});

/** From the player's page, as a report of its own: another origin, a preflight, and `keepalive`. */
async function report(fields: string): Promise<void> {
  const status = await player.evaluate(
    async ({ url, body }) => {
      const headers = { 'content-type': 'application/cmcd' };
      return (await fetch(url, { method: 'POST', headers, body, keepalive: true })).status;
    },
    { url: `${server.origin}/live/${talker.id}/cmcd`, body: `sid="${SID}",cid="x",${fields},ts=${Date.now()},v=2\n` },
  );
  expect(status).toBe(204);
}
