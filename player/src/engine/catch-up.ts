/** What decides how fast to play; times in seconds. */
export type CatchUpState = {
  /** Behind the live edge; undefined while it is not known, or the stream is not live. */
  readonly latency: number | undefined;
  readonly target: number;
  /** Buffered ahead of the playhead. */
  readonly bufferAhead: number;
  /** Until somebody speaks, as far as it is known; 0: somebody does. */
  readonly silence: number;
};

/** Nobody notices a face that is idle moving by so much faster. */
const CATCH_UP_RATE = 1.05;
/** Only what is worth it, and until it is done. */
const BEGIN = 0.25;
const END = 0.05;
/** Media that must be in hand: who plays faster must not run out of it. */
const MIN_BUFFER = 0.4;
/** Normal speed comes back so long before a word. */
const BEFORE_SPEECH = 0.3;

/**
 * How fast to play: a little faster while nobody speaks and playback is further behind than it should be, else at normal speed. Speech
 * at another speed is heard; a pause that is a twentieth shorter is not.
 *
 * @param isCatchingUp - Whether it plays faster now.
 */
export function playbackRate({ latency, target, bufferAhead, silence }: CatchUpState, isCatchingUp: boolean): number {
  const behind = (latency ?? target) - target;
  const isWorthIt = behind > (isCatchingUp ? END : BEGIN);
  return isWorthIt && bufferAhead > MIN_BUFFER && silence > BEFORE_SPEECH ? CATCH_UP_RATE : 1;
}
