import type { IncomingMessage, ServerResponse } from 'node:http';
import { StreamError } from '../errors.ts';
import type { Monitor } from '../monitor/monitor.ts';
import type { SessionRegistry } from '../session/types.ts';
import type { AllowedOrigins } from './access/allowed-origins.ts';
import type { OriginGuard } from './access/origin-guard.ts';
import { watchBodyProgress } from './body-progress.ts';
import { sendProblem } from './errors-to-problems.ts';
import type { HttpLimits } from './limits.ts';
import { CORS_HEADERS } from './live-answers.ts';
import { problem, problemOf } from './problem.ts';

/** 32 reports of 500 bytes; players send one or two at a time. */
export const MAX_REPORTS_BYTES = 16 * 1024;
const METHODS = 'POST, OPTIONS';
const PATH = /^\/live\/([a-z0-9][a-z0-9-]{2,63})\/cmcd(?:\?|$)/;

const PREFLIGHT_HEADERS: string[] = [
  ...CORS_HEADERS,
  'Access-Control-Allow-Methods',
  METHODS,
  'Access-Control-Allow-Headers',
  'Content-Type',
  'Access-Control-Max-Age',
  '86400',
  'Allow',
  METHODS,
];

export type CmcdReportsOptions = {
  readonly registry: Pick<SessionRegistry, 'get'>;
  readonly monitor: Pick<Monitor, 'reported'>;
  readonly limits: Pick<HttpLimits, 'bodyProgressMs' | 'bodyProgressBytes'>;
  /** Pages that may send reports are those that may read media. */
  readonly origins: AllowedOrigins;
  readonly pages: Pick<OriginGuard, 'check'>;
  now(): number;
};

/** The session that a request target names, when reports are what is sent there: `/live/:id/cmcd`. */
export function reportsTarget(url: string): string | undefined {
  return PATH.exec(url)?.[1];
}

/**
 * Takes in what players report in event mode (CTA-5004-B): `application/cmcd`, one report per line. It is for any page, as media is.
 * 204; 410 for a session that is not there, at which reporters stop; 429 when so many came that none was looked at.
 */
export async function takeReports(
  req: IncomingMessage,
  res: ServerResponse,
  sessionId: string,
  options: CmcdReportsOptions,
): Promise<void> {
  if (req.method === 'OPTIONS') {
    res.writeHead(204, PREFLIGHT_HEADERS).end();
    return;
  }
  for (let at = 0; at < CORS_HEADERS.length; at += 2) res.setHeader(CORS_HEADERS[at] ?? '', CORS_HEADERS[at + 1] ?? '');
  try {
    await take(req, res, sessionId, options);
    res.writeHead(204).end();
  } catch (error) {
    if (res.destroyed || res.headersSent) return;
    const isGone = error instanceof StreamError && error.code === 'SESSION_NOT_FOUND';
    sendProblem(req, res, isGone ? problem(error.code, error.message, 410) : problemOf(error));
  }
}

async function take(
  req: IncomingMessage,
  res: ServerResponse,
  sessionId: string,
  { registry, monitor, limits, origins, pages, now }: CmcdReportsOptions,
): Promise<void> {
  if (req.method !== 'POST') {
    res.setHeader('Allow', METHODS);
    throw new StreamError('METHOD_NOT_ALLOWED', `reports are sent by ${METHODS}`);
  }
  pages.check(req, origins, 'CORS_ORIGINS');
  requireSession(registry, sessionId);
  if ((req.headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new StreamError('ENCODING_UNSUPPORTED', 'reports must be sent without Content-Encoding');
  if (Number(req.headers['content-length'] ?? 0) > MAX_REPORTS_BYTES) throw tooLarge();
  watchBodyProgress(req, res, limits);
  const body = await readBody(req);
  requireSession(registry, sessionId);
  const { taken, isThrottled } = monitor.reported(sessionId, body, now());
  if (taken > 0) return;
  if (isThrottled) throw new StreamError('CLIENT_LIMIT', 'too many reports came for this session');
  throw new StreamError('REQUEST_INVALID', 'the body has no CMCD report that names its session id');
}

function requireSession(registry: Pick<SessionRegistry, 'get'>, id: string): void {
  const session = registry.get(id);
  if (session === undefined || session.output.closed) throw new StreamError('SESSION_NOT_FOUND', 'no such session');
}

function tooLarge(): StreamError {
  return new StreamError('BODY_TOO_LARGE', `reports may have ${MAX_REPORTS_BYTES} bytes`);
}

/** @throws {StreamError} `BODY_TOO_LARGE`, `ABORTED` when the client leaves. */
function readBody(req: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let sizeBytes = 0;
    const stop = (error: StreamError): void => {
      req.off('data', onData);
      reject(error);
    };
    const onData = (piece: Buffer): void => {
      sizeBytes += piece.byteLength;
      if (sizeBytes > MAX_REPORTS_BYTES) stop(tooLarge());
      else pieces.push(piece);
    };
    req.on('data', onData);
    req.once('end', () => resolve(Buffer.concat(pieces).toString()));
    req.once('error', (cause) => stop(new StreamError('ABORTED', 'the client left', { cause })));
    req.once('close', () => stop(new StreamError('ABORTED', 'the client left')));
  });
}
