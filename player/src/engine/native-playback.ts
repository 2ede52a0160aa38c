import { watchNativeRanges } from './native-ranges.ts';
import type { Playback, PlaybackOptions } from './playback.ts';
import { retryDelayMs } from './retry.ts';

/** HTML's getStartDate, which only WebKit has: the date of currentTime 0. */
type DatedElement = HTMLVideoElement & { getStartDate?: () => Date };

/** Distance from the seekable end at which playback starts over, in seconds: three target durations of one second. */
const HOLD_BACK = 3;

/** Plays with the browser's own HLS (iOS without Managed Media Source). */
export function attachNative(video: DatedElement, options: PlaybackOptions): Playback {
  const { src, startPosition, onConnection, onChunkRange } = options;
  const abort = new AbortController();
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const load = (): void => {
    video.src = src;
    void video.play().catch(() => undefined); // play() of a reload; the one that matters is reported by startPlaying
  };
  const listen = (type: string, listener: () => void): void =>
    video.addEventListener(type, listener, { signal: abort.signal });

  listen('error', () => {
    onConnection?.('reconnecting');
    timer = setTimeout(load, retryDelayMs(attempt++));
  });
  listen('playing', () => {
    attempt = 0;
    onConnection?.('ok');
  });
  listen('loadedmetadata', () => {
    if (startPosition !== undefined) {
      video.currentTime = startPosition;
    }
  });
  const dateAt = (position: number): number | undefined => {
    const startMs = video.getStartDate?.().getTime() ?? Number.NaN;
    return Number.isNaN(startMs) ? undefined : startMs + position * 1000;
  };
  if (onChunkRange !== undefined) {
    watchNativeRanges(video, dateAt, onChunkRange, abort.signal);
  }
  let captionsShown = options.captions ?? false;
  const showCaptions = (): void => {
    for (const track of captionTracks(video)) {
      track.mode = captionsShown ? 'showing' : 'disabled';
    }
  };
  video.textTracks.addEventListener('addtrack', showCaptions, { signal: abort.signal });
  video.src = src;

  return {
    engine: 'native',
    latency: () => (video.duration === Number.POSITIVE_INFINITY ? seekableEnd(video, -video.currentTime) : undefined),
    targetLatency: () => HOLD_BACK,
    playingDateMs: () => dateAt(video.currentTime),
    dateAt,
    positionAt(dateMs) {
      const startMs = dateAt(0);
      return startMs === undefined ? undefined : (dateMs - startMs) / 1000;
    },
    liveEdge: () => seekableEnd(video, 0),
    hasCaptions: () => captionTracks(video).length > 0,
    showCaptions(shown) {
      captionsShown = shown;
      showCaptions();
    },
    seekToLive() {
      video.currentTime = seekableEnd(video, -HOLD_BACK) ?? video.currentTime;
    },
    close() {
      clearTimeout(timer);
      abort.abort();
      video.removeAttribute('src');
      video.load();
    },
  };
}

function seekableEnd({ seekable }: HTMLVideoElement, offset: number): number | undefined {
  return seekable.length === 0 ? undefined : seekable.end(seekable.length - 1) + offset;
}

function captionTracks({ textTracks }: HTMLVideoElement): TextTrack[] {
  return [...textTracks].filter(({ kind }) => kind === 'subtitles' || kind === 'captions');
}
