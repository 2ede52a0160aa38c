import type { Locator } from 'playwright';

/** One picture that reached the screen; times are the page's performance.now(). */
export type Mouth = {
  /** Position in the media element, in seconds. */
  readonly position: number;
  readonly shownMs: number;
  /** Brightness of the part of the face around the mouth, row by row. */
  readonly cells: Uint8Array;
};

/** What the media element told of: `seeking`, `waiting`, `emptied`, ... */
export type ElementEvent = {
  readonly type: string;
  readonly atMs: number;
  readonly position: number;
  readonly muted: boolean;
  readonly volume: number;
};

export type FaceReading = { readonly mouths: readonly Mouth[]; readonly events: readonly ElementEvent[] };

type RawMouth = { position: number; shownMs: number; cells: string };
type WatchedVideo = HTMLVideoElement & { faceWatch?: { mouths: RawMouth[]; events: ElementEvent[] } };

/** Runs in the page, and so uses nothing from outside. */
function install(element: Element): void {
  const video = element as WatchedVideo;
  // Where the mouth of the drawn face moves, as shares of the picture.
  const [left, top, width, height] = [0.36, 0.54, 0.28, 0.17] as const;
  const canvas = new OffscreenCanvas(24, 15);
  const context = canvas.getContext('2d', { willReadFrequently: true, alpha: false });
  if (context === null) throw new Error('no 2d canvas');
  context.imageSmoothingQuality = 'medium';
  const watch = { mouths: [] as RawMouth[], events: [] as ElementEvent[] };

  const read = (): string => {
    const { videoWidth: w, videoHeight: h } = video;
    context.drawImage(video, left * w, top * h, width * w, height * h, 0, 0, canvas.width, canvas.height);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    let cells = '';
    for (let at = 0; at < data.length; at += 4) cells += String.fromCharCode(data[at + 1] ?? 0);
    return cells;
  };
  const onFrame = (_now: number, { mediaTime, expectedDisplayTime }: VideoFrameCallbackMetadata): void => {
    video.requestVideoFrameCallback(onFrame);
    watch.mouths.push({ position: mediaTime, shownMs: expectedDisplayTime, cells: read() });
  };
  video.requestVideoFrameCallback(onFrame);
  for (const type of ['seeking', 'seeked', 'waiting', 'playing', 'pause', 'emptied', 'error', 'volumechange'])
    video.addEventListener(type, () =>
      watch.events.push({
        type,
        atMs: performance.now(),
        position: video.currentTime,
        muted: video.muted,
        volume: video.volume,
      }),
    );
  video.faceWatch = watch;
}

/** Begins to read the mouth from every picture that reaches the screen. */
export async function startWatching(video: Locator): Promise<void> {
  await video.evaluate(install);
}

export async function faceReading(video: Locator): Promise<FaceReading> {
  const { mouths, events } = await video.evaluate((element) => {
    const { faceWatch } = element as WatchedVideo;
    if (faceWatch === undefined) throw new Error('startWatching() first');
    return faceWatch;
  });
  return { mouths: mouths.map(({ cells, ...rest }) => ({ ...rest, cells: Buffer.from(cells, 'latin1') })), events };
}

/** How different two mouths look: mean difference in brightness, 0 to 255. */
export function difference(one: Mouth, other: Mouth): number {
  return one.cells.reduce((sum, cell, index) => sum + Math.abs(cell - (other.cells[index] ?? 0)), 0) / one.cells.length;
}

/** How different it looks from the most alike of these. */
export function distance(mouth: Mouth, known: readonly Mouth[]): number {
  return Math.min(...known.map((each) => difference(mouth, each)));
}
