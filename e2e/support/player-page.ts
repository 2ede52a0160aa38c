import type { Browser, BrowserContext, Locator, Page } from 'playwright';
import type { ThroughlinePlayer } from '../../player/src/element/throughline-player.ts';

/** What a page's player has told of since `watchPlayer`. */
export type PlayerLog = {
  /** `chunkstart`, `chunkend`, `stall`, `stallend`, `missed`, `statechange`, in the order they came. */
  readonly events: readonly { readonly type: string; readonly text: string; readonly atMs: number }[];
  /** Stretches of the media element that were played without a jump, in seconds. */
  readonly played: readonly (readonly [start: number, end: number])[];
};

type LoggedPlayer = ThroughlinePlayer & { log?: { type: string; text: string; atMs: number }[] };

export type PageOptions = {
  readonly url: string;
  /** Media is loaded on it: resolves no sooner. */
  readonly hasPlayer?: boolean;
  readonly viewport?: { readonly width: number; readonly height: number };
};

export type OpenedPage = { readonly page: Page; readonly context: BrowserContext; readonly trouble: readonly string[] };

/** Opens a page in a context of its own, and notes everything a person would call broken. */
export async function openPage(browser: Browser, { url, viewport, hasPlayer }: PageOptions): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: viewport ?? { width: 800, height: 700 } });
  const page = await context.newPage();
  const trouble: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') trouble.push(message.text());
  });
  page.on('pageerror', (error) => trouble.push(String(error)));
  page.on('response', (response) => {
    if (response.status() >= 400) trouble.push(`${response.status()} ${response.url()}`);
  });
  // Playwright's looks into a page count as gestures there: none of them before the player has asked for sound.
  const asked = hasPlayer === true ? page.waitForResponse((response) => response.url().includes('.m4s')) : undefined;
  await page.goto(url);
  await asked;
  return { page, context, trouble };
}

export const playerOf = (page: Page): Locator => page.locator('throughline-player');

/** Begins to note what the player tells. */
export async function watchPlayer(page: Page): Promise<void> {
  await page.waitForFunction(() => customElements.get('throughline-player') !== undefined);
  await playerOf(page).evaluate((element: LoggedPlayer) => {
    element.log = [];
    const textOf = (detail: unknown): string => {
      const { text, duration, continues } = detail as { text?: string; duration?: number; continues?: boolean };
      if (typeof detail === 'string') return detail;
      return `${continues ? '… ' : ''}${text ?? duration?.toFixed(1) ?? ''}`;
    };
    for (const type of ['chunkstart', 'chunkend', 'stall', 'stallend', 'missed', 'statechange'])
      element.addEventListener(type, (event) => {
        const text = textOf((event as CustomEvent).detail);
        element.log?.push({ type, text, atMs: performance.now() });
      });
  });
}

export async function playerLog(page: Page): Promise<PlayerLog> {
  return await playerOf(page).evaluate((element: LoggedPlayer) => ({
    events: element.log ?? [],
    played: Array.from({ length: element.played.length }, (_, range) => [
      element.played.start(range),
      element.played.end(range),
    ]) as [number, number][],
  }));
}

/** Texts of the chunks that began, in order; each once, also when filler came in between. */
export function heard({ events }: PlayerLog): string[] {
  return events.filter(({ type, text }) => type === 'chunkstart' && !text.startsWith('… ')).map(({ text }) => text);
}

export const ended = ({ events }: PlayerLog): string[] =>
  events.filter(({ type }) => type === 'chunkend').map(({ text }) => text);

export const position = (page: Page): Promise<number> =>
  playerOf(page).evaluate((element: ThroughlinePlayer) => element.currentTime);

export const stateOf = (page: Page): Promise<string> =>
  playerOf(page).evaluate((element: ThroughlinePlayer) => element.state);

/** Loudness of what the element plays now, 0 to 1, over a fifth of a second: before its volume and muting. */
export async function loudness(page: Page): Promise<number> {
  return await page.locator('video').evaluate(async (element) => {
    const video = element as HTMLVideoElement & { captureStream(): MediaStream };
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 8192;
    context.createMediaStreamSource(video.captureStream()).connect(analyser);
    await context.resume();
    let loudest = 0;
    const samples = new Float32Array(analyser.fftSize);
    for (let look = 0; look < 20; look++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      analyser.getFloatTimeDomainData(samples);
      loudest = Math.max(loudest, ...samples.map(Math.abs));
    }
    await context.close();
    return loudest;
  });
}
