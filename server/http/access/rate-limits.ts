import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { StreamError } from '../../errors.ts';
import { clientAddress, isLoopback } from '../client-address.ts';
import type { HttpLimits } from '../limits.ts';
import type { ApiKeys } from './api-keys.ts';

const WINDOW_MS = 60_000;

type Limits = Pick<HttpLimits, 'requestsPerMinute' | 'wrongKeysPerMinute' | 'exemptLoopback' | 'trusts'>;

/**
 * Bounds of the API: requests of one key, or of one address where none is brought, and wrong keys of one address. Answers carry
 * `RateLimit` headers; beyond the bound, 429 with `Retry-After`.
 */
export function apiRateLimits(keys: ApiKeys, limits: Limits): RequestHandler[] {
  const addressOf = (req: Request): string => clientAddress(req, limits.trusts);
  const bound = {
    windowMs: WINDOW_MS,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_req: Request, _res: unknown, next: (error: unknown) => void) =>
      next(new StreamError('RATE_LIMITED', 'too many requests in a minute')),
    // An IPv6 client has a network of its own, and not only an address.
    keyGenerator: (req: Request): string => keys.nameOf(req) ?? ipKeyGenerator(addressOf(req)),
    skip: (req: Request): boolean => limits.exemptLoopback && isLoopback(addressOf(req)),
    // Ours is the address that is asked for, with the proxies we trust.
    validate: false,
  } as const;
  return [
    rateLimit({
      ...bound,
      identifier: 'wrong-keys',
      limit: limits.wrongKeysPerMinute,
      keyGenerator: (req: Request): string => ipKeyGenerator(addressOf(req)),
      requestWasSuccessful: (_req, res) => res.statusCode !== 401,
      skipSuccessfulRequests: true,
    }),
    rateLimit({ ...bound, identifier: 'requests', limit: limits.requestsPerMinute }),
  ];
}
