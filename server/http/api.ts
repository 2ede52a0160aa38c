import cors from 'cors';
import express, { type Express, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { Monitor } from '../monitor/monitor.ts';
import type { Conversations, SessionRegistry } from '../session/types.ts';
import type { Access } from './access/access.ts';
import type { AllowedOrigins } from './access/allowed-origins.ts';
import { apiGate } from './access/gate.ts';
import { apiRateLimits } from './access/rate-limits.ts';
import { errorsToProblems, unknownRoute } from './errors-to-problems.ts';
import type { EventStreams } from './event-streams.ts';
import type { HttpLimits } from './limits.ts';
import type { HttpLogger } from './logger.ts';
import { publicUrls } from './public-url.ts';
import { eventRoutes } from './routes/events.ts';
import { figureRoutes } from './routes/figures.ts';
import { mediaInRoutes } from './routes/media-in.ts';
import { pageRoutes } from './routes/pages.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { type Readiness, systemRoutes } from './routes/system.ts';
import { turnRoutes } from './routes/turns.ts';
import type { Handler } from './routing.ts';
import { refuseCrossSite } from './same-site.ts';

export type ApiOptions = {
  readonly registry: SessionRegistry;
  readonly conversations: Conversations;
  readonly monitor: Monitor;
  readonly readiness: () => Readiness;
  readonly logger: HttpLogger;
  readonly pagesDir: string;
  readonly limits: HttpLimits;
  readonly access: Access;
  readonly origins: Origins;
  /** PUBLIC_URL: where clients reach this server, when that is not where it listens. */
  readonly publicUrl?: string | undefined;
  readonly streams: EventStreams;
};

/** Pages that may read media and events, call the API, and show `/embed` in a frame. */
export type Origins = Readonly<Record<'media' | 'api' | 'embed', AllowedOrigins>>;

/** Everything but `/live`: the API, the pages, the probes. */
export function createApi(options: ApiOptions): Express {
  const { registry, conversations, limits, streams, readiness, pagesDir, logger, monitor, access, origins } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(securityHeaders(options.publicUrl));
  app.use(
    '/v1',
    ...apiRateLimits(access.keys, limits),
    apiCors(origins.api),
    refuseCrossSite(origins.api),
    apiGate(access),
  );
  sessionRoutes(app, { registry, limits, access, publicUrl: publicUrls(options.publicUrl) });
  mediaInRoutes(app, { registry, conversations, limits });
  turnRoutes(app, { registry, conversations, limits });
  eventRoutes(app, { registry, streams, access, origins: origins.media });
  figureRoutes(app, { registry, monitor, access, limits });
  systemRoutes(app, { readiness, access });
  pageRoutes(app, { pagesDir, access, origins });
  app.use(unknownRoute);
  app.use(errorsToProblems(logger, access));
  return app;
}

/** Session ids and tokens are secrets that stand in URLs: no page may pass them on. Pages have policies of their own. */
function securityHeaders(publicUrl: string | undefined): Handler[] {
  return [
    helmet({
      contentSecurityPolicy: false,
      xFrameOptions: false,
      crossOriginOpenerPolicy: false,
      // Over plain HTTP it says nothing, and on a port of localhost it would lock out every other program there.
      strictTransportSecurity: publicUrl?.startsWith('https:') === true,
      referrerPolicy: { policy: 'no-referrer' },
    }),
    (req: Request, res: Response, next: () => void) => {
      if (req.path.startsWith('/v1')) res.setHeader('Cache-Control', 'no-store');
      next();
    },
  ];
}

/** For pages of a back office that call the API with a key; by default there are none. */
function apiCors(allowed: AllowedOrigins): Handler {
  const headers = cors({
    origin: (origin, done) => done(null, allowed.allows(origin)),
    methods: ['GET', 'HEAD', 'POST', 'PATCH', 'DELETE'],
    allowedHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'Last-Event-ID'],
    exposedHeaders: ['Location', 'Retry-After', 'RateLimit', 'RateLimit-Policy'],
    maxAge: 86_400,
  });
  return (req, res, next) => {
    if (allowed.allows(req.headers.origin)) headers(req, res, next);
    else next();
  };
}
