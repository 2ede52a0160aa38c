import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ThroughlinePlayer } from '../player/src/element/throughline-player.ts';
import { launchChromium } from './support/chromium.ts';
import { serveForeignSite } from './support/foreign-site.ts';
import { openPage, playerOf, position, stateOf } from './support/player-page.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { Talker } from './support/talker.ts';

const EXAMPLES = join(import.meta.dirname, '../player/examples');
const TEXT =
  'This is a rather long sentence, which somebody will interrupt before it comes to its end, wherever that is.';

let directory: string;
let server: RunningServer;
let browser: Browser;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'examples-'));
  [server, browser] = await Promise.all([startServer({ dataDir: join(directory, 'data') }), launchChromium()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** As a project of one's own would be built. */
async function build(name: string): Promise<string> {
  const { build: viteBuild } = await import('vite');
  const outDir = join(directory, name);
  await viteBuild({ root: join(EXAMPLES, name), logLevel: 'error', build: { outDir, chunkSizeWarningLimit: 2_000 } });
  return outDir;
}

test.each(['html', 'react', 'vue'])('the example in %s plays, shows what is said, and interrupts', async (name) => {
  const folder = await build(name);
  await using talker = await Talker.open(server.origin);
  await using site = await serveForeignSite({ folder, posts: { '/interrupt': () => talker.interrupt() } });
  const { page, context, trouble } = await openPage(browser, { url: `${site.origin}/?src=${talker.playlistUrl}` });
  await expect.poll(() => position(page)).toBeGreaterThan(0.5);
  await talker.post('say', TEXT);
  const said = page.locator('output');
  await expect.poll(() => said.innerText()).toBe(TEXT);
  const at = await position(page);
  await page.getByRole('button', { name: 'Interrupt' }).click();
  const { cutAt } = await talker.event('interrupted');
  expect(cutAt).toBeGreaterThan(0);
  // Past the cut, and playing on.
  await expect.poll(() => position(page)).toBeGreaterThan(at + 0.5);
  await expect.poll(() => stateOf(page)).toBe('playing');
  expect(await playerOf(page).evaluate(({ muted }: ThroughlinePlayer) => muted)).toBe(false);
  expect(trouble).toEqual([]);
  await context.close();
});
