import type { Request, Router } from 'express';
import { StreamError } from '../../errors.ts';
import type { SessionRegistry, Speaker } from '../../session/types.ts';
import { jsonBody } from '../json-body.ts';
import type { HttpLimits } from '../limits.ts';
import { route, sessionOf } from '../routing.ts';
import { chunkQuery, idempotencyKey, sayInput } from '../schemas.ts';
import { receiveUpload } from '../upload.ts';
import { validate } from '../validate.ts';

type Options = { readonly registry: SessionRegistry; readonly speaker: Speaker; readonly limits: HttpLimits };

/** Chunks and text into a session. */
export function mediaInRoutes(router: Router, { registry, speaker, limits }: Options): void {
  route(router, '/v1/sessions/:id/chunks', {
    post: [
      async (req, res) => {
        const session = sessionOf(registry, req);
        const query = validate(chunkQuery, req.query, 'query');
        const fields = { ...query, ...idempotencyKeyOf(req) };
        const chunk = await receiveUpload(req, res, limits.uploadBytes, (upload) =>
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
        const said = await speaker.say(session, { ...validate(sayInput, req.body, 'body'), ...idempotencyKeyOf(req) });
        res.status(202).json(said);
      },
    ],
  });
}

function idempotencyKeyOf(req: Request): { idempotencyKey?: string } {
  const key = req.headers['idempotency-key'];
  return key === undefined ? {} : { idempotencyKey: validate(idempotencyKey, key, 'Idempotency-Key') };
}
