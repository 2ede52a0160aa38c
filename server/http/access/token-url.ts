/**
 * A token stands in the path, where every relative URI of a playlist inherits it: `/live/:id/~:token/index.m3u8`. As `?token=` it is
 * taken as well.
 */
const IN_PATH = /^(\/live\/[^/]+)\/~([\w-]{1,200}\.[\w-]{1,400}\.[\w-]{1,100})(\/.*)$/;
const IN_QUERY = /[?&]token=([\w.-]{1,700})(?:&|$)/;

export type TokenUrl = {
  /** As it would be without a token in its path. */
  readonly url: string;
  readonly token: string | undefined;
  readonly inPath: boolean;
};

export function tokenUrlOf(url: string): TokenUrl {
  if (url.includes('/~')) {
    const [, before, token, after] = IN_PATH.exec(url) ?? [];
    if (before !== undefined && after !== undefined) return { url: before + after, token, inPath: true };
  }
  return { url, token: url.includes('token=') ? IN_QUERY.exec(url)?.[1] : undefined, inPath: false };
}

/** Where a viewer is sent who brought the token in the query: from there on it is in every URL. Relative to the one asked for. */
export function pathWithToken(url: string, token: string): string {
  const [path = '', query = ''] = url.split('?', 2);
  const rest = query.split('&').filter((field) => field !== '' && !field.startsWith('token='));
  return `~${token}/${path.slice(path.lastIndexOf('/') + 1)}${rest.length > 0 ? `?${rest.join('&')}` : ''}`;
}
