import type { Page } from 'playwright';

/** The little of hls.js that the test page uses; the page has the real one, as a global. */
type HlsPlayer = {
  loadSource(url: string): void;
  attachMedia(video: HTMLVideoElement): void;
  on(event: string, listener: (event: string, data: { details?: string; fatal?: boolean }) => void): void;
};
type HlsPage = Window & { Hls: new (config: object) => HlsPlayer; hlsErrors: string[] };

/** Plays a multivariant or media playlist in the page of static-server.ts, with hls.js as it is unless `config` says otherwise. */
export async function playHls(page: Page, url: string, config: Record<string, unknown> = {}): Promise<void> {
  await page.evaluate(
    async ({ url, config }) => {
      const hlsPage = window as unknown as HlsPage;
      const video = document.querySelector('video') as HTMLVideoElement;
      const hls = new hlsPage.Hls(config);
      hlsPage.hlsErrors = [];
      hls.on('hlsError', (_, { details, fatal }) => hlsPage.hlsErrors.push(`${details}${fatal ? ' (fatal)' : ''}`));
      hls.loadSource(url);
      hls.attachMedia(video);
      await video.play();
    },
    { url, config },
  );
}

/** Errors hls.js reported since `playHls`: also those it recovered from, such as `bufferStalledError`. */
export function hlsErrors(page: Page): Promise<string[]> {
  return page.evaluate(() => (window as unknown as HlsPage).hlsErrors);
}
