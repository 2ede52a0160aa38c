/** How long until a player that gave up tries again: 0.5, 1, 2, then every 4 seconds. */
export function retryDelayMs(attempt: number): number {
  return Math.min(4_000, 500 * 2 ** attempt);
}
