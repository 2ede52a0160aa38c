import type { Request, Response, Router } from 'express';
import type { EventLog, SessionRegistry } from '../../session/types.ts';
import type { Access } from '../access/access.ts';
import type { AllowedOrigins } from '../access/allowed-origins.ts';
import { tokenIn } from '../access/gate.ts';
import type { EventStreams } from '../event-streams.ts';
import { type Handler, route, sessionOf } from '../routing.ts';

type Options = {
  readonly registry: SessionRegistry;
  readonly streams: EventStreams;
  readonly access: Access;
  /** Pages that may read media. */
  readonly origins: AllowedOrigins;
};

/** Events are for viewers, whose page may be of any origin that media are for. */
function allowViewers(origins: AllowedOrigins): Handler {
  return (req: Request, res: Response, next: () => void): void => {
    const granted = origins.granted(req.headers.origin);
    if (granted !== undefined) res.setHeader('Access-Control-Allow-Origin', granted);
    if (!origins.any) res.vary('Origin');
    res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
    next();
  };
}

/** Server-Sent Events of a session, resumed after `Last-Event-ID`. */
export function eventRoutes(router: Router, { registry, streams, access, origins }: Options): void {
  const allowViewersOnly = allowViewers(origins);
  route(router, '/v1/sessions/:id/events', {
    options: [
      allowViewersOnly,
      (_req, res) => {
        res.setHeader('Access-Control-Allow-Methods', 'GET, HEAD, OPTIONS');
        res.setHeader('Access-Control-Allow-Headers', 'Last-Event-ID, Cache-Control, Authorization');
        res.setHeader('Access-Control-Max-Age', '86400');
        res.status(204).end();
      },
    ],
    get: [
      allowViewersOnly,
      async (req, res) => {
        await access.requireToFollow(req, tokenIn(req), String(req.params.id));
        const session = sessionOf(registry, req);
        const lastSeq = resumePoint(req, session.events);
        // EventSource connects again for ever; 204 tells it that there will be nothing more.
        const over = session.status().state === 'ended' && lastSeq > 0 && lastSeq === session.events.lastSeq;
        if (over || req.method === 'HEAD')
          res
            .status(over ? 204 : 200)
            .setHeader('Cache-Control', 'no-store')
            .end();
        else streams.follow(req, res, session, { lastSeq, audience: access.audienceOf(req) });
      },
    ],
  });
}

/**
 * The last event the client has: by its header, which EventSource keeps current, else by the query. What is no sequence number of this
 * session counts as none, and everything still remembered is sent.
 */
function resumePoint(req: Request, log: EventLog): number {
  const given = req.headers['last-event-id'] ?? req.query.lastEventId;
  if (typeof given !== 'string' || !/^\d{1,15}$/.test(given)) return 0;
  return Number(given) <= log.lastSeq ? Number(given) : 0;
}
