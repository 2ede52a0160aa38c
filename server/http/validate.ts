import type { z } from 'zod';
import { StreamError } from '../errors.ts';

/**
 * A value as its schema wants it.
 *
 * @param where - What the value is, for the message: `body`, `query`.
 * @throws {StreamError} `REQUEST_INVALID`, naming every field that is wrong.
 */
export function validate<Schema extends z.ZodType>(schema: Schema, value: unknown, where: string): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const wrong = result.error.issues.map((issue) => `${[where, ...issue.path.map(String)].join('.')}: ${issue.message}`);
  throw new StreamError('REQUEST_INVALID', wrong.slice(0, 10).join('; '));
}
