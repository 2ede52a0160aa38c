import { chromiumPath } from '../../../scripts/setup/programs.mjs';
import { launchChromium } from '../../support/chromium.ts';
import type { Browser } from './browser.ts';

export const chromium: Browser = {
  id: 'chromium',
  title: 'Chromium',
  sound: 'web-audio',
  missing: () => (chromiumPath() === undefined ? 'not on PATH: chromium' : undefined),
  async open(url, { signal }) {
    const browser = await launchChromium([], false);
    const close = (): Promise<void> => browser.close();
    signal.addEventListener('abort', close, { once: true });
    const page = await browser.newPage();
    await page.goto(url);
    return {
      browser: `Chromium ${browser.version().split('.')[0]}`,
      clickPlay: () => page.click('button'),
      evaluate: (expression) => page.evaluate(expression),
      async close() {
        signal.removeEventListener('abort', close);
        await close();
      },
    };
  },
};
