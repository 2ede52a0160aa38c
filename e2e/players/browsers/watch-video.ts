import type { PageReport, PageState, PageWatch, PlayerPage, SoundMeter } from './page-report.ts';

/**
 * Watches a video element from the click on: when the playhead first moves, where it is every 20 ms, what the element counts.
 * The same for every player in every browser. Runs in the page and so uses nothing from outside.
 */
export function watchVideo(video: HTMLVideoElement, meter: SoundMeter): PageWatch {
  const page = window as unknown as PlayerPage;
  const counters = video as HTMLVideoElement & { readonly webkitAudioDecodedByteCount?: number };
  const stepMs = 20;
  // An hour of readings: a page that is forgotten must not fill the memory.
  const maxSamples = 180_000;
  const openedMs = performance.now();
  const errors: string[] = [];
  const warnings: string[] = [];
  const trace: [number, number, boolean, number][] = [];
  let [frames, droppedFrames, decodedAudioBytes] = [0, 0, 0];
  let isPlaying = false;
  let startedMs: number | null = null;
  let endedMs: number | null = null;
  let restedAt: number | null = null;

  /** Seconds of media the player has from the playhead on. */
  const ahead = (): number => {
    const { buffered, currentTime } = video;
    for (let range = 0; range < buffered.length; range++) {
      if (buffered.start(range) <= currentTime && currentTime <= buffered.end(range)) {
        return buffered.end(range) - currentTime;
      }
    }
    return 0;
  };

  const look = (): void => {
    const nowMs = performance.now();
    const quality = video.getVideoPlaybackQuality();
    // WebKitGTK's counters are 0 again after the end.
    frames = Math.max(frames, quality.totalVideoFrames);
    droppedFrames = Math.max(droppedFrames, quality.droppedVideoFrames);
    decodedAudioBytes = Math.max(decodedAudioBytes, counters.webkitAudioDecodedByteCount ?? 0);
    if (video.ended || endedMs !== null || trace.length >= maxSamples) return;
    if (startedMs === null) {
      // Players seek to the live edge before they begin.
      const stands = !isPlaying || video.seeking;
      const moves = !stands && restedAt !== null && video.currentTime > restedAt;
      restedAt = stands ? null : video.currentTime;
      if (!moves) return;
      startedMs = nowMs - openedMs;
      meter.begin(video);
    }
    trace.push([Math.round(nowMs - openedMs), video.currentTime, video.seeking, ahead()]);
  };
  setInterval(look, stepMs);
  video.addEventListener('playing', () => {
    isPlaying = true;
  });
  video.addEventListener('ended', () => {
    look();
    endedMs = performance.now() - openedMs;
  });
  video.addEventListener('error', () => errors.push(`media error ${video.error?.code}: ${video.error?.message}`));

  const playedMs = (): number => (startedMs === null ? 0 : (endedMs ?? performance.now() - openedMs) - startedMs);
  const watch: PageWatch = {
    version: '',
    fail: (text) => void errors.push(text),
    warn: (text) => void warnings.push(text),
  };
  page.playerState = (): PageState => ({ playedMs: playedMs(), ended: endedMs !== null, failed: errors.length > 0 });
  page.finishPlayer = (): void => {
    const playedAtFinishMs = playedMs();
    endedMs ??= performance.now() - openedMs;
    void meter.finish().then((peaks) => {
      const counts = { frames, droppedFrames, decodedAudioBytes };
      const times = { startedMs, playedMs: playedAtFinishMs, trace, peaks };
      page.playerReport = { version: watch.version, ...times, ...counts, errors, warnings } satisfies PageReport;
    });
  };
  return watch;
}
