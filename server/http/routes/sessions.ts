import { randomBytes } from 'node:crypto';
import type { Request, Response, Router } from 'express';
import { StreamError } from '../../errors.ts';
import type { Preferences, SessionHandle, SessionRegistry, SessionStatus } from '../../session/types.ts';
import type { Access } from '../access/access.ts';
import { ownerOf } from '../access/owners.ts';
import { jsonBody } from '../json-body.ts';
import type { HttpLimits } from '../limits.ts';
import type { PublicUrl } from '../public-url.ts';
import { route, sessionOf } from '../routing.ts';
import { sessionChanges, sessionInput, sessionPage } from '../schemas.ts';
import { validate } from '../validate.ts';

type Options = {
  readonly registry: SessionRegistry;
  readonly limits: HttpLimits;
  readonly access: Access;
  readonly publicUrl: PublicUrl;
};

/** Bytes of a made id: 128 bits can't be guessed. */
const ID_BYTES = 16;

/** Opening, listing, reading, ending and deleting sessions. */
export function sessionRoutes(router: Router, { registry, limits, access, publicUrl }: Options): void {
  const view = async (req: Request, session: SessionHandle) => {
    const token = await access.tokenFor(session.id);
    const [path, query] = token === undefined ? ['', ''] : [`/~${token}`, `?token=${token}`];
    return {
      ...shownStatus(session),
      playlistUrl: publicUrl(req, `/live/${session.id}${path}/index.m3u8`),
      playerUrl: publicUrl(req, `/embed/${session.id}${query}`),
      eventsUrl: publicUrl(req, `/v1/sessions/${session.id}/events${query}`),
    };
  };

  route(router, '/v1/sessions', {
    get: [
      async (req, res) => {
        const { sessions, nextCursor } = registry.list(validate(sessionPage, req.query, 'query'));
        res.json({
          sessions: await Promise.all(sessions.map((session) => view(req, session))),
          ...(nextCursor === undefined ? {} : { nextCursor }),
        });
      },
    ],
    post: [
      ...jsonBody(limits.jsonBytes),
      async (req, res) => {
        const options = validate(sessionInput, req.body, 'body');
        const id = randomBytes(ID_BYTES).toString('hex');
        const owner = ownerOf(req, access.keys, limits.trusts);
        const session = await registry.create({ id, ...options, owner }, whileConnected(res));
        res
          .status(201)
          .location(`/v1/sessions/${session.id}`)
          .json(await view(req, session));
      },
    ],
  });

  route(router, '/v1/sessions/:id', {
    get: [async (req, res) => res.json(await view(req, sessionOf(registry, req)))],
    patch: [
      ...jsonBody(limits.jsonBytes),
      async (req, res) => {
        const session = sessionOf(registry, req);
        await session.configure(validate(sessionChanges, req.body, 'body'));
        await session.written();
        res.json(await view(req, session));
      },
    ],
    delete: [
      async (req, res) => {
        await registry.delete(sessionOf(registry, req).id);
        res.status(204).end();
      },
    ],
  });

  route(router, '/v1/sessions/:id/end', {
    post: [
      async (req, res) => {
        const session = sessionOf(registry, req);
        session.end();
        await session.written();
        res.status(202).json(await view(req, session));
      },
    ],
  });
}

/** Aborted when the client leaves before it is answered. */
function whileConnected(res: Response): AbortSignal {
  const left = new AbortController();
  const leave = (): void => left.abort(new StreamError('ABORTED', 'the client left before it was answered'));
  if (res.destroyed) leave();
  res.once('close', leave);
  return left.signal;
}

/** The instructions stay inside: who may watch a conversation is not to read what the language model was told. */
function shownStatus(session: SessionHandle): Omit<SessionStatus, 'preferences'> & Omit<Preferences, 'instructions'> {
  const { preferences, ...status } = session.status();
  const { instructions: _instructions, ...shown } = preferences;
  return { ...status, ...shown };
}
