import type { Request, Response, Router } from 'express';
import type { Conversations, SessionRegistry } from '../../session/types.ts';
import { idempotencyKeyOf } from '../idempotency-key.ts';
import { jsonBody } from '../json-body.ts';
import type { HttpLimits } from '../limits.ts';
import { mediaTypeOf, requireRecording } from '../media-type.ts';
import { type Handler, route, sessionOf } from '../routing.ts';
import { noQuery, turnInput, turnQuery } from '../schemas.ts';
import { receiveUpload } from '../upload.ts';
import { validate } from '../validate.ts';

type Options = {
  readonly registry: SessionRegistry;
  readonly conversations: Conversations;
  readonly limits: HttpLimits;
  readonly boundUploads: Handler;
};

/** What users say, interruptions, and who answers. */
export function turnRoutes(router: Router, options: Options): void {
  const { registry, conversations, limits, boundUploads } = options;
  route(router, '/v1/sessions/:id/turns', {
    post: [
      unlessJson(boundUploads),
      unlessJson((req, res) => recordedTurn(req, res, options)),
      ...jsonBody(limits.jsonBytes),
      writtenTurn(options),
    ],
  });

  route(router, '/v1/sessions/:id/interrupt', {
    // Whatever body comes is not read: nothing may hold up an interruption.
    post: [async (req, res) => res.json(await conversations.interrupt(sessionOf(registry, req)))],
  });

  route(router, '/v1/providers', { get: [(_req, res) => res.json(conversations.providers)] });
}

function unlessJson(handler: Handler): Handler {
  return (req, res, next) => (mediaTypeOf(req) === 'application/json' ? next() : handler(req, res, next));
}

async function recordedTurn(req: Request, res: Response, { registry, conversations, limits }: Options): Promise<void> {
  const session = sessionOf(registry, req);
  requireRecording(req);
  const fields = { ...validate(turnQuery, req.query, 'query'), ...idempotencyKeyOf(req) };
  const bounds = { what: 'a recording', limitBytes: limits.recordingBytes };
  const accepted = await receiveUpload(req, res, bounds, (input) => conversations.turn(session, { ...fields, input }));
  res.status(202).json(accepted);
}

function writtenTurn({ registry, conversations }: Options): Handler {
  return async (req, res) => {
    const session = sessionOf(registry, req);
    // What stands in the query for a recording stands in the body here; it must not be passed over in silence.
    validate(noQuery, req.query, 'query');
    const { text, ...fields } = validate(turnInput, req.body, 'body');
    const request = { ...fields, ...idempotencyKeyOf(req), input: { text } };
    res.status(202).json(await conversations.turn(session, request));
  };
}
