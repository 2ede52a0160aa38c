import type { ChunkStatus, Pacing, SessionStatus } from '../../server/session/types.ts';

/** What the server answers when a session is opened. */
export type OpenedSession = Pick<SessionStatus, 'id' | 'state' | 'profile' | 'createdAt'> & {
  readonly pacing: Pacing;
  readonly playlistUrl: string;
  readonly playerUrl: string;
  readonly eventsUrl: string;
};

/** A request the server refused (RFC 9457), or never answered: then `status` is 0. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string | undefined;

  constructor(message: string, details: { status: number; code?: string | undefined; cause?: unknown }) {
    super(message, { cause: details.cause });
    this.name = 'ApiError';
    this.status = details.status;
    this.code = details.code;
  }

  /** No answer, or one from a proxy whose server is away: asking again is right. */
  get unreachable(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 504;
  }
}

export function openSession(): Promise<OpenedSession> {
  return call<OpenedSession>('POST', '/v1/sessions', {});
}

/** An open session; the addresses follow the contract where the answer leaves them out. */
export async function joinSession(id: string): Promise<OpenedSession> {
  const path = `/v1/sessions/${encodeURIComponent(id)}`;
  const session = await call<Partial<OpenedSession> & SessionStatus>('GET', path);
  return {
    playlistUrl: `/live/${session.id}/index.m3u8`,
    playerUrl: `/embed/${session.id}`,
    eventsUrl: `${path}/events`,
    ...session,
  };
}

export function say(id: string, text: string): Promise<{ turn: string; chunks: readonly ChunkStatus[] }> {
  return call('POST', `/v1/sessions/${encodeURIComponent(id)}/say`, { text });
}

export async function endSession(id: string): Promise<void> {
  await call('POST', `/v1/sessions/${encodeURIComponent(id)}/end`);
}

/** @throws {ApiError} when the server refuses or does not answer. */
async function call<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
  } catch (cause) {
    throw new ApiError('The server does not answer.', { status: 0, cause });
  }
  if (!response.ok) {
    throw await problemOf(response);
  }
  const text = await response.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

async function problemOf(response: Response): Promise<ApiError> {
  const { status } = response;
  const isProblem = response.headers.get('content-type')?.includes('json');
  const problem = (isProblem ? await response.json() : {}) as { title?: string; detail?: string; code?: string };
  const message = problem.detail ?? problem.title ?? `The server answered ${status} ${response.statusText}`.trim();
  return new ApiError(message, { status, code: problem.code });
}
