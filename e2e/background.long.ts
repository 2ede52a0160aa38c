import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchTabs, type Tab, type TabBrowser } from './support/background-tab.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { Talker } from './support/talker.ts';
import { until } from './support/until.ts';

const BACKGROUND_MS = 5 * 60_000;
/** Speech, then a pause about as long. */
const EVERY_MS = 6_000;
/** Each stall on the way is time on top. */
const HEARD_LIMIT_MS = 240_000;

/** The page's player; in the words of a page, as a tab in the background is asked by nothing but scripts. */
const PLAYER = `document.querySelector('throughline-player')`;
const WATCH = `(() => {
  window.heard = [];
  window.missed = [];
  window.playedBefore = ${PLAYER}.played.length;
  ${PLAYER}.addEventListener('chunkend', ({ detail }) => heard.push(detail.text));
  ${PLAYER}.addEventListener('missed', ({ detail }) => missed.push(detail.duration));
})()`;

let directory: string;
let server: RunningServer;
let tabs: TabBrowser;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'background-'));
  [server, tabs] = await Promise.all([startServer({ dataDir: directory, env: { AVATAR: 'none' } }), launchTabs()]);
});

afterAll(async () => {
  await tabs?.[Symbol.asyncDispose]();
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Seconds of media that were passed over since. */
const SKIPPED = `(() => {
  const { played } = ${PLAYER};
  // What was played before it was watched counts for nothing, and the first range has none before it.
  const from = (range) => range === 0 || range < playedBefore ? 0 : played.start(range) - played.end(range - 1);
  return Array.from({ length: played.length }, (_, range) => from(range)).filter((seconds) => seconds > 0);
})()`;

/** hls.js steps over 0.1 s, and its multiples, where the browser stands still for seconds with media in hand, as on a machine that is overloaded. */
const NUDGE = 0.35;

const heardIn = (tab: Tab): Promise<string[]> => tab.evaluate<string[]>('heard');

test('five minutes in the background, everything that is said is heard, and nothing is jumped over', async () => {
  await using talker = await Talker.open(server.origin);
  const tab = await tabs.open(`${server.origin}/embed/${talker.id}`);
  await until('it plays', async () => (await tab.evaluate<number>(`${PLAYER}?.currentTime`)) > 0.5);
  await tab.evaluate(WATCH);
  const front = await tabs.open('about:blank');
  await until('it is in the background', () => tab.evaluate<boolean>('document.hidden'));

  const said: string[] = [];
  for (const startMs = Date.now(); Date.now() - startMs < BACKGROUND_MS; ) {
    said.push(`This is number ${said.length + 1} of many sentences.`);
    await talker.post('say', `${said.at(-1)}`);
    await sleep(EVERY_MS);
  }
  await until('all was heard', async () => (await heardIn(tab)).length >= said.length, HEARD_LIMIT_MS);

  expect(await tab.evaluate<boolean>('document.hidden')).toBe(true);
  expect(await heardIn(tab)).toEqual(said);
  for (const list of ['missed', SKIPPED])
    expect((await tab.evaluate<number[]>(list)).filter((seconds) => seconds > NUDGE)).toEqual([]);
  tab.close();
  front.close();
});
