import type { NextFunction, Request, Response } from 'express';
import type { Access } from './access.ts';
import type { AllowedOrigins } from './allowed-origins.ts';
import type { OriginGuard } from './origin-guard.ts';

/** Where a token is enough; that route asks for it itself. */
const FOLLOWED = /^\/sessions\/[^/]+\/events\/?$/i;

/** Whether viewers may ask for it. @param path - Below `/v1`. */
export function isFollowed(path: string): boolean {
  return FOLLOWED.test(path);
}

/** Keeps pages of other origins from `/v1`; viewers' pages follow events. @throws {StreamError} `FORBIDDEN`. */
export function pageGate(
  guard: OriginGuard,
  origins: { readonly media: AllowedOrigins; readonly api: AllowedOrigins },
) {
  return (req: Request, _res: Response, next: NextFunction): void => {
    const isRead = req.method === 'GET' || req.method === 'HEAD' || req.method === 'OPTIONS';
    if (isRead && isFollowed(req.path)) guard.check(req, origins.media, 'CORS_ORIGINS');
    else guard.check(req, origins.api, 'API_ORIGINS');
    next();
  };
}

/** Keeps those without an API key from `/v1`. @throws {StreamError} `UNAUTHORIZED`. */
export function apiGate(access: Access) {
  return (req: Request, _res: Response, next: NextFunction): void => {
    // A preflight carries no credentials, and does nothing.
    if (req.method !== 'OPTIONS' && !isFollowed(req.path)) access.requireKey(req);
    next();
  };
}

/** `?token=` of a request. */
export function tokenIn(req: Request): string | undefined {
  return typeof req.query.token === 'string' ? req.query.token : undefined;
}
