import type Hls from 'hls.js';

/** A viewer who pauses for longer is not about to go on: playlists need not be asked for. */
const REST_AFTER_MS = 30_000;

export type RestOptions = {
  /** Whether loading begins before the first play. */
  readonly preload: boolean;
  /** The browser had paused what nobody saw or heard, and plays it again: its viewer wants to see what is on now. */
  readonly onReturn: () => void;
  readonly signal: AbortSignal;
};

/**
 * Loads only for who watches: from the first play on, and not during a long pause. What was missed meanwhile is played after it, as far
 * as the playlist still lists it.
 */
export function restWhilePaused(hls: Hls, video: HTMLVideoElement, options: RestOptions): void {
  const { preload, onReturn, signal } = options;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isResting = !preload;
  /** Chromium pauses videos without sound in pages that are not seen, and plays them again when they are. */
  let isUnseen = false;
  const onPlay = (): void => {
    clearTimeout(timer);
    if (isResting) {
      isResting = false;
      hls.startLoad();
    }
    if (isUnseen) {
      isUnseen = false;
      onReturn();
    }
  };
  const onPause = (): void => {
    clearTimeout(timer);
    isUnseen = document.hidden && video.muted;
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
