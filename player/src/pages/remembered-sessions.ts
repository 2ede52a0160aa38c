import { readSetting, writeSetting } from './stored.ts';

/** A conversation that this browser was in. */
export type RememberedSession = {
  readonly id: string;
  /** What was asked or said first; absent: nothing yet. */
  readonly title?: string;
  /** When it was opened here last, in milliseconds since the epoch. */
  readonly seenMs: number;
};

const KEY = 'throughline.sessions';
const MAX_SESSIONS = 30;
const MAX_TITLE = 80;

/** Newest first. */
export function rememberedSessions(): readonly RememberedSession[] {
  let stored: unknown;
  try {
    stored = JSON.parse(readSetting(KEY) ?? '[]');
  } catch (error) {
    if (!(error instanceof SyntaxError)) {
      throw error;
    }
  }
  return Array.isArray(stored) ? stored.filter(isRemembered) : [];
}

/** Puts a session first. @param nowMs - In milliseconds since the epoch. */
export function rememberSession(id: string, nowMs: number): void {
  const known = rememberedSessions().find((session) => session.id === id);
  write([{ ...known, id, seenMs: nowMs }, ...others(id)]);
}

/** Names a session after what was asked or said first in it. */
export function nameSession(id: string | undefined, text: string | undefined): void {
  if (id === undefined || text === undefined) {
    return;
  }
  const title = [...text.trim().replace(/\s+/g, ' ')].slice(0, MAX_TITLE).join('');
  write(rememberedSessions().map((session) => (session.id === id ? { title, ...session } : session)));
}

export function forgetSession(id: string): void {
  write(others(id));
}

function others(id: string): readonly RememberedSession[] {
  return rememberedSessions().filter((session) => session.id !== id);
}

function write(sessions: readonly RememberedSession[]): void {
  writeSetting(KEY, JSON.stringify(sessions.slice(0, MAX_SESSIONS)));
}

/** Whatever another version, or another page of this origin, has left there. */
function isRemembered(value: unknown): value is RememberedSession {
  const { id, title, seenMs } = (value ?? {}) as Record<string, unknown>;
  return typeof id === 'string' && typeof seenMs === 'number' && (title === undefined || typeof title === 'string');
}
