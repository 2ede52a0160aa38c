import type { IncomingMessage } from 'node:http';
import type { CmcdText } from '../quality/cmcd-text.ts';

const PARAMETER = 'CMCD=';
/** CTA-5004: the four headers that the keys of one report are spread over, by how often they change. */
const HEADERS = ['cmcd-session', 'cmcd-status', 'cmcd-request', 'cmcd-object'] as const;

/** The CMCD that came with a request: in its query, else in its headers; on the path of every request. */
export function cmcdOf(req: IncomingMessage, url: string): CmcdText | undefined {
  const at = url.indexOf(PARAMETER, url.indexOf('?') + 1);
  if (at > 0 && (url[at - 1] === '?' || url[at - 1] === '&')) {
    const start = at + PARAMETER.length;
    const end = url.indexOf('&', start);
    return { text: url.slice(start, end < 0 ? url.length : end), isEncoded: true };
  }
  return req.headers['cmcd-session'] === undefined ? undefined : { text: fromHeaders(req), isEncoded: false };
}

function fromHeaders(req: IncomingMessage): string {
  return HEADERS.flatMap((name) => req.headers[name] ?? []).join(',');
}
