import type { NextFunction, Request, Response } from 'express';
import type { Access } from './access.ts';

/** Where a token is enough; that route asks for it itself. */
const FOLLOWED = /^\/sessions\/[^/]+\/events\/?$/i;

/** Keeps those without an API key from `/v1`. @throws {StreamError} `UNAUTHORIZED`. */
export function apiGate(access: Access) {
  return (req: Request, _res: Response, next: NextFunction): void => {
    // A preflight carries no credentials, and does nothing.
    if (req.method !== 'OPTIONS' && !FOLLOWED.test(req.path)) access.requireKey(req);
    next();
  };
}

/** `?token=` of a request. */
export function tokenIn(req: Request): string | undefined {
  return typeof req.query.token === 'string' ? req.query.token : undefined;
}
