/** The addresses of what is played. Those beside `playlistUrl` are known only of a Throughline session. */
export type Source = {
  readonly playlistUrl: string;
  readonly session?: {
    readonly id: string;
    readonly eventsUrl: string;
    readonly interruptUrl: string;
    readonly reportUrl: string;
    readonly recordingUrl: string;
    readonly recordingCaptionsUrl: string;
  };
};

export type SourceAttributes = {
  readonly src: string | null;
  /** Id of a session on the server this script comes from. */
  readonly session: string | null;
};

/** `<server>/live/<id>/index.m3u8`, with a token in its path, or whatever query lets one in. */
const SESSION_URL = /^(.*)\/live\/([a-z0-9][a-z0-9-]{2,63})(?:\/~([\w.-]+))?\/index\.m3u8(\?[^#]*)?$/;

/**
 * What the attributes name; undefined: nothing.
 *
 * @param baseUrl - Of the page: what `src` is relative to.
 * @param serverUrl - Where sessions are that are named by their id alone, without a slash at its end.
 */
export function sourceOf({ src, session }: SourceAttributes, baseUrl: string, serverUrl: string): Source | undefined {
  const named = src || (session ? `${serverUrl}/live/${encodeURIComponent(session)}/index.m3u8` : '');
  if (named === '' || !URL.canParse(named, baseUrl)) {
    return undefined;
  }
  const playlistUrl = new URL(named, baseUrl).href;
  const [, server, id, token, query = ''] = SESSION_URL.exec(playlistUrl) ?? [];
  if (server === undefined || id === undefined) {
    return { playlistUrl };
  }
  const api = `${server}/v1/sessions/${id}`;
  const live = `${server}/live/${id}${token === undefined ? '' : `/~${token}`}`;
  return {
    playlistUrl,
    session: {
      id,
      eventsUrl: `${api}/events${token === undefined ? query : `?token=${token}`}`,
      interruptUrl: `${api}/interrupt`,
      reportUrl: `${live}/cmcd${query}`,
      recordingUrl: `${live}/recording.mp4${query}`,
      recordingCaptionsUrl: `${live}/recording.vtt${query}`,
    },
  };
}

/** The server a script was loaded from: `<server>/player.js`, or the bundle of one of its pages. */
export function serverOf(scriptUrl: string): string {
  return scriptUrl.replace(/[?#].*$/, '').replace(/\/(assets\/)?[^/]*$/, '');
}
