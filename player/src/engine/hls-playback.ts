import Hls, { type ErrorData } from 'hls.js';
import { attachCaptions } from './hls-captions.ts';
import { HLS_CONFIG } from './hls-config.ts';
import { dateAt, positionAt, watchChunkRanges } from './hls-dates.ts';
import { keepParts } from './hls-parts.ts';
import type { Playback, PlaybackOptions } from './playback.ts';
import { retryDelayMs } from './retry.ts';

/** A second media error this soon after a recovery means that recovering does not help. */
const RECOVERY_MS = 3_000;

/** How long hls.js may take to load the end by itself. */
const LOAD_END_MS = 300;

/** Playlist and media differ by less, in seconds. */
const ROUNDING = 0.05;

/** Plays through Media Source Extensions, and goes on after whatever hls.js calls fatal. */
export function attachHls(video: HTMLVideoElement, options: PlaybackOptions): Playback {
  const { src, startPosition, onConnection, onChunkRange } = options;
  const hls = new Hls({ ...HLS_CONFIG, startPosition: startPosition ?? -1 });
  let attempt = 0;
  let recoveredAtMs = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const later = (resume: () => void): void => {
    clearTimeout(timer);
    timer = setTimeout(resume, retryDelayMs(attempt++));
  };
  const reload = (): void => hls.loadSource(src);

  const recoverNetwork = (data: ErrorData): void => {
    const status = data.response?.code;
    onConnection?.(isPlaylist(data) && (status === 404 || status === 410) ? 'gone' : 'reconnecting');
    later(hls.levels.length === 0 ? reload : () => hls.startLoad());
  };
  const recoverMedia = (): void => {
    if (performance.now() - recoveredAtMs < RECOVERY_MS) {
      later(reload);
    } else {
      recoveredAtMs = performance.now();
      hls.recoverMediaError();
    }
  };

  hls.on(Hls.Events.ERROR, (_name, data) => {
    const network = data.type === Hls.ErrorTypes.NETWORK_ERROR;
    if (!data.fatal) {
      if (network && isPlaylist(data)) {
        onConnection?.('reconnecting');
      }
    } else if (network) {
      recoverNetwork(data);
    } else if (data.type === Hls.ErrorTypes.MEDIA_ERROR) {
      recoverMedia();
    } else {
      later(reload);
    }
  });
  hls.on(Hls.Events.LEVEL_LOADED, () => onConnection?.('ok'));
  keepParts(hls, video);
  const readRanges = onChunkRange && watchChunkRanges(onChunkRange);
  hls.on(Hls.Events.LEVEL_UPDATED, (_name, { details }) => {
    readRanges?.(details);
    if (!details.live) {
      timer = setTimeout(() => loadEnd(hls, video, details.edge), LOAD_END_MS);
    }
  });
  hls.on(Hls.Events.FRAG_BUFFERED, () => {
    attempt = 0;
  });
  const captions = attachCaptions(hls, video, options.captions ?? false);
  hls.loadSource(src);
  hls.attachMedia(video);

  return {
    engine: 'hls.js',
    // hls.latency's own formula; hls.js refreshes that only while the playhead moves, which in a stall it does not.
    latency() {
      const details = hls.latestLevelDetails;
      return details?.live && video.readyState > 0 ? details.edge + details.age - video.currentTime : undefined;
    },
    targetLatency: () => hls.targetLatency ?? undefined,
    playingDateMs: () => hls.playingDate?.getTime(),
    dateAt: (position) => dateAt(hls.latestLevelDetails, position),
    positionAt: (dateMs) => positionAt(hls.latestLevelDetails, dateMs),
    liveEdge: () => hls.latestLevelDetails?.edge,
    hasCaptions: captions.available,
    showCaptions: captions.show,
    seekToLive() {
      if (hls.liveSyncPosition !== null) {
        video.currentTime = hls.liveSyncPosition;
      }
    },
    close() {
      clearTimeout(timer);
      hls.destroy();
    },
  };
}

/**
 * When EXT-X-ENDLIST comes together with the last parts, hls.js 1.7.4 may take their segment for loaded, as its first parts
 * are, and neither plays the rest nor ends. Starting over makes it forget that.
 *
 * @param edge - Where the media ends, in seconds.
 */
function loadEnd(hls: Hls, { buffered }: HTMLVideoElement, edge: number): void {
  const end = buffered.length === 0 ? 0 : buffered.end(buffered.length - 1);
  if (end > 0 && edge - end > ROUNDING) {
    hls.stopLoad();
    hls.startLoad();
  }
}

function isPlaylist(data: ErrorData): boolean {
  const { MANIFEST_LOAD_ERROR, MANIFEST_LOAD_TIMEOUT, LEVEL_LOAD_ERROR, LEVEL_LOAD_TIMEOUT } = Hls.ErrorDetails;
  const details: readonly string[] = [MANIFEST_LOAD_ERROR, MANIFEST_LOAD_TIMEOUT, LEVEL_LOAD_ERROR, LEVEL_LOAD_TIMEOUT];
  return details.includes(data.details);
}
