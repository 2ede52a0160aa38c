import type { Playback } from '../engine/playback.ts';
import { FrameGaps } from './frame-gaps.ts';
import { JoinCounter } from './joins.ts';
import { StallDetector } from './stalls.ts';
import { StartupTimer } from './startup.ts';

/** What was measured so far. */
export type QualityFigures = {
  /** Seconds behind the live edge; undefined while it is not known. */
  readonly latency: number | undefined;
  /** Seconds behind the live edge at which a new viewer starts. */
  readonly targetLatency: number | undefined;
  readonly stalls: number;
  readonly stalledMs: number;
  /** From when playback was wanted to the first frame; undefined until then. */
  readonly startupMs: number | undefined;
  /** Bits per second of what is played, and what the network seems to carry; undefined where nobody knows. */
  readonly bitrate: number | undefined;
  readonly throughput: number | undefined;
  /** Seconds buffered ahead of the playhead. */
  readonly bufferAhead: number;
  /** Boundaries between chunks, or chunk and filler, that were on screen. */
  readonly joins: number;
  readonly droppedFrames: number;
  /** Gaps of more than 100 ms between two frames on screen; undefined where the browser does not tell. */
  readonly frameGaps: number | undefined;
  readonly longestFrameGapMs: number | undefined;
};

export type QualityOptions = {
  readonly playback: Pick<Playback, 'latency' | 'targetLatency' | 'bitrate' | 'throughput'>;
  /** Playback position on the session's timeline. */
  readonly mediaTime: () => number | undefined;
  /** Called for each frame that was seen: its position in the media element, and performance.now() of the moment it is on screen. */
  readonly onFrame?: (position: number, nowMs: number) => void;
  /** Playback stands still; `stalledMs` once it goes on. */
  readonly onStall?: (stalledMs: number | undefined) => void;
};

export type QualityMonitor = {
  figures(): QualityFigures;
  /** A chunk was published; seconds on the session's timeline. */
  addChunk(start: number, duration: number): void;
  close(): void;
};

/** Half the shortest stall worth counting. */
const SAMPLE_MS = 50;

/** Watches a media element and measures what its viewer sees. */
export function watchQuality(video: HTMLVideoElement, options: QualityOptions): QualityMonitor {
  const { playback, mediaTime, onFrame, onStall } = options;
  const stalls = new StallDetector();
  const gaps = new FrameGaps();
  const joins = new JoinCounter();
  const stopFrames = watchFrames(video, gaps, onFrame);
  const startup = new StartupTimer(video);
  let started = false;
  let stallFromMs: number | undefined;

  const tellStall = (): void => {
    if (stalls.open && stallFromMs === undefined) {
      stallFromMs = stalls.totalMs - stalls.openMs;
      onStall?.(undefined);
    } else if (!stalls.open && stallFromMs !== undefined) {
      onStall?.(stalls.totalMs - stallFromMs);
      stallFromMs = undefined;
    }
  };
  const sample = (): void => {
    started ||= video.currentTime > 0 && !video.paused && video.readyState > HTMLMediaElement.HAVE_CURRENT_DATA;
    const shouldPlay = started && !video.paused && !video.seeking && !video.ended;
    stalls.sample({ nowMs: performance.now(), position: video.currentTime, shouldPlay });
    tellStall();
    const position = shouldPlay ? mediaTime() : undefined;
    if (position !== undefined) {
      joins.sample(position);
    }
    // Good to half the sampling step, where the browser does not tell.
    if (stopFrames === undefined && shouldPlay) {
      onFrame?.(video.currentTime, performance.now());
    }
  };
  const timer = setInterval(sample, SAMPLE_MS);

  return {
    figures: () => ({
      latency: playback.latency(),
      targetLatency: playback.targetLatency(),
      stalls: stalls.count,
      stalledMs: Math.round(stalls.totalMs),
      startupMs: startup.elapsedMs,
      bitrate: playback.bitrate(),
      throughput: playback.throughput(),
      bufferAhead: bufferAhead(video),
      joins: joins.count,
      droppedFrames: video.getVideoPlaybackQuality?.().droppedVideoFrames ?? 0,
      frameGaps: stopFrames && gaps.count,
      longestFrameGapMs: stopFrames && Math.round(gaps.longestMs),
    }),
    addChunk: (start, duration) => joins.addChunk(start, duration),
    close() {
      clearInterval(timer);
      startup.close();
      stopFrames?.();
    },
  };
}

/** Returns the way to stop; undefined where requestVideoFrameCallback does not exist. */
function watchFrames(
  video: HTMLVideoElement,
  gaps: FrameGaps,
  onSeen: QualityOptions['onFrame'],
): (() => void) | undefined {
  if (!('requestVideoFrameCallback' in video)) {
    return undefined;
  }
  const onFrame: VideoFrameRequestCallback = (_nowMs, frame) => {
    gaps.present(frame);
    onSeen?.(frame.mediaTime, frame.expectedDisplayTime);
    handle = video.requestVideoFrameCallback(onFrame);
  };
  let handle = video.requestVideoFrameCallback(onFrame);
  const interrupt = (): void => gaps.interrupt();
  const abort = new AbortController();
  for (const type of ['pause', 'seeking', 'ended', 'emptied']) {
    video.addEventListener(type, interrupt, { signal: abort.signal });
  }
  // A hidden page shows no frames.
  document.addEventListener('visibilitychange', interrupt, { signal: abort.signal });
  return () => {
    abort.abort();
    video.cancelVideoFrameCallback(handle);
  };
}

/** Media in hand, in seconds. */
export function bufferAhead(video: HTMLVideoElement): number {
  return Math.max(0, (bufferedUntil(video, video.currentTime) ?? 0) - video.currentTime);
}

/** End of the buffered range that holds a position; undefined when none does. */
export function bufferedUntil({ buffered }: HTMLVideoElement, position: number): number | undefined {
  for (let index = 0; index < buffered.length; index++) {
    // The playhead may stand a rounding error in front of a range.
    if (buffered.start(index) - 0.1 <= position && position <= buffered.end(index)) {
      return buffered.end(index);
    }
  }
  return undefined;
}
