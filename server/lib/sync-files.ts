import { setTimeout as delay } from 'node:timers/promises';
import { OwnedProcess } from './owned-process.ts';

/** Others write to the file system, too: what they left may take long. */
const LIMIT_MS = 4_000;

/**
 * Waits until all that was written to the file system of a directory is on disk: one call in place of one for each of ten thousand files.
 * Node has none for that; there is a program.
 *
 * @returns false when it is not known to be there in time.
 */
export async function syncFiles(directory: string): Promise<boolean> {
  const { done } = new OwnedProcess({ command: 'sync', args: ['-f', directory], failure: 'INTERNAL' });
  const over = new AbortController();
  const synced = done.then(
    () => true,
    () => false,
  );
  const late = delay(LIMIT_MS, false, { signal: over.signal, ref: false }).catch(() => false);
  try {
    return await Promise.race([synced, late]);
  } finally {
    over.abort();
  }
}
