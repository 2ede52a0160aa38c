/** What system calls fail with when there are no more descriptors, processes, threads or memory; all of them come back. */
const CODES: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM', 'ERR_WORKER_INIT_FAILED']);
const FIRST_WAIT_MS = 50;
const MAX_WAIT_MS = 2_000;

/** True for an error that says that the process or the machine has used up something it will have again. */
export function isExhausted(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && CODES.has(String(at.code))) return true;
  }
  return false;
}

export type Patience = {
  readonly signal?: AbortSignal | undefined;
  /** How long to try. */
  readonly limitMs: number;
};

/**
 * Does work that needs descriptors or processes, and tries again while there are none.
 *
 * @throws what the work threw last; `signal.reason` when aborted between two tries.
 */
export async function whenThereIsRoom<T>(work: () => Promise<T>, { signal, limitMs }: Patience): Promise<T> {
  for (let waitMs = FIRST_WAIT_MS, leftMs = limitMs; ; waitMs = Math.min(2 * waitMs, MAX_WAIT_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isExhausted(error) || leftMs <= 0) throw error;
    }
    await pause(Math.min(waitMs, leftMs), signal);
    leftMs -= waitMs;
  }
}

/** @throws `signal.reason` when aborted. */
function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = (): void => reject(signal?.reason);
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(resolve, ms);
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  });
}
