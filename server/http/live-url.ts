export type LiveTarget =
  | { readonly kind: 'multivariant'; readonly id: string; readonly query: string }
  | { readonly kind: 'recording'; readonly id: string; readonly format: 'mp4' | 'vtt'; readonly query: string }
  | { readonly kind: 'playlist'; readonly id: string; readonly rendition: string; readonly query: string }
  | { readonly kind: 'resource'; readonly id: string; readonly rendition: string; readonly name: string };

export const SESSION_ID = /^[a-z0-9][a-z0-9-]{2,63}$/;

const LIVE_SESSION = /^\/live\/([a-z0-9][a-z0-9-]{2,63})\//;

/** Names are looked up in what a session published, never in the file system; the pattern keeps out what could not be one anyway. */
const LIVE_PATH =
  /^\/live\/([a-z0-9][a-z0-9-]{2,63})\/(?:(index\.m3u8)|recording\.(mp4|vtt)|([\w-]{1,32})\/(?:(stream\.m3u8)|([\w-]{1,96}(?:\.[\w-]{1,32}){0,2}\.(?:mp4|m4s|vtt))))$/;

/** The session that a request target below `/live/` is about, whatever follows. */
export function liveSessionOf(url: string): string | undefined {
  return LIVE_SESSION.exec(url)?.[1];
}

/** What a request target below `/live/` names; `undefined`: nothing there can be. Percent-encoding, `..` and other spellings name nothing. */
export function parseLiveUrl(url: string): LiveTarget | undefined {
  const queryAt = url.indexOf('?');
  const match = LIVE_PATH.exec(queryAt < 0 ? url : url.slice(0, queryAt));
  if (match === null) return undefined;
  const [, id = '', multivariant, recording, rendition = '', playlist, name = ''] = match;
  if (multivariant === undefined && recording === undefined && playlist === undefined) {
    return { kind: 'resource', id, rendition, name };
  }
  const query = queryAt < 0 ? '' : url.slice(queryAt + 1);
  if (playlist !== undefined) return { kind: 'playlist', id, rendition, query };
  if (recording !== undefined) return { kind: 'recording', id, format: recording === 'vtt' ? 'vtt' : 'mp4', query };
  return { kind: 'multivariant', id, query };
}
