import express, { type Request, type Response } from 'express';
import { StreamError } from '../errors.ts';
import type { Handler } from './routing.ts';

/** Parses a JSON body; none at all counts as `{}`. Never inflates: a bomb would be 1000 times its size. */
export function jsonBody(limitBytes: number): Handler[] {
  return [express.json({ limit: limitBytes, inflate: false }), requireJson];
}

/** Another type is refused rather than ignored; a page of another origin can't send JSON without a preflight, which it won't pass. */
function requireJson(req: Request, _res: Response, next: () => void): void {
  if (req.body === undefined && hasBody(req)) {
    throw new StreamError('ENCODING_UNSUPPORTED', 'the body must be application/json');
  }
  req.body ??= {};
  next();
}

export function hasBody(req: Pick<Request, 'headers'>): boolean {
  return req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
}
