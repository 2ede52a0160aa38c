import type { Locator } from 'playwright';
import { type FrameMark, markOf } from './pattern.ts';

/** One picture that reached the screen. */
export type FrameReading = {
  /**
   * `null` of a picture without one: filler, the idle face. `undefined` where the next picture may have been on the screen
   * when this one was read: what is known of it then is that it was shown.
   */
  readonly mark: FrameMark | null | undefined;
  /** Media time of the picture, in seconds. */
  readonly mediaTime: number;
  /** When it was shown, wall clock, in ms since 1970. */
  readonly wallMs: number;
  /** How many pictures the compositor had shown by then: a step of more than one tells of pictures shown but not read. */
  readonly presentedFrames: number;
};

export type ScreenReading = {
  /** In the order they were shown. */
  readonly frames: readonly FrameReading[];
  /** Wall clock (ms) of each time playback stopped for want of media, after it had begun. */
  readonly stallsMs: readonly number[];
  /** Pictures the browser decoded but threw away, because the machine was too busy to show them in time. */
  readonly droppedVideoFrames: number;
};

type RawReading = { cells: string; isReplaced: boolean; mediaTime: number; wallMs: number; presentedFrames: number };
type Probe = { readings: RawReading[]; stallsMs: number[]; stop: () => void };
type ProbedVideo = HTMLVideoElement & { frameProbe?: Probe };

/** Runs in the page and so uses nothing from outside. Numbers as in pattern.ts: 16 x 5 cells in the top 5/16 of the picture. */
function installProbe(element: Element): void {
  const video = element as ProbedVideo;
  const [columns, rows, cellSize] = [16, 5, 4];
  // 20,000 pictures are 13 minutes at 25 frames per second: a forgotten probe must not fill the memory.
  const maxReadings = 20_000;
  // Pictures stand for 33 ms at least, of 25 per second on a screen of 60.
  const shortestPictureMs = 33;
  const canvas = new OffscreenCanvas(columns * cellSize, rows * cellSize);
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  if (context === null) throw new Error('no 2d canvas');

  const readCells = (): string => {
    const markHeight = (video.videoHeight * rows) / columns;
    context.drawImage(video, 0, 0, video.videoWidth, markHeight, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let cells = '';
    for (let cell = 0; cell < columns * rows; cell++) {
      const x = (cell % columns) * cellSize + cellSize / 2;
      const y = Math.floor(cell / columns) * cellSize + cellSize / 2;
      // The four pixels around the middle of the cell; black and white have equal red, green and blue.
      let sum = 0;
      for (const [dx, dy] of [
        [-1, -1],
        [0, -1],
        [-1, 0],
        [0, 0],
      ] as const)
        sum += data[((y + dy) * canvas.width + x + dx) * 4] ?? 0;
      cells += String.fromCharCode(Math.round(sum / 4));
    }
    return cells;
  };

  const probe: Probe = { readings: [], stallsMs: [], stop: () => undefined };
  let isStopped = false;
  let hasPlayed = false;
  let current: { reading: RawReading; shownMs: number; readMs: number } | undefined;
  const onFrame = (_now: number, metadata: VideoFrameCallbackMetadata): void => {
    if (isStopped) return;
    // First of all ask for the next one: reading this one takes 2 ms.
    video.requestVideoFrameCallback(onFrame);
    if (probe.readings.length >= maxReadings) return;
    const { mediaTime, presentedFrames, presentationTime, expectedDisplayTime } = metadata;
    if (current !== undefined) {
      // What followed the one before was there from `presentationTime` on, unless it is one that no callback told of.
      const isNext = presentedFrames - current.reading.presentedFrames === 1;
      const nextMs = isNext ? presentationTime : current.shownMs + shortestPictureMs;
      current.reading.isReplaced = current.readMs >= nextMs;
    }
    const wallMs = performance.timeOrigin + expectedDisplayTime;
    const reading = { cells: readCells(), isReplaced: false, mediaTime, presentedFrames, wallMs };
    current = { reading, shownMs: presentationTime, readMs: performance.now() };
    probe.readings.push(reading);
  };
  const onPlaying = (): void => {
    hasPlayed = true;
  };
  const onWaiting = (): void => {
    if (hasPlayed) probe.stallsMs.push(Date.now());
  };
  video.addEventListener('playing', onPlaying);
  video.addEventListener('waiting', onWaiting);
  video.requestVideoFrameCallback(onFrame);
  probe.stop = () => {
    isStopped = true;
    video.removeEventListener('playing', onPlaying);
    video.removeEventListener('waiting', onWaiting);
  };
  video.frameProbe?.stop();
  video.frameProbe = probe;
}

/**
 * Begins to read every picture of a `<video>` that reaches the screen. `requestVideoFrameCallback` sees every one of 25 per
 * second here, also with both cores busy, as long as the page's own main thread is free; captureStream() and
 * MediaStreamTrackProcessor repeat some and lose more than that when it is not. `presentedFrames` tells when a callback came too late.
 */
export async function startReading(video: Locator): Promise<void> {
  await video.evaluate(installProbe);
}

/**
 * What was read so far; reading goes on.
 *
 * @param last - Only that many pictures: whoever asks again and again must not make the browser stumble.
 */
export async function readScreen(video: Locator, last = Number.MAX_SAFE_INTEGER): Promise<ScreenReading> {
  const raw = await video.evaluate((element, last) => {
    const { frameProbe } = element as ProbedVideo;
    if (frameProbe === undefined) throw new Error('startReading() first');
    const { droppedVideoFrames } = (element as ProbedVideo).getVideoPlaybackQuality();
    return { readings: frameProbe.readings.slice(-last), stallsMs: frameProbe.stallsMs, droppedVideoFrames };
  }, last);
  const frames = raw.readings.map(({ cells, isReplaced, ...rest }) => ({
    ...rest,
    mark: isReplaced ? undefined : markOf(Array.from(cells, (cell) => cell.charCodeAt(0))),
  }));
  return { frames, stallsMs: raw.stallsMs, droppedVideoFrames: raw.droppedVideoFrames };
}

/** Ends the reading; what was read. */
export async function stopReading(video: Locator): Promise<ScreenReading> {
  const reading = await readScreen(video);
  await video.evaluate((element) => (element as ProbedVideo).frameProbe?.stop());
  return reading;
}
