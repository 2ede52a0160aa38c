import type {
  ChunkStatus,
  Interruption,
  Pacing,
  PreferenceChanges,
  Preferences,
  ProviderStatus,
  SessionStatus,
} from '../../../server/session/types.ts';
import { fetchWithKey } from './api-key.ts';

/** What the server answers when a session is opened. */
export type OpenedSession = Pick<SessionStatus, 'id' | 'state' | 'profile' | 'createdAt'> & {
  readonly pacing: Pacing;
  readonly playlistUrl: string;
  readonly playerUrl: string;
  readonly eventsUrl: string;
} & Omit<Preferences, 'instructions'>;

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

export function openSession(preferences: Preferences = {}): Promise<OpenedSession> {
  return call<OpenedSession>('POST', '/v1/sessions', preferences);
}

/** An open session; the addresses follow the contract where the answer leaves them out. */
export async function joinSession(id: string): Promise<OpenedSession> {
  const path = sessionPath(id);
  const session = await call<Partial<OpenedSession> & SessionStatus>('GET', path);
  return {
    playlistUrl: `/live/${session.id}/index.m3u8`,
    playerUrl: `/embed/${session.id}`,
    eventsUrl: `${path}/events`,
    ...session,
  };
}

export function say(id: string, text: string): Promise<{ turn: string; chunks: readonly ChunkStatus[] }> {
  return call('POST', `${sessionPath(id)}/say`, { text });
}

/** Asks; what is still being said is interrupted. @param input - Text, or a recording of speech. */
export function ask(id: string, input: string | Blob): Promise<{ turn: string }> {
  return typeof input === 'string'
    ? call('POST', `${sessionPath(id)}/turns`, { text: input, onBusy: 'interrupt' })
    : call('POST', `${sessionPath(id)}/turns?onBusy=interrupt`, input);
}

export function interruptPath(id: string): string {
  return `${sessionPath(id)}/interrupt`;
}

export function interruptAt(url: string): Promise<Interruption> {
  return call('POST', url);
}

/** Changes who speaks, or how, from the next sentence on; null: as the server chooses. */
export async function prefer(id: string, preferences: PreferenceChanges): Promise<void> {
  await call('PATCH', sessionPath(id), preferences);
}

export function providers(): Promise<ProviderStatus> {
  return call('GET', '/v1/providers');
}

export async function endSession(id: string): Promise<void> {
  await call('POST', `${sessionPath(id)}/end`);
}

function sessionPath(id: string): string {
  return `/v1/sessions/${encodeURIComponent(id)}`;
}

/** @throws {ApiError} when the server refuses or does not answer. */
async function call<T>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<T> {
  let response: Response;
  try {
    response = await fetchWithKey(path, { method, ...(body !== undefined && payload(body)) });
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

function payload(body: object): Pick<RequestInit, 'headers' | 'body'> {
  return body instanceof Blob
    ? { headers: { 'content-type': body.type || 'application/octet-stream' }, body }
    : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
