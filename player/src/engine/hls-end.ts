import Hls from 'hls.js';

/** How long hls.js may take to load the end by itself. */
const LOAD_END_MS = 300;

/** Playlist and media differ by less, in seconds. */
const ROUNDING = 0.05;

/**
 * Has the end of a stream loaded. When EXT-X-ENDLIST comes together with the last parts, hls.js 1.7.4 may take their segment for
 * loaded, as its first parts are, and neither plays the rest nor ends. Starting over makes it forget that.
 */
export function loadEnds(hls: Hls, video: HTMLVideoElement, signal: AbortSignal): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  hls.on(Hls.Events.LEVEL_UPDATED, (_name, { details: { live, edge } }) => {
    if (!live) {
      clearTimeout(timer);
      timer = setTimeout(() => loadEnd(hls, video, edge), LOAD_END_MS);
    }
  });
  signal.addEventListener('abort', () => clearTimeout(timer));
}

/** @param edge - Where the media ends, in seconds. */
function loadEnd(hls: Hls, { buffered }: HTMLVideoElement, edge: number): void {
  const end = buffered.length === 0 ? 0 : buffered.end(buffered.length - 1);
  if (end > 0 && edge - end > ROUNDING) {
    hls.stopLoad();
    hls.startLoad();
  }
}
