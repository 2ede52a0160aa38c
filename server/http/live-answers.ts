import type { IncomingMessage, ServerResponse } from 'node:http';
import { matchesEtag } from './conditional.ts';
import { chooseEncoding } from './content-encoding.ts';
import type { EncodedText } from './encoded-text.ts';
import { noteRefusal, type Problem, problemHeaders } from './problem.ts';

/** How a request is answered, once it is known with what. */
export type Answer = (req: IncomingMessage, res: ServerResponse) => void;

/** Media is for every page: any origin, never with credentials (Fetch, CORS protocol). */
export const CORS_HEADERS: string[] = [
  'Access-Control-Allow-Origin',
  '*',
  'Access-Control-Expose-Headers',
  'Content-Length, Content-Range, Date, Age, ETag, Retry-After',
  'Cross-Origin-Resource-Policy',
  'cross-origin',
  // Lets a player on another origin see how long the way to us is.
  'Timing-Allow-Origin',
  '*',
  'X-Content-Type-Options',
  'nosniff',
];

export const PLAYLIST_HEADERS: string[] = [
  'Content-Type',
  'application/vnd.apple.mpegurl',
  'Cache-Control',
  'no-cache',
  ...CORS_HEADERS,
];

const LIVE_METHODS = 'GET, HEAD, OPTIONS';

const PREFLIGHT_HEADERS: string[] = [
  ...CORS_HEADERS,
  'Access-Control-Allow-Methods',
  LIVE_METHODS,
  'Access-Control-Allow-Headers',
  'Range, If-Range, If-None-Match, If-Modified-Since, Cache-Control, Pragma, CMCD-Object, CMCD-Request, CMCD-Session, CMCD-Status',
  'Access-Control-Max-Age',
  '86400',
  'Allow',
  LIVE_METHODS,
  'Content-Length',
  '0',
];

export function answerPreflight(_req: IncomingMessage, res: ServerResponse): void {
  res.writeHead(204, PREFLIGHT_HEADERS.slice(0, -2)).end();
}

export function answerText(text: EncodedText): Answer {
  return (req, res) => {
    const { bytes, etag, headers, notModifiedHeaders } = text.as(
      chooseEncoding(req.headers['accept-encoding'] as string | undefined),
    );
    if (matchesEtag(req.headers['if-none-match'], etag)) {
      res.writeHead(304, notModifiedHeaders).end();
      return;
    }
    res.writeHead(200, headers);
    endWith(req, res, bytes);
  };
}

export function answerProblem(problem: Problem): Answer {
  return (req, res) => {
    if (res.headersSent) {
      res.destroy();
      return;
    }
    noteRefusal(res, problem.code);
    const body = Buffer.from(JSON.stringify(problem));
    const headers = [...problemHeaders(problem, body.byteLength), ...CORS_HEADERS, 'Cache-Control', cachingOf(problem)];
    if (problem.status === 405) headers.push('Allow', LIVE_METHODS);
    res.writeHead(problem.status, headers);
    endWith(req, res, body);
  };
}

/** @param location - Relative to what was asked for. */
export function answerRedirect(location: string): Answer {
  return (_req, res) => {
    res
      .writeHead(307, ['Location', location, 'Content-Length', '0', 'Cache-Control', 'no-store', ...CORS_HEADERS])
      .end();
  };
}

/** A body that HEAD leaves out. */
export function endWith(req: IncomingMessage, res: ServerResponse, bytes: Uint8Array): void {
  if (req.method === 'HEAD') res.end();
  else res.end(bytes);
}

/** RFC 8216bis B.1: failures may be cached for a moment, so that an edge shields us from a crowd asking for what is not there; 5xx never. */
function cachingOf({ status }: Problem): string {
  return status === 404 || status === 400 ? 'public, max-age=1' : 'no-store';
}
