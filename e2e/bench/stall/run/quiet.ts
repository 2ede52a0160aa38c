import { setTimeout as sleep } from 'node:timers/promises';
import { OtherWork } from '../../other-work.ts';

/** Other work that may go on beside a run, in cores: a run needs about one of two. */
export const QUIET_CORES = 0.75;
const LOOK_MS = 5_000;
const LIMIT_MS = 30 * 60_000;

/** Waits until nothing else keeps the machine busy, or half an hour has passed. */
export async function waitUntilQuiet(): Promise<void> {
  const deadlineMs = Date.now() + LIMIT_MS;
  while (Date.now() < deadlineMs) {
    const others = new OtherWork();
    await sleep(LOOK_MS);
    if ((await others.cores()) < QUIET_CORES / 2) return;
  }
}
