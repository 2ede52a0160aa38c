import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endSession } from './support/api.ts';
import { launchChromium } from './support/chromium.ts';
import { type RunningServer, startServer } from './support/server.ts';

const SENTENCES = ['Good morning.', 'I am made sentence by sentence.', 'Did you hear where I was joined?'];

let directory: string;
let browser: Browser;
let server: RunningServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'demo-'));
  [server, browser] = await Promise.all([startServer({ dataDir: directory }), launchChromium()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Everything a person would call broken: errors on the console, failed requests, exceptions. */
function watchForTrouble(page: Page): string[] {
  const trouble: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') trouble.push(message.text());
  });
  page.on('pageerror', (error) => trouble.push(String(error)));
  page.on('response', (response) => {
    if (response.status() >= 400) trouble.push(`${response.status()} ${response.url()}`);
  });
  return trouble;
}

const QUESTIONS = ['Hello, who are you?', 'What is 12 times 7?', 'Tell me a joke.'];

const figure = (page: Page, name: string) => page.locator(`[data-id=${name}]`).innerText();

test('the page answers three questions asked by keyboard, in speech and face, as parts of one stream', async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const trouble = watchForTrouble(page);
  await page.goto(server.origin);
  const video = page.locator('video');
  const position = () => video.evaluate((element: HTMLVideoElement) => element.currentTime);
  await expect.poll(position).toBeGreaterThan(0);
  await video.evaluate((element: HTMLVideoElement) => {
    for (const name of ['emptied', 'loadstart', 'error'])
      element.addEventListener(name, () => element.setAttribute('data-broken', name));
  });
  const turns = page.locator('[data-id=transcript] > .turn');
  for (const [index, question] of QUESTIONS.entries()) {
    await page.locator('[data-id=text]').focus();
    await page.keyboard.type(question);
    await page.keyboard.press('Enter');
    const sentence = turns.nth(index).locator('.sentence').first();
    // Its first sentence was heard to the end: word by word, from the stream's own metadata.
    const heard = () =>
      sentence.evaluate(
        (element) => Number((element as HTMLElement).dataset.heard) / (element.textContent?.trim().length || 1),
      );
    await expect.poll(heard).toBeGreaterThanOrEqual(1);
  }
  expect(await turns.nth(1).innerText()).toContain('84');
  expect(await video.getAttribute('data-broken')).toBeNull();
  expect(await page.locator('[data-id=timing-headline]').innerText()).toMatch(/on screen \d/i);
  expect(trouble).toEqual([]);
});

test('the page shows a face that is alive, and speaks what is typed as one stream without a jump', async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const trouble = watchForTrouble(page);
  await page.goto(server.origin);
  const position = () => page.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime);
  await expect.poll(position).toBeGreaterThan(0);

  await page.locator('[data-id=mode-say]').check();
  await page.locator('[data-id=text]').fill(SENTENCES.join(' '));
  await page.keyboard.press('Enter');
  const lines = page.locator('[data-id=transcript] .words');
  await expect.poll(async () => (await lines.allInnerTexts()).map((text) => text.trim())).toEqual(SENTENCES);
  // Into speech, from one sentence to the next twice, and back to the idle face. A busy machine may breathe in between.
  await expect.poll(async () => Number(await figure(page, 'joins'))).toBeGreaterThanOrEqual(4);
  // A busy machine may stall; nothing is passed over for that.
  const stretches = () => page.locator('video').evaluate((video: HTMLVideoElement) => video.played.length);
  expect(await stretches()).toBe(1);
  expect(await figure(page, 'stalls')).toMatch(/^\d+( · \d+\.\d s)?$/);

  await page.locator('[data-id=end]').click();
  // The page asks once more: others may be watching.
  await page.locator('[data-id=end]').click();
  await page.locator('[data-id=recording]').waitFor({ state: 'visible' });
  const ended = () => page.locator('video').evaluate((element: HTMLVideoElement) => element.ended);
  await expect.poll(ended).toBe(true);
  const link = await page.locator('[data-id=recording]').getAttribute('href');
  const recording = await page.request.get(new URL(link ?? '', server.origin).href);
  expect(recording.status()).toBe(200);
  expect(trouble).toEqual([]);
});

test('who comes back to the page, by reload or by its address, goes on with his session while it is open', async () => {
  const page = await browser.newPage();
  const opened = async () => {
    await page.waitForURL(/session=/);
    return new URL(page.url()).searchParams.get('session');
  };
  const sessions = async () => {
    const response = await fetch(`${server.origin}/v1/sessions`);
    return ((await response.json()) as { sessions: unknown[] }).sessions.length;
  };
  await page.goto(server.origin);
  const first = await opened();
  const before = await sessions();
  await page.reload();
  expect(await opened()).toBe(first);
  await page.goto(server.origin);
  expect(await opened()).toBe(first);
  expect(await sessions()).toBe(before);
  // A new one is opened when it is asked for, and where nothing more can be said.
  await page.locator('[data-id=new-session]').click();
  await expect.poll(opened).not.toBe(first);
  const second = await opened();
  await endSession(server.origin, String(second));
  await page.goto(server.origin);
  expect([first, second]).not.toContain(await opened());
  await page.close();
});

test('the embeddable page shows the stream and nothing else', async () => {
  const opened = await fetch(`${server.origin}/v1/sessions`, { method: 'POST' });
  const { playerUrl } = (await opened.json()) as { playerUrl: string };
  const page = await browser.newPage({ viewport: { width: 390, height: 844 } });
  const trouble = watchForTrouble(page);
  await page.goto(playerUrl);
  const position = () => page.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime);
  await expect.poll(position).toBeGreaterThan(1);
  expect((await page.locator('body').innerText()).trim()).toBe('');
  expect(trouble).toEqual([]);
});

test("Chromium's own HLS player starts a new session at once and goes on through speech", async () => {
  const opened = await fetch(`${server.origin}/v1/sessions`, { method: 'POST' });
  const { id, playlistUrl } = (await opened.json()) as { id: string; playlistUrl: string };
  const page = await browser.newPage();
  await page.goto(`${server.origin}/embed/${id}`);
  await page.setContent(`<video src="${playlistUrl}" autoplay muted></video>`);
  const state = () =>
    page
      .locator('video')
      .evaluate((video: HTMLVideoElement) => ({ at: video.currentTime, error: video.error?.message ?? null }));
  await expect.poll(async () => (await state()).at).toBeGreaterThan(0.5);
  await fetch(`${server.origin}/v1/sessions/${id}/say`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ text: 'One. Two. Three.' }),
  });
  await expect.poll(async () => (await state()).at).toBeGreaterThan(10);
  expect((await state()).error).toBeNull();
});
