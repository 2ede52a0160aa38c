import type { IncomingMessage, ServerResponse } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { StreamError } from '../errors.ts';
import type { Access } from './access/access.ts';
import { hasBody } from './json-body.ts';
import { jsonFault } from './json-fault.ts';
import type { HttpLogger } from './logger.ts';
import { noteRefusal, type Problem, problem, problemHeaders, problemOf } from './problem.ts';
import { publicProblem } from './public-reason.ts';

/**
 * Milliseconds for which what still comes of a refused body is read and thrown away: closing with bytes unread resets the connection, and
 * the client loses the answer (RFC 9112 9.6).
 */
const LINGER_MS = 1_000;
const SESSION_PATH = /^\/v1\/sessions\/([a-z0-9-]{1,64})(?:[/?]|$)/;

/** Sends a problem; a connection whose request body was not read to its end is closed with it. */
export function sendProblem(req: IncomingMessage, res: ServerResponse, told: Problem): void {
  noteRefusal(res, told.code);
  const body = Buffer.from(JSON.stringify(told));
  // A body that still comes would be read to its end only to be thrown away.
  const stillComes = hasBody(req) && !req.complete;
  // The server closes it anyway, or has not asked for the body (Expect): there is nothing to wait for.
  const lingers = stillComes && !res.hasHeader('Connection');
  if (stillComes) res.setHeader('Connection', 'close');
  res.setHeader('Cache-Control', 'no-store');
  res.writeHead(told.status, problemHeaders(told, body.byteLength, res.getHeader('Retry-After')?.toString()));
  if (req.method !== 'HEAD') res.write(body);
  if (lingers) endAfterBody(req, res);
  else res.end();
}

/** Ends the response, which is sent already, once the client has had the time to read it instead of sending on. */
function endAfterBody(req: IncomingMessage, res: ServerResponse): void {
  const end = (): void => {
    clearTimeout(timer);
    res.end();
  };
  const timer = setTimeout(end, LINGER_MS);
  req.once('end', end).once('close', end).resume();
}

export function unknownRoute(req: Request): void {
  if (req.method === 'TRACE') throw new StreamError('METHOD_NOT_ALLOWED', 'TRACE is not allowed');
  throw new StreamError('NOT_FOUND', 'nothing has this path');
}

/** Express' error handler: everything thrown ends here. Who may not call the API is told no more than a viewer. */
export function errorsToProblems(logger: HttpLogger, access: Pick<Access, 'audienceOf'>) {
  return (error: unknown, req: Request, res: Response, _next: NextFunction): void => {
    const told = ofExpress(error) ?? problemOf(error);
    if (isOurFault(told)) {
      const session = SESSION_PATH.exec(req.originalUrl)?.[1];
      logger.error({ err: error, method: req.method, code: told.code, session }, 'a request failed');
    }
    if (res.headersSent) res.destroy();
    else if (!res.destroyed) sendProblem(req, res, access.audienceOf(req) === 'caller' ? told : publicProblem(told));
  };
}

/** What somebody should look into: not a client that left, nor a server that goes down in order, nor what nobody set up. */
export function isOurFault({ status, code }: Problem): boolean {
  return status >= 500 && status !== 501 && code !== 'ABORTED' && code !== 'SHUTTING_DOWN';
}

/** Errors of express and its body parser (http-errors), which have a status and a type of their own. */
function ofExpress(error: unknown): Problem | undefined {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number' || error.status >= 500)
    return undefined;
  const type = 'type' in error ? error.type : undefined;
  if (type === 'entity.too.large') return problem('BODY_TOO_LARGE', 'the JSON body is too large');
  if (type === 'entity.parse.failed')
    return problem('REQUEST_INVALID', `the body is no valid JSON: ${jsonFault(bodyOf(error), error.message)}`);
  if (error.status === 415) return problem('ENCODING_UNSUPPORTED', 'send JSON as UTF-8, without Content-Encoding');
  if (error.status === 404) return problem('NOT_FOUND', 'nothing has this path');
  return problem('REQUEST_INVALID', 'the request is malformed');
}

/** As the body parser keeps it. */
function bodyOf(error: Error): string {
  return 'body' in error && typeof error.body === 'string' ? error.body : '';
}
