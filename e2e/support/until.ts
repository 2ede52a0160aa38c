import { setTimeout as sleep } from 'node:timers/promises';

/** Ends only what would hang. */
const LIMIT_MS = 60_000;

/** Waits until something holds; for tests that run beside others, where `expect.poll` does not know whose it is. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, limitMs = LIMIT_MS): Promise<void> {
  const deadlineMs = Date.now() + limitMs;
  while (!(await holds())) {
    if (Date.now() > deadlineMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await sleep(25);
  }
}
