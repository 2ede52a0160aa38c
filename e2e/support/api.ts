import { openAsBlob } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChunkStatus, SessionOptions, SessionStatus } from '../../server/session/types.ts';

export type OpenedSession = { readonly id: string; readonly playlistUrl: string; readonly eventsUrl: string };

/** Calls the control plane; anything but 2xx is an error with the problem's text in it. */
async function call(url: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${url}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

const authorised = (key: string | undefined): Record<string, string> =>
  key === undefined ? {} : { authorization: `Bearer ${key}` };

/** Opens a session; the addresses in the answer are made absolute. @param key - API key, where one is wanted. */
export async function openSession(origin: string, options: SessionOptions = {}, key?: string): Promise<OpenedSession> {
  const opened = (await call(`${origin}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorised(key) },
    body: JSON.stringify(options),
  })) as OpenedSession;
  const absolute = (url: string): string => new URL(url, origin).href;
  return { ...opened, playlistUrl: absolute(opened.playlistUrl), eventsUrl: absolute(opened.eventsUrl) };
}

/** Pushes a media file as one chunk. */
export async function pushChunk(origin: string, sessionId: string, file: string, query = ''): Promise<ChunkStatus> {
  const answer = await call(`${origin}/v1/sessions/${sessionId}/chunks${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: await openAsBlob(file),
  });
  return (answer as { chunk: ChunkStatus }).chunk;
}

export async function sessionStatus(origin: string, sessionId: string, key?: string): Promise<SessionStatus> {
  return (await call(`${origin}/v1/sessions/${sessionId}`, { headers: authorised(key) })) as SessionStatus;
}

/** Plays out what is queued, then ends the stream. */
export async function endSession(origin: string, sessionId: string): Promise<void> {
  await call(`${origin}/v1/sessions/${sessionId}/end`, { method: 'POST' });
}

export async function deleteSession(origin: string, sessionId: string, key?: string): Promise<void> {
  await call(`${origin}/v1/sessions/${sessionId}`, { method: 'DELETE', headers: authorised(key) });
}

/** Waits until a playlist can be had: it is held back until it has enough segments to start with. */
export async function waitForPlaylist(url: string, timeoutMs = 30_000): Promise<void> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    const response = await fetch(url);
    const text = await response.text();
    if (response.ok) return;
    if (Date.now() > deadlineMs) throw new Error(`no playlist in ${timeoutMs} ms: ${url}: ${response.status} ${text}`);
    await sleep(100);
  }
}
