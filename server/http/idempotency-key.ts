import type { Request } from 'express';
import { idempotencyKey } from './schemas.ts';
import { validate } from './validate.ts';

/** @throws {StreamError} `REQUEST_INVALID` for a key that is none. */
export function idempotencyKeyOf(req: Pick<Request, 'headers'>): { idempotencyKey?: string } {
  const key = req.headers['idempotency-key'];
  return key === undefined ? {} : { idempotencyKey: validate(idempotencyKey, key, 'Idempotency-Key') };
}
