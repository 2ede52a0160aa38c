import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OwnedProcess } from '../../../server/lib/owned-process.ts';
import { freePort } from '../../support/server.ts';
import type { Run } from '../player.ts';
import { faultOf, linesOf, missingPrograms, startProgram } from '../programs/program.ts';
import { peaksOfFile } from '../segment-files.ts';
import type { Browser, BrowserPage } from './browser.ts';
import { WebDriver } from './webdriver.ts';

const LIBRARY_FOLDERS = ['/usr/lib', '/usr/libexec', '/usr/lib64'];

/** WebKitGTK's own small browser, which is not on PATH: its folder is named after the library's ABI, below the architecture's. */
export function miniBrowserPath(folders: readonly string[] = LIBRARY_FOLDERS): string | undefined {
  const libraries = folders.filter(existsSync).flatMap((folder) => {
    const nested = readdirSync(folder).filter((name) => /-linux-gnu/.test(name));
    return [folder, ...nested.map((name) => join(folder, name))];
  });
  const names = ['webkitgtk-6.0', 'webkit2gtk-4.1', 'webkit2gtk-4.0'];
  return libraries
    .flatMap((folder) => names.map((name) => join(folder, name, 'MiniBrowser')))
    .find((path) => existsSync(path));
}

const soundFile = (dir: string): string => join(dir, 'loudspeaker.wav');

/** A screen nobody sees; its number. */
async function startScreen(run: Run): Promise<{ screen: OwnedProcess; display: string }> {
  const args = ['-displayfd', '3', '-screen', '0', '1024x768x24', '-nolisten', 'tcp'];
  const screen = startProgram({ command: 'Xvfb', args, extraPipes: 1 }, run.signal);
  screen.readable(1).resume();
  const [line] = (await Promise.race([
    once(linesOf(screen.readable(3)), 'line'),
    faultOf(screen).then((fault) => Promise.reject(new Error(`no screen: ${fault ?? 'Xvfb was stopped'}`))),
  ])) as [string];
  return { screen, display: `:${line}` };
}

/**
 * The driver, and the browser it starts, on a session bus of their own.
 *
 * GStreamer's HLS is off by default in WebKitGTK. Sound goes to a file: OpenAL's wave backend keeps time like a loudspeaker, and so
 * tells what was heard. A tap inside the page (Web Audio) moves the playhead a second ahead, and players stall over that.
 */
async function startDriver(run: Run, display: string, port: number): Promise<OwnedProcess> {
  const config = join(run.dir, 'alsoft.conf');
  await writeFile(config, `[general]\ndrivers = wave\n[wave]\nfile = ${soundFile(run.dir)}\n`);
  const folders = ['HOME', 'XDG_RUNTIME_DIR', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME'];
  const env = {
    ...Object.fromEntries(folders.map((name) => [name, run.dir])),
    DISPLAY: display,
    WEBKIT_GST_ENABLE_HLS_SUPPORT: '1',
    ALSOFT_CONF: config,
    ALSOFT_DRIVERS: 'wave',
  };
  const args = ['--', 'WebKitWebDriver', `--port=${port}`, '--host=127.0.0.1'];
  const driver = startProgram({ command: 'dbus-run-session', args, env }, run.signal);
  driver.readable(1).resume();
  return driver;
}

async function open(url: string, run: Run): Promise<BrowserPage> {
  const started: OwnedProcess[] = [];
  const close = async (): Promise<void> => {
    // The browser first: without its screen it would complain.
    for (const child of started.toReversed()) {
      child.stop();
      await faultOf(child);
    }
  };
  try {
    const { screen, display } = await startScreen(run);
    started.push(screen);
    const port = await freePort();
    started.push(await startDriver(run, display, port));
    const driver = new WebDriver(`http://127.0.0.1:${port}`, run.signal);
    const binary = miniBrowserPath() ?? 'MiniBrowser';
    await driver.open({ 'webkitgtk:browserOptions': { binary, args: ['--automation'] } });
    await driver.goTo(url);
    return {
      browser: `WebKitGTK ${driver.version}`.trim(),
      clickPlay: () => driver.click('button'),
      evaluate: (expression) => driver.evaluate(expression),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** `undefined` where GStreamer has no OpenAL. */
async function heard({ dir, signal }: Run): Promise<number[] | undefined> {
  const file = soundFile(dir);
  if (!existsSync(file) || (await stat(file)).size === 0) return undefined;
  return await peaksOfFile(file, signal);
}

export const webkit: Browser = {
  id: 'webkitgtk',
  title: 'WebKitGTK',
  sound: 'none',
  missing() {
    const programs = missingPrograms('WebKitWebDriver', 'Xvfb', 'dbus-run-session');
    return programs ?? (miniBrowserPath() === undefined ? 'WebKitGTK has no MiniBrowser here' : undefined);
  },
  open,
  heard,
  countsDroppedApart: true,
  uncountedFrames: { frames: 5, because: 'its counter is back at 0 when the end is reached' },
};
