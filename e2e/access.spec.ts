import { mkdtemp, rm } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSession } from './support/api.ts';
import { launchChromium } from './support/chromium.ts';
import { serveForeignSite } from './support/foreign-site.ts';
import { openPage, position } from './support/player-page.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { SMALL_PROFILE } from './support/talker.ts';
import { until } from './support/until.ts';

const KEY = 'a-key-for-this-test';

let directory: string;
let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'access-'));
  const env = { AVATAR: 'none', API_KEY: KEY, PLAYBACK_SECRET: 'a secret for this test', HOST: '0.0.0.0' };
  [server, browser] = await Promise.all([startServer({ dataDir: directory, env }), launchChromium()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

const plays = (page: Parameters<typeof position>[0]) => until('it plays', async () => (await position(page)) > 0.5);

test('the address that a session tells plays on another site, by MSE and by the browser itself; without its token nothing does', async () => {
  const { id, playlistUrl } = await openSession(server.origin, { profile: SMALL_PROFILE }, KEY);
  const player = (attributes: string): string =>
    `<!doctype html><link rel="icon" href="data:,"><script type="module" src="${server.origin}/player.js"></script><throughline-player autoplay="any" ${attributes} style="width:300px"></throughline-player>`;
  const pages = {
    '/mse': player(`src="${playlistUrl}"`),
    '/native': player(`src="${playlistUrl}" prefer-playback="native"`),
    '/without': player(`src="${server.origin}/live/${id}/index.m3u8"`),
  };
  await using site = await serveForeignSite({ pages });
  for (const path of ['/mse', '/native']) {
    const { page, context, trouble } = await openPage(browser, { url: site.origin + path });
    await plays(page);
    expect(trouble).toEqual([]);
    await context.close();
  }
  const { page, context } = await openPage(browser, { url: `${site.origin}/without` });
  await page.waitForResponse((response) => response.status() === 403);
  expect(await position(page)).toBe(0);
  await context.close();
});

test('the page to embed plays with its token, and says no without one', async () => {
  const { id } = await openSession(server.origin, { profile: SMALL_PROFILE }, KEY);
  const status = await fetch(`${server.origin}/v1/sessions/${id}`, { headers: { authorization: `Bearer ${KEY}` } });
  const { playerUrl } = (await status.json()) as { playerUrl: string };
  const { page, context, trouble } = await openPage(browser, { url: playerUrl });
  await plays(page);
  expect(trouble).toEqual([]);
  await context.close();
  expect((await fetch(`${server.origin}/embed/${id}`)).status).toBe(403);
});

test('the demo and the dashboard ask for the key, once, and go on with it', async () => {
  const { page, context } = await openPage(browser, { url: server.origin });
  const dialog = page.getByRole('dialog', { name: 'This server wants an API key' });
  await dialog.getByLabel('API key').fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByText('That key was not accepted.').waitFor();
  await dialog.getByLabel('API key').fill(KEY);
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await plays(page);
  await page.locator('[data-id=text]').fill('What is 2 plus 2?');
  await page.keyboard.press('Enter');
  await page.locator('[data-id=transcript] > .turn .sentence').first().waitFor();
  await page.goto(`${server.origin}/dashboard`);
  await page.getByText(/Live, as of/).waitFor();
  await context.close();
});

test('without a key it listens to this machine alone, whatever it is told, and says so', async () => {
  await using open = await startServer({ dataDir: join(directory, 'open'), env: { AVATAR: 'none', HOST: '0.0.0.0' } });
  expect(open.log.join('\n')).toContain('listening on 127.0.0.1 only');
  const addresses = Object.values(networkInterfaces())
    .flat()
    .filter((found) => found !== undefined && !found.internal && found.family === 'IPv4');
  for (const { address } of addresses as { address: string }[])
    await expect(fetch(`http://${address}:${new URL(open.origin).port}/healthz`)).rejects.toThrow('fetch failed');
});

test('no log line holds a key, a secret or a token', async () => {
  const { playlistUrl } = await openSession(server.origin, { profile: SMALL_PROFILE }, KEY);
  await fetch(`${playlistUrl}x`);
  await fetch(`${server.origin}/v1/sessions`, { headers: { authorization: 'Bearer guessed-key' } });
  const log = server.log.join('\n');
  expect(log.length).toBeGreaterThan(100);
  for (const secret of [KEY, 'a secret for this test', '/~ey', 'guessed-key']) expect(log).not.toContain(secret);
});
