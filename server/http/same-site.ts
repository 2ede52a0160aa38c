import type { Request, Response } from 'express';
import { StreamError } from '../errors.ts';
import type { AllowedOrigins } from './access/allowed-origins.ts';

/**
 * Keeps pages of other sites from changing anything: without CORS they can't read an answer, but a form post needs none. Browsers say
 * where a request comes from (Fetch Metadata); what is no browser says nothing, and passes.
 */
export function refuseCrossSite(allowed: AllowedOrigins) {
  return (req: Request, _res: Response, next: () => void): void => {
    const reads = req.method === 'GET' || req.method === 'HEAD' || req.method === 'OPTIONS';
    if (!reads && req.headers['sec-fetch-site'] === 'cross-site' && !allowed.allows(req.headers.origin)) {
      throw new StreamError('FORBIDDEN', 'pages of other sites may not call this');
    }
    next();
  };
}
