import type { Page } from 'playwright';

/** The little of hls.js that the test page uses; the page has the real one, as a global. */
type HlsPlayer = {
  loadSource(url: string): void;
  attachMedia(video: HTMLVideoElement): void;
  on(event: string, listener: (event: string, data: { details?: string; fatal?: boolean }) => void): void;
};
type HlsPage = Window & { Hls: new (config: object) => HlsPlayer; hlsErrors: string[] };

/**
 * Plays a multivariant or media playlist in the page of static-server.ts, with hls.js as it is unless `config` says otherwise.
 * With `retries`, it also asks again when a connection is refused. As it comes it does not (status 0 is also what CORS
 * gives), and the two attempts it has are counted over all playlists together: a stream with captions would be given up
 * within a second of a server's restart.
 */
export async function playHls(
  page: Page,
  url: string,
  config: Record<string, unknown> = {},
  retries = 0,
): Promise<void> {
  await page.evaluate(
    async ({ url, config, retries }) => {
      const hlsPage = window as unknown as HlsPage;
      const video = document.querySelector('video') as HTMLVideoElement;
      const retry = {
        maxNumRetry: retries,
        retryDelayMs: 250,
        maxRetryDelayMs: 1000,
        shouldRetry: (_: object, count: number) => count < retries,
      };
      const policy = {
        default: { maxTimeToFirstByteMs: 10_000, maxLoadTimeMs: 20_000, timeoutRetry: retry, errorRetry: retry },
      };
      const patience = retries > 0 ? { playlistLoadPolicy: policy, fragLoadPolicy: policy } : {};
      const hls = new hlsPage.Hls({ ...patience, ...config });
      hlsPage.hlsErrors = [];
      hls.on('hlsError', (_, { details, fatal }) => hlsPage.hlsErrors.push(`${details}${fatal ? ' (fatal)' : ''}`));
      hls.loadSource(url);
      hls.attachMedia(video);
      await video.play();
    },
    { url, config, retries },
  );
}

/** Errors hls.js reported since `playHls`: also those it recovered from, such as `bufferStalledError`. */
export function hlsErrors(page: Page): Promise<string[]> {
  return page.evaluate(() => (window as unknown as HlsPage).hlsErrors);
}
