import type { Preferences } from '../../../server/session/types.ts';
import { retryDelayMs } from '../engine/retry.ts';
import { ApiError, joinSession, type OpenedSession, openSession } from '../session/api.ts';

export type OpenOptions = {
  /** The session to join; absent: a new one is opened. */
  readonly id?: string | undefined;
  /** Who is to answer in a new session, and how. */
  readonly preferences?: Preferences;
  readonly signal: AbortSignal;
  /** Called each time the server did not answer, before it is asked again. */
  readonly onUnreachable: () => void;
};

/**
 * Opens or joins a session, asking again for as long as the server does not answer.
 *
 * @returns undefined when aborted.
 * @throws {ApiError} when the server refuses.
 */
export async function openPatiently(options: OpenOptions): Promise<OpenedSession | undefined> {
  const { id, signal, onUnreachable } = options;
  let { preferences } = options;
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      const session = await (id === undefined ? openSession(preferences) : joinSession(id));
      return signal.aborted ? undefined : session;
    } catch (error) {
      if (signal.aborted) {
        return undefined;
      }
      if (error instanceof ApiError && error.status === 400 && preferences !== undefined) {
        // What was chosen the last time is no more.
        preferences = undefined;
        continue;
      }
      if (!(error instanceof ApiError && error.unreachable)) {
        throw error;
      }
      onUnreachable();
      await delay(retryDelayMs(attempt), signal);
    }
  }
  return undefined;
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
