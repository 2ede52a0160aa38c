import type { FrameMark } from './pattern.ts';
import type { FrameReading } from './read-frames.ts';

/** A clip as it was pushed. */
export type ExpectedClip = { readonly clip: number; readonly frames: number };

export type FrameAnalysis = {
  /** Frames of the clips that were never shown, as `clip:frame`. */
  readonly missing: readonly string[];
  /** Those of `missing` that lie where the screen jumped: the browser may have had them and thrown them away. */
  readonly jumpedOver: readonly string[];
  /** Frames shown more than once. */
  readonly repeated: readonly string[];
  /** Frames shown after a later one. */
  readonly outOfOrder: readonly string[];
  /** Marks of clips nobody pushed, or past a clip's end. */
  readonly unknown: readonly string[];
  /** Pictures of the media that the screen jumped over, marked or not. */
  readonly skippedPictures: number;
  /** Pictures shown but not read, because the callback came late; those inside clips are counted as shown. */
  readonly unreadPictures: number;
  /** The longest time one picture stood, in ms. */
  readonly longestPictureMs: number;
};

const nameOf = ({ clip, frame }: FrameMark): string => `${clip}:${frame}`;

/**
 * Without those that only show again what stands there: a browser that ran dry paints its last picture once more before it
 * goes on. A picture that the stream has twice has two media times, and so does not hide here.
 */
function withoutRepaints(frames: readonly FrameReading[]): FrameReading[] {
  let repaints = 0;
  const pictures: FrameReading[] = [];
  for (const reading of frames) {
    if (reading.mediaTime === pictures.at(-1)?.mediaTime) repaints++;
    else pictures.push({ ...reading, presentedFrames: reading.presentedFrames - repaints });
  }
  return pictures;
}

/** Pictures that the medium has from one reading to the next, by media time: 1 when nothing lies between. */
function mediaSteps(from: FrameReading, to: FrameReading, fps: number): number {
  return Math.round((to.mediaTime - from.mediaTime) * fps);
}

type Neighbours = { readonly before: FrameReading | undefined; readonly after: FrameReading | undefined };

/** The mark of the picture that is `steps` after the one before and `stepsToNext` before the one after; `null` outside clips. */
function markAt(
  { before, after }: Neighbours,
  [steps, stepsToNext]: readonly [number, number],
  clips: ReadonlyMap<number, number>,
): FrameMark | null {
  const next = before?.mark && { clip: before.mark.clip, frame: before.mark.frame + steps };
  if (next && next.frame < (clips.get(next.clip) ?? 0)) return next;
  const previous = after?.mark && { clip: after.mark.clip, frame: after.mark.frame - stepsToNext };
  return previous && previous.frame >= 0 ? previous : null;
}

/** The marks between two readings: each follows from its distance to the mark before or after it. */
function marksBetween(
  before: FrameReading,
  after: FrameReading,
  clips: ReadonlyMap<number, number>,
  fps: number,
): FrameMark[] {
  const steps = mediaSteps(before, after, fps);
  const between = Array.from({ length: Math.max(0, steps - 1) }, (_, index) => index + 1);
  return between.flatMap((step) => markAt({ before, after }, [step, steps - step], clips) ?? []);
}

/** With the marks of those that were read too late, as they follow from the ones around. */
function withEveryMark(
  frames: readonly FrameReading[],
  clips: ReadonlyMap<number, number>,
  fps: number,
): (FrameReading & { readonly mark: FrameMark | null })[] {
  return frames.map((reading, index) => {
    if (reading.mark !== undefined) return { ...reading, mark: reading.mark };
    const before = frames.slice(0, index).findLast(({ mark }) => mark !== undefined);
    const after = frames.slice(index).find(({ mark }) => mark !== undefined);
    const steps = before === undefined ? 0 : mediaSteps(before, reading, fps);
    const stepsToNext = after === undefined ? 0 : mediaSteps(reading, after, fps);
    return { ...reading, mark: markAt({ before, after }, [steps, stepsToNext], clips) };
  });
}

/**
 * All marks shown, in order: those read, and those shown between two readings but not read, which are known only where as
 * many pictures were shown as the medium has there. Where fewer were shown, the marks are those jumped over.
 */
function marksOf(readings: readonly FrameReading[], expected: readonly ExpectedClip[], fps: number) {
  const clips = new Map(expected.map(({ clip, frames: count }) => [clip, count]));
  const frames = withEveryMark(readings, clips, fps);
  const shown: FrameMark[] = [];
  const jumped: FrameMark[] = [];
  for (const [index, reading] of frames.entries()) {
    const previous = frames[index - 1];
    if (previous !== undefined) {
      const isJump = mediaSteps(previous, reading, fps) !== reading.presentedFrames - previous.presentedFrames;
      (isJump ? jumped : shown).push(...marksBetween(previous, reading, clips, fps));
    }
    if (reading.mark !== null) shown.push(reading.mark);
  }
  return { shown, jumped };
}

function compareMarks(shown: readonly FrameMark[], expected: readonly ExpectedClip[]) {
  const positions = new Map(
    expected
      .flatMap(({ clip, frames }) => Array.from({ length: frames }, (_, frame) => nameOf({ clip, frame })))
      .map((name, i) => [name, i]),
  );
  const seen = new Set<string>();
  const [repeated, outOfOrder, unknown]: [string[], string[], string[]] = [[], [], []];
  let latest = -1;
  for (const name of shown.map(nameOf)) {
    const position = positions.get(name);
    if (position === undefined) unknown.push(name);
    else if (seen.has(name)) repeated.push(name);
    else if (position < latest) outOfOrder.push(name);
    seen.add(name);
    latest = Math.max(latest, position ?? -1);
  }
  return { missing: [...positions.keys()].filter((name) => !seen.has(name)), repeated, outOfOrder, unknown };
}

function compareSteps(frames: readonly FrameReading[], fps: number) {
  let [skippedPictures, unreadPictures, longestPictureMs] = [0, 0, 0];
  for (const [index, to] of frames.entries()) {
    const from = frames[index - 1];
    if (from === undefined) continue;
    const shown = Math.max(1, to.presentedFrames - from.presentedFrames);
    skippedPictures += Math.max(0, mediaSteps(from, to, fps) - shown);
    unreadPictures += shown - 1;
    // How long each of several unread pictures stood is not known: they share the time.
    longestPictureMs = Math.max(longestPictureMs, (to.wallMs - from.wallMs) / shown);
  }
  return { skippedPictures, unreadPictures, longestPictureMs };
}

/**
 * Compares what the screen showed with what was pushed.
 *
 * @param expected - The clips in the order they were pushed.
 * @param fps - Frame rate of the stream, in frames per second.
 */
export function analyseFrames(
  readings: readonly FrameReading[],
  expected: readonly ExpectedClip[],
  fps: number,
): FrameAnalysis {
  const frames = withoutRepaints(readings);
  const { shown, jumped } = marksOf(frames, expected, fps);
  const comparison = compareMarks(shown, expected);
  const jumpedNames = new Set(jumped.map(nameOf));
  const jumpedOver = comparison.missing.filter((name) => jumpedNames.has(name));
  return { ...comparison, jumpedOver, ...compareSteps(frames, fps) };
}

/**
 * What is wrong, in words; empty when every frame of every clip was shown exactly once, in order, and no picture was skipped.
 *
 * @param droppedVideoFrames - Pictures the browser says it decoded and threw away: that many may be skipped, they were in the
 *   stream and in time.
 */
export function faultsOf(analysis: FrameAnalysis, droppedVideoFrames = 0): string[] {
  const { repeated, outOfOrder, unknown, skippedPictures, jumpedOver } = analysis;
  const isBusyMachine = skippedPictures <= droppedVideoFrames;
  const missing = isBusyMachine ? analysis.missing.filter((name) => !jumpedOver.includes(name)) : analysis.missing;
  const lists = Object.entries({ missing, repeated, outOfOrder, unknown });
  const faults = lists.filter(([, names]) => names.length > 0).map(([title, names]) => `${title}: ${names.join(' ')}`);
  return isBusyMachine ? faults : [...faults, `skipped pictures: ${skippedPictures}`];
}
