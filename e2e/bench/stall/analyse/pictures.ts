import { type ShownFrame, unreadBetween } from './screen.ts';

/** The time that playback stood still, beyond one frame. */
export type Stand = { readonly atMs: number; readonly ms: number };

/** How one sentence was seen. */
export type SeenSentence = {
  readonly expected: number;
  /** Never on screen. */
  readonly skipped: number;
  /** On screen again after a later one. */
  readonly repeated: number;
  /** When its first and its last picture came on screen; how long the last one stays is not its own. */
  readonly firstMs: number | undefined;
  readonly lastMs: number | undefined;
  /** Waits between two of its pictures, longer than a frame takes; each starts when the next picture was due. */
  readonly stands: readonly Stand[];
};

type Own = { readonly frame: number; readonly shown: ShownFrame; readonly unreadBefore: number };

/** The readings of one sentence, each with the number of pictures that were shown unread before it. */
function ownFrames(clip: number, screen: readonly ShownFrame[]): Own[] {
  return screen.flatMap((shown, index) => {
    if (shown.mark?.clip !== clip) return [];
    const before = screen[index - 1];
    const unreadBefore = before === undefined ? 0 : unreadBetween(before, shown);
    return [{ frame: shown.mark.frame, shown, unreadBefore }];
  });
}

/**
 * @param frames - Length of the sentence.
 * @param frameMs - How long one picture lasts.
 */
export function seenSentence(
  clip: number,
  frames: number,
  screen: readonly ShownFrame[],
  frameMs: number,
): SeenSentence {
  const own = ownFrames(clip, screen);
  const [first, last] = [own.at(0), own.at(-1)];
  if (first === undefined || last === undefined)
    return { expected: frames, skipped: frames, repeated: 0, firstMs: undefined, lastMs: undefined, stands: [] };
  const seen = new Set<number>();
  const stands: Stand[] = [];
  let [repeated, unread, newest, lastMs] = [0, 0, -1, first.shown.atMs];
  for (const [index, { frame, shown, unreadBefore }] of own.entries()) {
    const before = own[index - 1];
    // A picture that stays in front while another element comes and goes is one picture.
    if (seen.has(frame) && frame !== before?.frame) repeated += 1;
    unread += Math.min(unreadBefore, Math.max(0, frame - newest - 1));
    if (before !== undefined && frame > newest) {
      const ms = shown.atMs - before.shown.atMs - frameMs * (1 + unreadBefore);
      if (ms > 0) stands.push({ atMs: before.shown.atMs + frameMs, ms });
    }
    seen.add(frame);
    if (frame > newest) [newest, lastMs] = [frame, shown.atMs];
  }
  const after = screen[screen.indexOf(last.shown) + 1];
  unread += Math.min(frames - 1 - newest, after === undefined ? 0 : unreadBetween(last.shown, after));
  const skipped = Math.max(0, frames - seen.size - unread);
  return { expected: frames, skipped, repeated, firstMs: first.shown.atMs, lastMs, stands };
}
