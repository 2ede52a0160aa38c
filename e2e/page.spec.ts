import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ThroughlinePlayer } from '../player/src/element/throughline-player.ts';
import { deleteSession } from './support/api.ts';
import { axeFaults } from './support/axe.ts';
import { launchChromium } from './support/chromium.ts';
import { openPage, playerOf, position } from './support/player-page.ts';
import { type RunningServer, startServer } from './support/server.ts';

let directory: string;
let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'page-'));
  // As people's browsers are: no sound before a gesture.
  [server, browser] = await Promise.all([
    startServer({ dataDir: directory }),
    launchChromium(['--autoplay-policy=user-gesture-required']),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** The page in a fresh profile, once its stream plays. */
async function openDemo(viewport?: { width: number; height: number }) {
  const opened = await openPage(browser, { url: server.origin, hasPlayer: true, ...(viewport && { viewport }) });
  await expect.poll(() => position(opened.page)).toBeGreaterThan(0);
  return opened;
}

const muted = (page: Page): Promise<boolean> => playerOf(page).evaluate((player: ThroughlinePlayer) => player.muted);
const idOf = (page: Page): string => new URL(page.url()).searchParams.get('session') ?? '';
const speaking = (page: Page) => page.locator('.sentence[data-phase=speaking]').first();

test.each<[how: string, ask: (page: Page) => Promise<void>]>([
  ['an example is clicked', (page) => page.locator('.chip').first().click()],
  ['a question is typed', (page) => page.locator('[data-id=text]').pressSequentially('Hello')],
  ['the picture is clicked', (page) => playerOf(page).click({ position: { x: 100, y: 100 } })],
])('gives sound as soon as %s', async (_how, ask) => {
  const { page, context } = await openDemo();
  await expect.poll(() => muted(page)).toBe(true);
  await ask(page);
  await expect.poll(() => muted(page)).toBe(false);
  // The picture was not paused by it.
  expect(await playerOf(page).evaluate((player: ThroughlinePlayer) => player.paused)).toBe(false);
  // From now on it is the listener's choice.
  await playerOf(page).evaluate((player: ThroughlinePlayer) => {
    player.muted = true;
  });
  await page.locator('[data-id=text]').click();
  await page.keyboard.press('a');
  expect(await muted(page)).toBe(true);
  await context.close();
});

test('shows of an interrupted sentence what was heard, also after a reload', async () => {
  const { page, context } = await openDemo();
  await page.locator('[data-id=mode-say]').check({ force: true });
  const text =
    'This one sentence goes on and on, over hills and valleys, until at last somebody has heard enough of it.';
  await page.locator('[data-id=text]').fill(text);
  await page.keyboard.press('Enter');
  await speaking(page).waitFor();
  await expect.poll(async () => Number(await speaking(page).getAttribute('data-heard'))).toBeGreaterThan(10);
  await page.keyboard.press('Escape');
  const cut = page.locator('.sentence[data-phase=cut]');
  await cut.waitFor();
  const shown = await cut.innerText();
  expect(shown).toMatch(/—\s*$/);
  expect(text).toContain(shown.replace(/—\s*$/, ''));
  await page.reload();
  await cut.waitFor();
  expect(await cut.innerText()).toBe(shown);
  await context.close();
});

test('tells a text that is too long, and keeps all of it', async () => {
  const { page, context, trouble } = await openDemo();
  const box = page.locator('[data-id=text]');
  await box.fill('word '.repeat(3_000));
  await page.keyboard.press('Enter');
  expect(await page.locator('[data-id=problem]').innerText()).toMatch(/14,999 characters; 10,000/);
  expect((await box.inputValue()).length).toBe(15_000);
  // As long as may be, it is taken: the page knows the server's bound.
  await box.fill('a'.repeat(10_000));
  await page.keyboard.press('Enter');
  await expect.poll(() => box.inputValue()).toBe('');
  await page.locator('.utterance').waitFor();
  await page.keyboard.press('Escape');
  expect(trouble).toEqual([]);
  await context.close();
});

test('says that it is offline, and goes on when the network is back', async () => {
  const { page, context } = await openDemo();
  await context.setOffline(true);
  await page.getByText('You are offline. The conversation goes on').waitFor();
  await page.getByText('You are offline.', { exact: true }).waitFor();
  expect(await axeFaults(page)).toEqual([]);
  const before = await position(page);
  await context.setOffline(false);
  await page.getByText('You are offline', { exact: false }).first().waitFor({ state: 'hidden' });
  await expect.poll(() => position(page)).toBeGreaterThan(before + 1);
  await context.close();
});

test('hands out codes, files and earlier conversations, and Back goes back', async () => {
  const { page, context, trouble } = await openDemo({ width: 1280, height: 800 });
  const first = idOf(page);
  await page.locator('.chip').first().click();
  await speaking(page).waitFor();

  await page.locator('[data-id=share]').click();
  const codes = await page.locator('[data-id=share-codes] pre').allInnerTexts();
  expect(codes).toHaveLength(3);
  const named = codes.flatMap((code) => code.match(/https?:[^"\s]+/g) ?? []);
  for (const url of named) expect([url, (await page.request.get(url)).status()]).toEqual([url, 200]);
  expect(await page.locator('[data-id=share-advice]').innerText()).toMatch(/never belongs in a page/);
  expect(await axeFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Close' }).click();

  const [transcript] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Transcript' }).click(),
  ]);
  const text = await readFile(await transcript.path(), 'utf8');
  expect([transcript.suggestedFilename(), text.split('\n')[0]]).toEqual([`${first}.txt`, 'You: Hello! Who are you?']);

  await page.getByRole('button', { name: 'New conversation' }).click();
  await expect.poll(() => idOf(page)).not.toBe(first);
  const second = idOf(page);
  await page.goBack();
  await page.locator('.utterance').waitFor();
  expect(idOf(page)).toBe(first);
  await page.goForward();
  await expect.poll(() => page.locator('[data-id=session-id]').innerText()).toBe(second);
  await page.getByRole('button', { name: 'Earlier' }).click();
  expect(await axeFaults(page)).toEqual([]);
  await page.locator('.earlier-session', { hasText: 'Hello! Who are you?' }).click();
  await page.locator('.utterance').waitFor();
  expect(idOf(page)).toBe(first);

  await page.locator('[data-id=end]').click();
  await page.locator('[data-id=end]').click();
  const link = page.locator('[data-id=recording]');
  await link.waitFor();
  const [recording] = await Promise.all([page.waitForEvent('download'), link.click()]);
  expect(recording.suggestedFilename()).toBe(`${first}.mp4`);
  expect(idOf(page)).toBe(first);
  await expect.poll(() => playerOf(page).evaluate((player: ThroughlinePlayer) => player.ended)).toBe(true);
  expect(await axeFaults(page)).toEqual([]);
  // Chromium says so of a MediaSource that was left before it was opened: sessions change quickly here.
  expect(trouble.filter((text) => !text.includes('ERR_FILE_NOT_FOUND'))).toEqual([]);

  await deleteSession(server.origin, first);
  await page.reload();
  await page.getByText('This conversation does not exist any more.').waitFor();
  expect(await axeFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Earlier' }).waitFor({ state: 'hidden' });
  await context.close();
});

test('settings say who answers, and how; automatic is a choice, too', async () => {
  const { page, context } = await openDemo();
  await page.locator('[data-id=settings-button]').click();
  const changed = () =>
    page.waitForResponse((response) => response.request().method() === 'PATCH' && response.status() === 200);
  const session = async () => (await (await fetch(`${server.origin}/v1/sessions/${idOf(page)}`)).json()) as object;
  const voice = page.locator('[data-id=voice]');
  const [named = ''] = await voice
    .locator('option[value]:not([value=""])')
    .evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
  await Promise.all([changed(), voice.selectOption(named)]);
  expect(await session()).toMatchObject({ voice: named });
  await Promise.all([changed(), voice.selectOption('')]);
  expect(await session()).not.toHaveProperty('voice');
  const instructions = page.locator('[data-id=instructions]');
  await instructions.fill('Answer like a pirate.');
  await Promise.all([changed(), instructions.blur()]);
  expect(await axeFaults(page)).toEqual([]);
  // The next conversation begins with it.
  const opening = page.waitForRequest(
    (request) => request.method() === 'POST' && request.url().endsWith('/v1/sessions'),
  );
  await page.keyboard.press('Escape');
  await page.locator('[data-id=new-session]').click();
  expect((await opening).postDataJSON()).toEqual({ instructions: 'Answer like a pirate.' });
  await context.close();
});

test('has room for everything, from a small phone to a screen', async () => {
  const { page, context } = await openDemo();
  const sizes = [
    ['a small phone', 320, 640],
    ['a phone', 390, 844],
    ['a phone on its side', 844, 390],
    ['a laptop at 200 %', 640, 400],
    ['a tablet', 768, 1024],
    ['a screen', 1440, 900],
  ] as const;
  for (const [name, width, height] of sizes) {
    await page.setViewportSize({ width, height });
    await page.reload();
    await page.locator('[data-id=say]:enabled').waitFor();
    await page.locator('[data-id=model-hint]').waitFor();
    const { overflow, ends } = await page.evaluate(() => {
      const ends = ['say', 'stage'].map(
        (id) => document.querySelector(`[data-id=${id}]`)?.getBoundingClientRect().bottom,
      );
      return { overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth, ends };
    });
    expect([name, overflow]).toEqual([name, 0]);
    // Picture and question box are on the first screen.
    for (const end of ends) expect([name, (end ?? Number.NaN) <= height]).toEqual([name, true]);
    expect([name, await axeFaults(page)]).toEqual([name, []]);
  }
  await context.close();
});
