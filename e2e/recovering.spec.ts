import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ThroughlinePlayer } from '../player/src/element/throughline-player.ts';
import { launchChromium } from './support/chromium.ts';
import { type FaultProxy, startFaultProxy } from './support/fault-proxy.ts';
import {
  ended,
  heard,
  openPage,
  type PlayerLog,
  playerLog,
  playerOf,
  position,
  stateOf,
  watchPlayer,
} from './support/player-page.ts';
import { freePort, type RunningServer, startServer } from './support/server.ts';
import { Talker } from './support/talker.ts';
import { until } from './support/until.ts';

/** hls.js steps over 0.1 s, and its multiples, where the browser stands still for seconds with media in hand, as on a machine that is overloaded. */
const NUDGES = 0.35;
/** Each stall on the way is time on top. */
const SAID_LIMIT_MS = 240_000;

/** Short, so that many of them fall into whatever goes wrong. */
const SENTENCES = Array.from({ length: 8 }, (_, index) => `This is sentence number ${index + 1}, and it is said once.`);

let directory: string;
let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'recovering-'));
  [server, browser] = await Promise.all([
    startServer({ dataDir: directory, env: { AVATAR: 'none' } }),
    launchChromium(),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

type Watched = { readonly page: Page; readonly talker: Talker; readonly proxy: FaultProxy; close(): Promise<void> };

/** Somebody watches a session through a network that can fail. */
async function watch(query = ''): Promise<Watched> {
  const proxy = await startFaultProxy(server.origin);
  const talker = await Talker.open(server.origin);
  const { page, context } = await openPage(browser, { url: `${proxy.origin}/embed/${talker.id}${query}` });
  await watchPlayer(page);
  await until('it plays', async () => (await position(page)) > 0.5);
  return {
    ...{ page, talker, proxy },
    async close() {
      await context.close();
      await talker[Symbol.asyncDispose]();
      await proxy[Symbol.asyncDispose]();
    },
  };
}

/** The second sentence is being said, and most are still to come. */
const underWay = (page: Page) => until('it speaks', async () => heard(await playerLog(page)).length >= 2);

const saysAll = (page: Page) =>
  until('all is said', async () => ended(await playerLog(page)).length >= SENTENCES.length, SAID_LIMIT_MS);

/** Heard once, in order, without a jump in the media: nothing was lost, whatever was waited for. */
async function expectAllHeard(page: Page): Promise<void> {
  await saysAll(page);
  const log = await playerLog(page);
  expect(heard(log)).toEqual(SENTENCES);
  expect(skipped(log)).toBeLessThan(NUDGES);
  expect(log.events.filter(({ type, text }) => type === 'missed' && Number(text) >= NUDGES)).toEqual([]);
}

/** Seconds of media between what was played. */
const skipped = ({ played }: PlayerLog): number =>
  played.slice(1).reduce((sum, [start], index) => sum + start - (played[index]?.[1] ?? start), 0);

const notices = async (page: Page): Promise<string[]> =>
  (await playerLog(page)).events.filter(({ type }) => type === 'statechange').map(({ text }) => text);

describe.concurrent('goes on by itself, and nothing that was said is lost', () => {
  test('after 20 seconds without a network, saying so', async () => {
    const { page, talker, proxy, close } = await watch();
    await talker.post('say', SENTENCES.join(' '));
    await underWay(page);
    await proxy.cut();
    await page.getByText('Reconnecting…').waitFor({ state: 'visible' });
    await sleep(20_000);
    await proxy.mend();
    await page.getByText(/Back, \d+ seconds behind live/).waitFor({ state: 'visible' });
    await expectAllHeard(page);
    expect(await notices(page)).toContain('reconnecting');
    await close();
  });

  test('while the server answers nothing, errors, and broken media by turns', async () => {
    const { page, talker, proxy, close } = await watch();
    await talker.post('say', SENTENCES.join(' '));
    const isMedia = (url: string): boolean => url.includes('.m4s');
    for (const fault of ['hang', 503, 'reset', 'zeros', 404] as const) {
      let requests = 0;
      // A segment is tried three times before it is played over.
      proxy.fault = (url) => (isMedia(url) && [4, 5].includes(++requests) ? fault : 'pass');
      await until(`${fault} is over`, () => requests >= 6);
    }
    await expectAllHeard(page);
    await close();
  });

  test('while playlists fail in every way', async () => {
    const { page, talker, proxy, close } = await watch();
    await talker.post('say', SENTENCES.join(' '));
    for (const fault of [500, 'hang', 404, 'reset', 'zeros'] as const) {
      await sleep(1_500);
      proxy.fault = (url) => (url.includes('stream.m3u8') ? fault : 'pass');
      await sleep(2_500);
      proxy.fault = () => 'pass';
    }
    await expectAllHeard(page);
    await close();
  });

  test('after the computer slept for half a minute', async () => {
    const { page, talker, close } = await watch();
    await talker.post('say', SENTENCES.join(' '));
    await underWay(page);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Page.setWebLifecycleState', { state: 'frozen' });
    await sleep(30_000);
    await cdp.send('Page.setWebLifecycleState', { state: 'active' });
    await expectAllHeard(page);
    await close();
  });

  test('when its MediaSource is taken away', async () => {
    const { page, talker, close } = await watch();
    await talker.post('say', SENTENCES.join(' '));
    await underWay(page);
    // What a driver that crashes looks like to a page.
    await playerOf(page).evaluate(({ media }: ThroughlinePlayer) => {
      media.dispatchEvent(new Event('error'));
    });
    await expectAllHeard(page);
    await close();
  });

  test('when the server is killed in the middle of a sentence and starts again, all is heard, without a reload', async () => {
    const port = await freePort();
    const settings = { dataDir: join(directory, 'killed'), port, env: { AVATAR: 'none' } };
    const killed = await startServer(settings);
    const talker = await Talker.open(killed.origin);
    const { page, context } = await openPage(browser, { url: `${killed.origin}/embed/${talker.id}` });
    await watchPlayer(page);
    await until('it plays', async () => (await position(page)) > 0.5);
    await talker.post('say', SENTENCES.join(' '));
    await underWay(page);
    await killed.stop('SIGKILL');
    await page.getByText('Reconnecting…').waitFor({ state: 'visible' });
    await using _restarted = await startServer(settings);
    await expectAllHeard(page);
    await context.close();
  });

  test('after longer than the stream is kept it goes on with the first words that are left, and says what was missed', async () => {
    const proxy = await startFaultProxy(server.origin);
    await using talker = await Talker.open(server.origin, { window: 20 });
    const { page, context } = await openPage(browser, { url: `${proxy.origin}/embed/${talker.id}` });
    await watchPlayer(page);
    await until('it plays', async () => (await position(page)) > 0.5);
    await proxy.cut();
    await talker.post('say', SENTENCES.join(' '));
    // Until the first sentences have left the playlist.
    await until('all is published', async () => talker.chunks().length === SENTENCES.length);
    await sleep(2_000);
    await proxy.mend();
    await page.getByText(/of the stream were missed/).waitFor({ state: 'visible' });
    const isSaid = async () => ended(await playerLog(page)).at(-1) === SENTENCES.at(-1);
    await until('the last is said', isSaid, SAID_LIMIT_MS);
    const all = heard(await playerLog(page));
    // From some sentence on, all of them.
    expect(all).toEqual(SENTENCES.slice(-all.length));
    expect(all.length).toBeGreaterThan(2);
    expect(all.length).toBeLessThan(SENTENCES.length);
    await context.close();
    await proxy[Symbol.asyncDispose]();
  });

  test('a session that is deleted is told to be gone, and played when there is one of its name again', async () => {
    const talker = await Talker.open(server.origin, { id: 'comes-and-goes' });
    const { page, context } = await openPage(browser, { url: `${server.origin}/embed/${talker.id}` });
    await until('it plays', async () => (await position(page)) > 0.5);
    await talker[Symbol.asyncDispose]();
    await page.getByText('This stream is not available.').waitFor({ state: 'visible' });
    await using again = await Talker.open(server.origin, { id: 'comes-and-goes' });
    await until('it plays again', async () => (await stateOf(page)) === 'playing');
    await watchPlayer(page);
    await again.post('say', 'It is me again.');
    await until('it speaks', async () => heard(await playerLog(page)).length > 0);
    expect(heard(await playerLog(page))).toEqual(['It is me again.']);
    await context.close();
  });
});
