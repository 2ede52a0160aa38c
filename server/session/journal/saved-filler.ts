import { framesIn } from '../../timeline/cut.ts';
import type { Timeline } from '../../timeline/timeline.ts';

/** Filler that plays since a frame of the timeline, from the start of its loop. */
export type SavedFiller = {
  readonly clip: string;
  /** Length of each segment of the loop, in frames. */
  readonly cut: readonly number[];
  readonly startFrame: number;
  readonly init: number;
};

export type AdvanceOptions = {
  /** Publishes up to one of these. */
  readonly toFrame?: number;
  readonly toPart?: number;
  readonly partFrames: number;
  /** So much before the target is published part by part, since players may ask for it; what is before that is leapt over. */
  readonly keepFrames: number;
  opening(): void;
  note(frames: number): void;
};

/** Publishes filler on a timeline, part by part as `LivePublisher` does, without its media. */
export function advanceFiller(timeline: Timeline, filler: SavedFiller, options: AdvanceOptions): void {
  const { toFrame = Number.POSITIVE_INFINITY, toPart = Number.POSITIVE_INFINITY, partFrames } = options;
  const loopFrames = framesIn(filler.cut);
  while (timeline.endFrame < toFrame && timeline.nextPart < toPart) {
    const position = (timeline.endFrame - filler.startFrame) % loopFrames;
    if (position === 0) leap(timeline, filler, loopFrames, options);
    const { left, offset } = placeInLoop(filler.cut, position);
    const frames = Math.min(partFrames, left);
    if (offset === 0 || !timeline.open) options.opening();
    options.note(frames);
    timeline.adoptPart({ frames, independent: offset === 0 });
    if (left === frames) timeline.closeSegment();
  }
}

/** Where in its segment a frame of the loop lies, and how many of the segment follow. */
export function placeInLoop(
  cut: readonly number[],
  position: number,
): { segment: number; offset: number; left: number } {
  let start = 0;
  for (const [segment, length] of cut.entries()) {
    if (position < start + length) return { segment, offset: position - start, left: start + length - position };
    start += length;
  }
  return { segment: 0, offset: 0, left: cut[0] ?? 1 };
}

/** Whole rounds of the loop that nobody can ask for any more. */
function leap(timeline: Timeline, filler: SavedFiller, loopFrames: number, options: AdvanceOptions): void {
  const { toFrame = Number.POSITIVE_INFINITY, toPart = Number.POSITIVE_INFINITY, partFrames, keepFrames } = options;
  const partsPerRound = filler.cut.reduce((sum, length) => sum + Math.ceil(length / partFrames), 0);
  const kept = Math.ceil(keepFrames / loopFrames) + 1;
  const rounds = Math.min(
    Math.floor((toFrame - timeline.endFrame) / loopFrames),
    Math.floor((toPart - timeline.nextPart) / partsPerRound),
  );
  if (rounds <= kept || timeline.open) return;
  const over = rounds - kept;
  options.note(over * loopFrames);
  timeline.leap({ segments: over * filler.cut.length, parts: over * partsPerRound, frames: over * loopFrames });
}
