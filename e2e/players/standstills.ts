/** Wall clock in ms, media time in seconds, whether the player was seeking, and the seconds of media it had ahead of that. */
export type PlayheadSample = readonly [wallMs: number, mediaTime: number, seeking?: boolean, ahead?: number];

export type Stall = {
  readonly ms: number;
  /** Seconds of media in hand when it began, where the player tells: much of it, and it was not the stream that was late. */
  readonly ahead?: number;
};

/** A viewer sees a picture that stands for this long. */
const STALL_MS = 100;

/**
 * How long a playhead stood still, each time it fell behind the wall clock by more than 100 ms between two moves.
 *
 * A reading that comes late is no stall: by then the playhead has moved on just as far. A seek is one, however far it went, since
 * nobody asked for it: the player skipped something or went back for it.
 *
 * @param trace - From the first move on, while the media should play: not paused, not ended.
 * @param resolutionMs - How exactly the player tells where it is, for those that tell it now and then only.
 */
export function standstills(trace: readonly PlayheadSample[], resolutionMs = 0): Stall[] {
  const stalls: Stall[] = [];
  let [last] = trace;
  let sought = false;
  for (const sample of trace) {
    if (last === undefined) break;
    sought ||= sample[2] === true;
    const isLastReading = sample === trace.at(-1);
    const stands = sample[1] === last[1] || sample[2] === true;
    if (stands && !isLastReading) continue;
    const movedMs = stands || sought ? 0 : (sample[1] - last[1]) * 1000;
    const behindMs = sample[0] - last[0] - movedMs;
    const ahead = last[3];
    if (behindMs > STALL_MS + resolutionMs)
      stalls.push({ ms: Math.round(behindMs), ...(ahead !== undefined && { ahead }) });
    last = sample;
    sought = false;
  }
  return stalls;
}

/**
 * Leaves out readings that came late. Where a player tells each picture as it shows it, a reader that comes late sees several at
 * once: it was not the player that stood still.
 */
export function withoutLateReadings(trace: readonly PlayheadSample[]): PlayheadSample[] {
  return trace.filter((sample, index) => {
    const next = trace[index + 1];
    return next === undefined || (next[0] - sample[0]) / 1000 >= (next[1] - sample[1]) / 2;
  });
}
