import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright';

const CHROMIUM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

export const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
];

/** `CHROMIUM_PATH`, else the system's browser. */
export function chromiumPath(): string {
  const path = process.env.CHROMIUM_PATH ?? CHROMIUM_PATHS.find((candidate) => existsSync(candidate));
  if (path === undefined)
    throw new Error('no Chromium found: set CHROMIUM_PATH, or run `node scripts/setup.mjs --tests`');
  return path;
}

/**
 * Starts the system's Chromium, headless; whoever starts it closes it.
 *
 * @param handleSignals - On SIGINT and the like Playwright closes the browser and ends the process; false: that is the caller's.
 */
export function launchChromium(extraArgs: readonly string[] = [], handleSignals = true): Promise<Browser> {
  const signals = { handleSIGINT: handleSignals, handleSIGTERM: handleSignals, handleSIGHUP: handleSignals };
  return chromium.launch({ executablePath: chromiumPath(), args: [...CHROMIUM_ARGS, ...extraArgs], ...signals });
}
