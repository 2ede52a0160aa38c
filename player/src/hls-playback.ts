import Hls, { type ErrorData } from 'hls.js';
import { HLS_CONFIG } from './hls-config.ts';
import type { Playback, PlaybackOptions } from './playback.ts';
import { retryDelayMs } from './retry.ts';

/** A second media error this soon after a recovery means that recovering does not help. */
const RECOVERY_MS = 3_000;

/** Plays through Media Source Extensions, and goes on after whatever hls.js calls fatal. */
export function attachHls(video: HTMLVideoElement, { src, startPosition, onConnection }: PlaybackOptions): Playback {
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
  hls.on(Hls.Events.FRAG_BUFFERED, () => {
    attempt = 0;
  });
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

function isPlaylist(data: ErrorData): boolean {
  const { MANIFEST_LOAD_ERROR, MANIFEST_LOAD_TIMEOUT, LEVEL_LOAD_ERROR, LEVEL_LOAD_TIMEOUT } = Hls.ErrorDetails;
  const details: readonly string[] = [MANIFEST_LOAD_ERROR, MANIFEST_LOAD_TIMEOUT, LEVEL_LOAD_ERROR, LEVEL_LOAD_TIMEOUT];
  return details.includes(data.details);
}
