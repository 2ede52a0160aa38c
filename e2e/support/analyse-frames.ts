import type { FrameMark } from './pattern.ts';
import type { FrameReading } from './read-frames.ts';

/** A clip as it was pushed. */
export type ExpectedClip = { readonly clip: number; readonly frames: number };

export type FrameAnalysis = {
  /** Frames of the clips that were never shown, as `clip:frame`. */
  readonly missing: readonly string[];
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

/** Pictures that the medium has from one reading to the next, by media time: 1 when nothing lies between. */
function mediaSteps(from: FrameReading, to: FrameReading, fps: number): number {
  return Math.round((to.mediaTime - from.mediaTime) * fps);
}

/**
 * The marks of pictures shown between two readings but not read. They are known only if as many were shown as the medium has
 * there; then each follows from its distance to the mark before or after it.
 */
function marksBetween(
  from: FrameReading,
  to: FrameReading,
  clips: ReadonlyMap<number, number>,
  fps: number,
): FrameMark[] {
  const steps = mediaSteps(from, to, fps);
  if (steps !== to.presentedFrames - from.presentedFrames) return [];
  const marks: FrameMark[] = [];
  for (let step = 1; step < steps; step++) {
    const after = from.mark && { clip: from.mark.clip, frame: from.mark.frame + step };
    const before = to.mark && { clip: to.mark.clip, frame: to.mark.frame - (steps - step) };
    if (after && after.frame < (clips.get(after.clip) ?? 0)) marks.push(after);
    else if (before && before.frame >= 0) marks.push(before);
  }
  return marks;
}

/** All marks shown, in order: those read, and those that must have been shown between two readings. */
export function shownMarks(
  frames: readonly FrameReading[],
  expected: readonly ExpectedClip[],
  fps: number,
): FrameMark[] {
  const clips = new Map(expected.map(({ clip, frames: count }) => [clip, count]));
  return frames.flatMap((reading, index) => {
    const previous = frames[index - 1];
    const between = previous === undefined ? [] : marksBetween(previous, reading, clips, fps);
    return reading.mark === null ? between : [...between, reading.mark];
  });
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
  frames: readonly FrameReading[],
  expected: readonly ExpectedClip[],
  fps: number,
): FrameAnalysis {
  return { ...compareMarks(shownMarks(frames, expected, fps), expected), ...compareSteps(frames, fps) };
}

/** What is wrong, in words; empty when every frame of every clip was shown exactly once, in order, and no picture was skipped. */
export function faultsOf(analysis: FrameAnalysis): string[] {
  const { missing, repeated, outOfOrder, unknown, skippedPictures } = analysis;
  const lists = Object.entries({ missing, repeated, outOfOrder, unknown });
  const faults = lists.filter(([, names]) => names.length > 0).map(([title, names]) => `${title}: ${names.join(' ')}`);
  return skippedPictures > 0 ? [...faults, `skipped pictures: ${skippedPictures}`] : faults;
}
