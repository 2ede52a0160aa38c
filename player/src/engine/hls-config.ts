import Hls, { type HlsConfig, type LoadPolicy, type RetryConfig } from 'hls.js';
import { type PlaylistAnswer, playlistLoader } from './hls-loaders.ts';
import type { PlaybackOptions } from './playback.ts';
import type { Prefetching } from './prefetch.ts';

/**
 * Retries while the server restarts or the network is away. hls.js alone does not retry status 0, which is what a
 * refused connection looks like; 4xx stays final, except 429.
 */
function patient(maxNumRetry: number): RetryConfig {
  return {
    maxNumRetry,
    retryDelayMs: 250,
    maxRetryDelayMs: 2_000,
    backoff: 'exponential',
    shouldRetry: (config, retryCount, isTimeout, response) => {
      const status = response?.code ?? 0;
      return retryCount < (config?.maxNumRetry ?? 0) && (isTimeout || status < 400 || status === 429 || status > 499);
    },
  };
}

function policy(maxTimeToFirstByteMs: number, maxNumRetry: number): LoadPolicy {
  return {
    default: {
      maxTimeToFirstByteMs,
      maxLoadTimeMs: 20_000,
      timeoutRetry: patient(maxNumRetry),
      errorRetry: patient(maxNumRetry),
    },
  };
}

/**
 * hls.js for one continuous low-latency stream. What is not named keeps its default, on purpose: `liveMaxLatencyDurationCount` (infinite)
 * never skips forward, so nobody loses a sentence.
 */
const FIXED: Partial<HlsConfig> = {
  lowLatencyMode: true,
  // Speech at another speed is heard, and hls.js does not know speech from filler: `pace.ts` does.
  maxLiveSyncPlaybackRate: 1,
  // What a stall does to the latency is decided by `latency-target.ts`.
  liveSyncOnStallIncrease: 0,
  liveDurationInfinity: true,
  // Seconds behind the playhead; the default keeps everything, for hours.
  backBufferLength: 30,
  maxBufferLength: 20,
  // fMP4 is passed through: a worker would have nothing to do, and the page's CSP one thing more to allow.
  enableWorker: false,
  enableInterstitialPlayback: false,
  // Captions and what date ranges say are shown by the player itself.
  renderTextTracksNatively: false,
  enableDateRangeMetadataCues: false,
  enableCEA708Captions: false,
  capLevelToPlayerSize: true,
  // Start where one talking face looks good, instead of at the smallest rendition.
  abrEwmaDefaultEstimate: 2_000_000,
  // hls.js says nothing while it retries this one: `recovery.ts` does both.
  manifestLoadPolicy: policy(10_000, 0),
  // Longer than the 3 target durations a blocking reload may be held (RFC 8216bis 6.2.5.2).
  playlistLoadPolicy: policy(12_000, 30),
  // Nothing is asked for before it is listed: what does not start to arrive in this time got lost.
  fragLoadPolicy: policy(4_000, 12),
};

type ConfigHooks = {
  /** Called with each playlist before hls.js reads it. */
  readonly onPlaylist: (answer: PlaylistAnswer) => void;
  readonly prefetching: Prefetching;
};

export function hlsConfig(options: PlaybackOptions, { onPlaylist, prefetching }: ConfigHooks): Partial<HlsConfig> {
  const { startPosition, preload = true, viewId, contentId } = options;
  return {
    ...FIXED,
    startPosition: startPosition ?? -1,
    autoStartLoad: preload,
    pLoader: playlistLoader(onPlaylist),
    fLoader: prefetching.loader(Hls.DefaultConfig.loader),
    // CTA-5004, in the query: headers of one's own would cost a preflight for each part on a page of another origin.
    cmcd: { ...(viewId !== undefined && { sessionId: viewId }), ...(contentId !== undefined && { contentId }) },
  };
}
