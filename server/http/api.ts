import express, { type Express, type Request, type Response } from 'express';
import type { Monitor } from '../monitor/monitor.ts';
import type { Conversations, SessionRegistry } from '../session/types.ts';
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
import { refuseCrossSite } from './same-site.ts';

export type ApiOptions = {
  readonly registry: SessionRegistry;
  readonly conversations: Conversations;
  readonly monitor: Monitor;
  readonly readiness: () => Readiness;
  readonly logger: HttpLogger;
  readonly pagesDir: string;
  readonly limits: HttpLimits;
  /** PUBLIC_URL: where clients reach this server, when that is not where it listens. */
  readonly publicUrl?: string | undefined;
  readonly streams: EventStreams;
};

/** Everything but `/live`: the API, the pages, the probes. */
export function createApi(options: ApiOptions): Express {
  const { registry, conversations, limits, streams, readiness, pagesDir, logger, monitor } = options;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(securityHeaders);
  app.use('/v1', refuseCrossSite);
  sessionRoutes(app, { registry, limits, publicUrl: publicUrls(options.publicUrl) });
  mediaInRoutes(app, { registry, conversations, limits });
  turnRoutes(app, { registry, conversations, limits });
  eventRoutes(app, { registry, streams });
  figureRoutes(app, { registry, monitor });
  systemRoutes(app, { readiness });
  pageRoutes(app, { pagesDir });
  app.use(unknownRoute);
  app.use(errorsToProblems(logger));
  return app;
}

/** Session ids are secrets that stand in URLs: no page may pass them on. */
function securityHeaders(req: Request, res: Response, next: () => void): void {
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('Referrer-Policy', 'no-referrer');
  if (req.path.startsWith('/v1')) res.setHeader('Cache-Control', 'no-store');
  next();
}
