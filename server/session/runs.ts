/** A stretch of the timeline: of chunks, or of a filler clip that can be made again. */
export type Run = {
  readonly startFrame: number;
  frames: number;
  /** Of filler. */
  readonly clip: string | undefined;
};

/**
 * Notes what was published; neighbours of a kind are one run. A run of filler is one pass through the loop from its start, again and
 * again, so that its pictures can be told from its length.
 *
 * @param from - `frame`: where it starts on the timeline; `atLoopStart`: with the first picture of the loop, which has `loopFrames`.
 */
export function noteRun(
  runs: Run[],
  frames: number,
  from: { frame: number; clip: string | undefined; atLoopStart: boolean; loopFrames: number },
): void {
  const last = runs.at(-1);
  const goesOn =
    last?.clip === from.clip &&
    (from.clip === undefined || !from.atLoopStart || (last?.frames ?? 0) % from.loopFrames === 0);
  if (last && goesOn) last.frames += frames;
  else runs.push({ startFrame: from.frame, frames, clip: from.clip });
}
