import type { FrameMark } from '../../../support/pattern.ts';
import type { ProbeRecord, SeenFrame } from '../probe/types.ts';

/** A picture that the viewer saw, and since when; `mark` is `null` for idle pictures and filler. */
export type ShownFrame = {
  readonly mark: FrameMark | null;
  readonly atMs: number;
  readonly element: number;
  readonly presented: number;
};

type Showing = Pick<ProbeRecord, 'frames' | 'fronts'>;

/**
 * What the viewer saw, in order: the pictures of the element in front, from the moment each was shown or its element came to the front.
 */
export function shownFrames({ frames, fronts }: Showing): ShownFrame[] {
  const shown: ShownFrame[] = [];
  for (const [index, { atMs, element }] of fronts.entries()) {
    const endMs = fronts[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    const own = frames.filter((frame) => frame.element === element && frame.atMs < endMs);
    const waiting = own.findLast((frame) => frame.atMs <= atMs);
    const later = own.filter((frame) => frame.atMs > atMs);
    const first = waiting === undefined ? [] : [{ ...waiting, atMs }];
    shown.push(...[...first, ...later].map(pictureOf));
  }
  return shown;
}

function pictureOf({ mark, atMs, element, presented }: SeenFrame): ShownFrame {
  return { mark, atMs, element, presented };
}

/** Pictures that were shown between two readings but not read, as the element itself counts. */
export function unreadBetween(from: ShownFrame, to: ShownFrame): number {
  return from.element === to.element ? Math.max(0, to.presented - from.presented - 1) : 0;
}
