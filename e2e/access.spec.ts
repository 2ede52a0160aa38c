import { mkdtemp, rm } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSession, sessionStatus } from './support/api.ts';
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

describe('a server without a key', () => {
  let open: RunningServer;
  let id: string;

  beforeAll(async () => {
    open = await startServer({ dataDir: join(directory, 'without-key'), env: { AVATAR: 'none' } });
    ({ id } = await openSession(open.origin, { profile: SMALL_PROFILE }));
  });

  afterAll(() => open?.stop());

  test('tells nothing to a page whose own name leads here, and does nothing for it', async () => {
    const rebound = await launchChromium(['--host-resolver-rules=MAP attacker.example 127.0.0.1']);
    try {
      const page = await rebound.newPage();
      const { port } = new URL(open.origin);
      const response = await page.goto(`http://attacker.example:${port}/`);
      expect(response?.status()).toBe(421);
      const statuses = await page.evaluate(async (session) => {
        const ask = (path: string, method = 'GET') => fetch(path, { method }).then(({ status }) => status);
        return [
          await ask('/v1/sessions'),
          await ask(`/live/${session}/index.m3u8`),
          await ask(`/v1/sessions/${session}/events`),
          await ask('/metrics'),
          await ask('/v1/sessions', 'POST'),
          await ask(`/v1/sessions/${session}`, 'DELETE'),
        ];
      }, id);
      expect(statuses).toEqual([421, 421, 421, 421, 421, 421]);
    } finally {
      await rebound.close();
    }
    expect((await sessionStatus(open.origin, id)).state).toBe('open');
  });

  test('does nothing for a page on another port of its host, however that asks', async () => {
    const target = `${open.origin}/v1/sessions/${id}`;
    const form = `<form method="post" action="${target}/end" target="frame"></form><iframe name="frame"></iframe>`;
    await using site = await serveForeignSite({ pages: { '/': form } });
    const context = await browser.newContext();
    const page = await context.newPage();
    // The same host, and so the same site to a browser.
    await page.goto(site.origin.replace('localhost', '127.0.0.1'));
    await page.evaluate(async (url) => {
      const ask = (path: string, init: RequestInit) => fetch(url + path, init).catch(() => undefined);
      await ask('/end', { method: 'POST', mode: 'no-cors' });
      await ask('/interrupt', {
        method: 'POST',
        mode: 'no-cors',
        headers: { 'content-type': 'text/plain' },
        body: 'x',
      });
      await ask('/end', { method: 'POST', mode: 'no-cors', referrerPolicy: 'no-referrer' });
      await ask('', { method: 'DELETE' });
      navigator.sendBeacon(`${url}/end`);
      document.querySelector('form')?.submit();
    }, target);
    const refusals = async (): Promise<number> => {
      const text = await (await fetch(`${open.origin}/metrics`)).text();
      return Number(/^throughline_http_refusals_total\{code="FORBIDDEN"\} (\d+)/m.exec(text)?.[1] ?? 0);
    };
    await until('all six are refused', async () => (await refusals()) >= 6);
    expect((await sessionStatus(open.origin, id)).state).toBe('open');
    await context.close();
  });
});
