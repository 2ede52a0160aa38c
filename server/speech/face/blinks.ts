/** A blink takes one slot: shorter than a part of the stream, so that no cut between parts meets a closed eye. */
export const SLOT_SECONDS = 0.2;

export function slotFrames(fps: number): number {
  return Math.max(3, Math.round(fps * SLOT_SECONDS));
}

/** Eyelids within a slot, 0 open to 1 closed; open in its first and last frame. */
export function lidAt(frameInSlot: number, frames: number): number {
  return Math.sin((Math.PI * frameInSlot) / (frames - 1)) ** 1.4;
}

/** Eyelids of each picture, for blinks that start at `starts` (frames). */
export function lids(frames: number, fps: number, starts: readonly number[]): Float64Array {
  const length = slotFrames(fps);
  const closed = new Float64Array(frames);
  for (const start of starts) {
    // The last frame of a slot is open exactly: sin(pi) is not 0 in floating point.
    for (let at = 1; at < length - 1 && start + at < frames; at++) closed[start + at] = lidAt(at, length);
  }
  return closed;
}

/** Start frames of natural blinks, 2 to 5 s apart, none near the ends. */
export function blinkStarts(frames: number, fps: number, random: () => number): number[] {
  const starts: number[] = [];
  let next = 0.5 + random() * 1.6;
  while (next * fps + 2 * slotFrames(fps) < frames) {
    starts.push(Math.round(next * fps));
    next += 2 + random() * 3;
  }
  return starts;
}
