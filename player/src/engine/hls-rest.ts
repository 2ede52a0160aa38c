import type Hls from 'hls.js';

/** A viewer who pauses for longer is not about to go on: playlists need not be asked for. */
const REST_AFTER_MS = 30_000;

/**
 * Loads only for who watches: from the first play on, and not during a long pause. What was missed meanwhile is played after it, as far
 * as the playlist still lists it.
 *
 * @param preload - Whether loading begins before the first play.
 */
export function restWhilePaused(hls: Hls, video: HTMLVideoElement, preload: boolean, signal: AbortSignal): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isResting = !preload;
  const onPlay = (): void => {
    clearTimeout(timer);
    if (isResting) {
      isResting = false;
      hls.startLoad();
    }
  };
  const onPause = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      isResting = !video.ended;
      if (isResting) {
        hls.stopLoad();
      }
    }, REST_AFTER_MS);
  };
  video.addEventListener('play', onPlay, { signal });
  video.addEventListener('pause', onPause, { signal });
  signal.addEventListener('abort', () => clearTimeout(timer));
}
