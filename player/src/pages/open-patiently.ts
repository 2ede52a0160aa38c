import type { Preferences } from '../../../server/session/types.ts';
import { retryDelayMs } from '../engine/retry.ts';
import { ApiError, joinSession, type OpenedSession, openSession } from '../session/api.ts';

export type OpenOptions = {
  /** The session to join; absent: a new one is opened. */
  readonly id?: string | undefined;
  /** Joined in place of a new one, if it is still open. */
  readonly earlier?: string | undefined;
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
  const { id, earlier, signal, onUnreachable } = options;
  let { preferences } = options;
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      const session =
        id === undefined ? ((await rejoin(earlier)) ?? (await openSession(preferences))) : await joinSession(id);
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

/** @returns undefined when nothing more can be said in it. */
async function rejoin(id: string | undefined): Promise<OpenedSession | undefined> {
  if (id === undefined) {
    return undefined;
  }
  try {
    const session = await joinSession(id);
    return session.state === 'open' ? session : undefined;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) {
      return undefined;
    }
    throw error;
  }
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
