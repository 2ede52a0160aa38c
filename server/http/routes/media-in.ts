import type { Router } from 'express';
import { StreamError } from '../../errors.ts';
import type { Conversations, SessionRegistry } from '../../session/types.ts';
import { idempotencyKeyOf } from '../idempotency-key.ts';
import { jsonBody } from '../json-body.ts';
import type { HttpLimits } from '../limits.ts';
import { type Handler, route, sessionOf } from '../routing.ts';
import { chunkQuery, sayInput } from '../schemas.ts';
import { receiveUpload } from '../upload.ts';
import { validate } from '../validate.ts';

type Options = {
  readonly registry: SessionRegistry;
  readonly conversations: Conversations;
  readonly limits: HttpLimits;
  readonly boundUploads: Handler;
};

/** Chunks and text into a session. */
export function mediaInRoutes(router: Router, { registry, conversations, limits, boundUploads }: Options): void {
  route(router, '/v1/sessions/:id/chunks', {
    post: [
      boundUploads,
      async (req, res) => {
        const session = sessionOf(registry, req);
        const query = validate(chunkQuery, req.query, 'query');
        const fields = { ...query, ...idempotencyKeyOf(req) };
        const chunk = await receiveUpload(req, res, { what: 'a chunk', limitBytes: limits.uploadBytes }, (upload) =>
          session.append({ ...fields, ...upload }),
        );
        res.status(202).json({ chunk });
      },
    ],
  });

  route(router, '/v1/sessions/:id/say', {
    post: [
      ...jsonBody(limits.jsonBytes),
      async (req, res) => {
        const session = sessionOf(registry, req);
        if (session.status().state !== 'open')
          throw new StreamError('SESSION_ENDED', `session ${session.id} takes nothing more`);
        const request = { ...validate(sayInput, req.body, 'body'), ...idempotencyKeyOf(req) };
        const said = await conversations.say(session, request);
        res.status(202).json(said);
      },
    ],
  });
}
