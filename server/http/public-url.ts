import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { StreamError } from '../errors.ts';

/** Makes a path into the URL given to others. */
export type PublicUrl = (req: IncomingMessage, path: string) => string;

/**
 * A Host header may be forged, so a name in it is repeated only when nobody else can own it: localhost and IP literals. For any other
 * the path alone is given, which every client resolves against the URL it asked.
 *
 * @param configured - PUBLIC_URL, which always wins: a proxy's name and scheme can't be known from here.
 * @throws {StreamError} `CONFIG_INVALID`.
 */
export function publicUrls(configured: string | undefined): PublicUrl {
  if (configured !== undefined) {
    const base = configuredBase(configured);
    return (_req, path) => base + path;
  }
  return (req, path) => {
    const host = safeHost(req.headers.host);
    return host === undefined ? path : `http://${host}${path}`;
  };
}

function configuredBase(configured: string): string {
  const url = URL.canParse(configured) ? new URL(configured) : undefined;
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    url.search !== '' ||
    url.hash !== '' ||
    url.username !== ''
  ) {
    throw new StreamError(
      'CONFIG_INVALID',
      `PUBLIC_URL must be an http or https URL without query, got '${configured}'`,
    );
  }
  return url.origin + url.pathname.replace(/\/+$/, '');
}

function safeHost(host: string | undefined): string | undefined {
  const match = /^(localhost|[\d.]{7,15}|\[[\da-f:.]{2,45}\])(?::(\d{1,5}))?$/i.exec(host ?? '');
  const name = match?.[1];
  if (name === undefined || Number(match?.[2] ?? 80) > 65_535) return undefined;
  return name.toLowerCase() === 'localhost' || isIP(name.replace(/^\[|\]$/g, '')) !== 0 ? host : undefined;
}
