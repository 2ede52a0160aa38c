/** Over the first half minute somebody is waiting: the network may be back at any moment, and should be noticed at once. */
const EAGER_TRIES = 20;

/** How long until a player that gave up tries again: 0.5, 1, then every 1.5 seconds, and every 4 once that has lasted. */
export function retryDelayMs(attempt: number): number {
  return attempt < EAGER_TRIES ? Math.min(1_500, 500 * (attempt + 1)) : 4_000;
}
