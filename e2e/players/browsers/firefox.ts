import puppeteer from 'puppeteer-core';
import { findProgram } from '../../../scripts/setup/programs.mjs';
import type { Browser } from './browser.ts';

// Playwright needs a Firefox of its own; the system's speaks WebDriver BiDi, and puppeteer with it.
const PREFERENCES = {
  // Currents of time in steps of a millisecond, not of 16: the playhead is looked at every 20 ms.
  'privacy.reduceTimerPrecision': false,
  // No questions, no updates, no reports.
  'app.update.auto': false,
  'datareporting.policy.dataSubmissionEnabled': false,
};

const firefoxPath = (): string | undefined => findProgram('firefox-esr') ?? findProgram('firefox');

export const firefox: Browser = {
  id: 'firefox',
  title: 'Firefox',
  sound: 'recorder',
  missing: () => (firefoxPath() === undefined ? 'not on PATH: firefox-esr or firefox' : undefined),
  async open(url, { signal }) {
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: firefoxPath() ?? 'firefox',
      headless: true,
      // Who runs the table ends its browsers; puppeteer would end the process, too.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      extraPrefsFirefox: PREFERENCES,
      signal,
    });
    const page = await browser.newPage();
    await page.goto(url);
    return {
      // `firefox/153.8.0`
      browser: `Firefox ${/(\d+)\./.exec(await browser.version())?.[1] ?? ''}`.trim(),
      clickPlay: () => page.click('button'),
      evaluate: (expression) => page.evaluate(expression),
      close: () => browser.close(),
    };
  },
};
