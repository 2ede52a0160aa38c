import type { Request, RequestHandler } from 'express';
import { rateLimit, type Store } from 'express-rate-limit';
import { StreamError } from '../../errors.ts';
import { WindowCounter } from '../../lib/window-counter.ts';
import { clientAddress, isLoopback, networkOf } from '../client-address.ts';
import type { HttpLimits } from '../limits.ts';
import type { ApiKeys } from './api-keys.ts';
import { isFollowed } from './gate.ts';

const WINDOW_MS = 60_000;
/** Addresses and keys that are counted at once. */
const MAX_NAMES = 20_000;

type Limits = Pick<HttpLimits, 'requestsPerMinute' | 'exemptLoopback' | 'trusts'>;

/**
 * Bounds the requests to the API: of one key, or of one address where none is brought. Viewers, who follow events without a key, are
 * counted apart from whoever else calls from their network. Answers carry `RateLimit` headers; beyond the bound, 429 with `Retry-After`.
 */
export function apiRateLimit(keys: ApiKeys, limits: Limits): RequestHandler {
  const addressOf = (req: Request): string => clientAddress(req, limits.trusts);
  return rateLimit({
    windowMs: WINDOW_MS,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    identifier: 'requests',
    limit: limits.requestsPerMinute,
    store: boundedStore(),
    handler: (_req: Request, _res: unknown, next: (error: unknown) => void) =>
      next(new StreamError('RATE_LIMITED', 'too many requests in a minute')),
    keyGenerator: (req: Request): string =>
      keys.nameOf(req) ?? `${isFollowed(req.path) ? 'events ' : ''}${networkOf(addressOf(req))}`,
    skip: (req: Request): boolean => limits.exemptLoopback && isLoopback(addressOf(req)),
    // Ours is the address that is asked for, with the proxies we trust.
    validate: false,
  });
}

/** The package's own remembers everybody who came in a minute, however many that are. */
function boundedStore(): Store {
  const counter = new WindowCounter({ windowMs: WINDOW_MS, maxNames: MAX_NAMES, now: Date.now });
  return {
    localKeys: true,
    increment: (name) => {
      const { count, endsMs } = counter.add(name);
      return { totalHits: count, resetTime: new Date(endsMs) };
    },
    decrement: (name) => counter.remove(name),
    resetKey: () => undefined,
  };
}
