import type { PageWatch } from './page-report.ts';

/** Starts a player on the page's video element. Runs in the page and so uses nothing from outside but its library's global. */
export type Engine = (video: HTMLVideoElement, url: string, watch: PageWatch) => void | Promise<void>;

type HlsError = { readonly fatal: boolean; readonly details: string; reason?: string; error?: { message?: string } };
type HlsPage = {
  readonly Hls: {
    new (): {
      on(event: string, listener: (event: string, data: HlsError) => void): void;
      loadSource(url: string): void;
      attachMedia(video: HTMLVideoElement): void;
    };
    readonly version: string;
  };
};

/** hls.js as it is. */
export const playWithHlsJs: Engine = (video, url, watch) => {
  const { Hls } = window as unknown as HlsPage;
  watch.version = Hls.version;
  const hls = new Hls();
  hls.on('hlsError', (_, { fatal, details, reason, error }) => {
    const text = [details, reason ?? error?.message ?? ''].join(' ').trim();
    if (fatal) watch.fail(text);
    else watch.warn(text);
  });
  hls.loadSource(url);
  hls.attachMedia(video);
  return video.play();
};

/** What the browser has of its own. */
export const playNatively: Engine = (video, url) => {
  // Without it a page may not listen to what another server sends.
  video.crossOrigin = 'anonymous';
  video.src = url;
  return video.play();
};

type ShakaError = { readonly severity: number; readonly code: number; readonly data: readonly unknown[] };
type ShakaPage = {
  readonly shaka: {
    readonly polyfill: { installAll(): void };
    readonly Player: {
      new (): {
        addEventListener(type: 'error', listener: (event: { detail: ShakaError }) => void): void;
        configure(name: string, value: unknown): void;
        attach(video: HTMLVideoElement): Promise<void>;
        load(url: string): Promise<void>;
      };
      readonly version: string;
    };
  };
};

/**
 * Shaka Player in sequence mode. In its default mode, 5.2.12 drops all parts of a live stream that begin with no key frame, in one
 * session of five: it takes a rounding error for another timestamp offset (shaka-project/shaka-player issue 10589, pull request 10559).
 */
export const playWithShaka: Engine = async (video, url, watch) => {
  const { shaka } = window as unknown as ShakaPage;
  const critical = 2;
  watch.version = shaka.Player.version.replace(/^v/, '');
  shaka.polyfill.installAll();
  const player = new shaka.Player();
  player.addEventListener('error', ({ detail: { severity, code, data } }) => {
    const text = `Shaka error ${code} ${JSON.stringify(data).slice(0, 200)}`;
    if (severity === critical) watch.fail(text);
    else watch.warn(text);
  });
  player.configure('manifest.hls.sequenceMode', true);
  await player.attach(video);
  await player.load(url);
  await video.play();
};

type VideoJsPlayer = {
  on(type: string, listener: () => void): void;
  error(): { readonly code: number; readonly message: string } | null;
  src(source: { readonly src: string; readonly type: string }): void;
  play(): Promise<void>;
};
type VideoJsPage = {
  readonly videojs: { (video: HTMLVideoElement, options: object): VideoJsPlayer; readonly VERSION: string };
};

/** video.js, with its own HLS engine rather than the browser's, and without low latency: that mode stalls for seconds. */
export const playWithVideoJs: Engine = (video, url, watch) => {
  const { videojs } = window as unknown as VideoJsPage;
  watch.version = videojs.VERSION;
  const player = videojs(video, { html5: { vhs: { overrideNative: true, llhls: false } } });
  player.on('error', () => watch.fail(`video.js error ${player.error()?.code}: ${player.error()?.message}`));
  player.src({ src: url, type: 'application/x-mpegURL' });
  return player.play();
};
