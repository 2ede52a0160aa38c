import { z } from 'zod';
import * as schemas from './schemas.ts';

/** What the paths of the OpenAPI document are put together from. */

type Json = z.ZodType;

export const json = (schema: Json) => ({ content: { 'application/json': { schema } } });
export const answer = (description: string, schema: Json) => ({ description, ...json(schema) });
export const failure = {
  description: 'Refused or failed',
  content: { 'application/problem+json': { schema: schemas.problemBody } },
};
export const sessionPath = z.object({ id: schemas.sessionId });
