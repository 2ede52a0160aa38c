import type { Playback, PlaybackOptions } from './playback.ts';
import { retryDelayMs } from './retry.ts';

/** HTML's getStartDate, which only WebKit has: the date of currentTime 0. */
type DatedElement = HTMLVideoElement & { getStartDate?: () => Date };

/** Distance from the seekable end at which playback starts over, in seconds: three target durations of one second. */
const HOLD_BACK = 3;

/** Plays with the browser's own HLS (iOS without Managed Media Source). */
export function attachNative(video: DatedElement, { src, startPosition, onConnection }: PlaybackOptions): Playback {
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
  video.src = src;

  return {
    engine: 'native',
    latency: () => (video.duration === Number.POSITIVE_INFINITY ? seekableEnd(video, -video.currentTime) : undefined),
    targetLatency: () => HOLD_BACK,
    playingDateMs() {
      const startMs = video.getStartDate?.().getTime() ?? Number.NaN;
      return Number.isNaN(startMs) ? undefined : startMs + video.currentTime * 1000;
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
