import { watchNativeRanges } from './native-ranges.ts';
import type { Connection, Playback, PlaybackOptions } from './playback.ts';
import { retryDelayMs } from './retry.ts';

/** HTML's getStartDate, which only WebKit has: the date of currentTime 0. */
type DatedElement = HTMLVideoElement & { getStartDate?: () => Date };

/** Distance from the seekable end at which playback starts over, in seconds: three target durations of one second. */
const HOLD_BACK = 3;

/** What a media element's error says of its cause (HTML, MediaError): it tells no more. */
const CONNECTIONS: Readonly<Record<number, Connection>> = {
  1: 'reconnecting', // MEDIA_ERR_ABORTED
  2: 'reconnecting', // MEDIA_ERR_NETWORK
  3: 'recovering', // MEDIA_ERR_DECODE
  4: 'reconnecting', // MEDIA_ERR_SRC_NOT_SUPPORTED: also what a server that is away looks like
};

/** Plays with the browser's own HLS (iOS without Managed Media Source), or a file. */
export function attachNative(video: DatedElement, options: PlaybackOptions): Playback {
  const { src, startPosition, onConnection, onChunkRange } = options;
  const abort = new AbortController();
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Where to go on after an error, as a date and, where there are none, as a position. */
  let resume: { dateMs: number | undefined; position: number } | undefined;

  const load = (): void => {
    video.src = src;
    void video.play().catch(() => undefined); // play() of a reload; the one that matters is reported by startPlaying
  };
  const reload = (): void => {
    clearTimeout(timer);
    timer = undefined;
    load();
  };
  const listen = (type: string, listener: () => void): void =>
    video.addEventListener(type, listener, { signal: abort.signal });

  listen('error', () => {
    onConnection?.(CONNECTIONS[video.error?.code ?? 2] ?? 'reconnecting');
    resume ??= { dateMs: dateAt(video.currentTime), position: video.currentTime };
    clearTimeout(timer);
    timer = setTimeout(reload, retryDelayMs(attempt++));
  });
  listen('playing', () => {
    attempt = 0;
    resume = undefined;
    onConnection?.('ok');
  });
  listen('loadedmetadata', () => {
    const position = resume === undefined ? startPosition : resumePosition(resume);
    if (position !== undefined) {
      video.currentTime = position;
    }
  });
  const tryNow = (): void => {
    if (timer !== undefined) {
      attempt = 0;
      reload();
    }
  };
  addEventListener('online', tryNow, { signal: abort.signal });
  document.addEventListener('visibilitychange', () => document.hidden || tryNow(), { signal: abort.signal });
  const dateAt = (position: number): number | undefined => {
    const startMs = video.getStartDate?.().getTime() ?? Number.NaN;
    return Number.isNaN(startMs) ? undefined : startMs + position * 1000;
  };
  /** A live stream is gone on with at the same date where there are dates; anything else at the same position. */
  const resumePosition = ({ dateMs, position }: NonNullable<typeof resume>): number | undefined => {
    const startMs = dateAt(0);
    if (dateMs !== undefined && startMs !== undefined) {
      const wanted = (dateMs - startMs) / 1000;
      return wanted >= seekableStart(video) ? wanted : undefined;
    }
    return video.duration === Number.POSITIVE_INFINITY ? undefined : position;
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
  video.preload = (options.preload ?? true) ? 'auto' : 'none';
  video.src = src;

  return {
    engine: 'native',
    get isLive() {
      return video.duration === Number.POSITIVE_INFINITY;
    },
    latency: () => (video.duration === Number.POSITIVE_INFINITY ? seekableEnd(video, -video.currentTime) : undefined),
    targetLatency: () => HOLD_BACK,
    playingDateMs: () => dateAt(video.currentTime),
    dateAt,
    positionAt(dateMs) {
      const startMs = dateAt(0);
      return startMs === undefined ? undefined : (dateMs - startMs) / 1000;
    },
    liveEdge: () => seekableEnd(video, 0),
    bitrate: () => undefined,
    throughput: () => undefined,
    // A playlist's type is not told: what is left of a live stream that has ended looks the same.
    listsAll: () => false,
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

function seekableStart({ seekable }: HTMLVideoElement): number {
  return seekable.length === 0 ? 0 : seekable.start(0);
}

function captionTracks({ textTracks }: HTMLVideoElement): TextTrack[] {
  return [...textTracks].filter(({ kind }) => kind === 'subtitles' || kind === 'captions');
}
