import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import express, { type Request, type Response, type Router } from 'express';
import helmet from 'helmet';
import { StreamError } from '../../errors.ts';
import { type Access, tokenRefused } from '../access/access.ts';
import type { AllowedOrigins } from '../access/allowed-origins.ts';
import { tokenIn } from '../access/gate.ts';
import { SESSION_ID } from '../live-url.ts';
import { type Handler, route } from '../routing.ts';

/** Own scripts only; hls.js plays through blob: URLs and runs its worker from one; components style themselves. */
const CONTENT_SECURITY = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:', 'blob:'],
  mediaSrc: ["'self'", 'blob:'],
  workerSrc: ["'self'", 'blob:'],
  objectSrc: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
};

type Options = {
  readonly pagesDir: string;
  readonly access: Access;
  readonly origins: { readonly embed: AllowedOrigins };
};

/** The demo, the embeddable page, the dashboard, the web component and what they load, as `npm run build` made them. */
export function pageRoutes(router: Router, { pagesDir, access, origins }: Options): void {
  route(router, '/', { get: [page(pagesDir, 'index.html', ["'self'"])] });
  route(router, '/embed/:id', {
    get: [requireSessionId, requireToken(access), page(pagesDir, 'embed.html', origins.embed.sources)],
  });
  route(router, '/dashboard', { get: [page(pagesDir, 'dashboard.html', ["'self'"])] });
  router.use(
    express.static(pagesDir, {
      index: false,
      redirect: false,
      dotfiles: 'ignore',
      setHeaders: (res, path) => assetHeaders(res, path, pagesDir),
    }),
  );
  route(router, '/player.js', {
    get: [
      () => {
        throw missing();
      },
    ],
  });
}

/** @param ancestors - Who may show the page in a frame. */
function page(pagesDir: string, name: string, ancestors: readonly string[]): Handler {
  const security = helmet.contentSecurityPolicy({
    useDefaults: false,
    directives: { ...CONTENT_SECURITY, frameAncestors: [...ancestors] },
  });
  const send: Handler = (_req, res, next) => {
    const path = join(pagesDir, name);
    if (!existsSync(path)) throw missing();
    res.setHeader('Cache-Control', 'no-cache');
    // Called after success, too: the answer is on its way then, and no handler's business any more.
    res.sendFile(name, { root: pagesDir, cacheControl: false }, (error?: Error) => {
      if (error) next(error);
    });
  };
  return (req, res, next) => security(req, res, (error?: unknown) => (error ? next(error) : send(req, res, next)));
}

/** The page can do nothing without one, and should say so at once. */
function requireToken(access: Access): Handler {
  return async (req, _res, next) => {
    if (!(await access.mayWatch(tokenIn(req), String(req.params.id)))) throw tokenRefused();
    next();
  };
}

function requireSessionId(req: Request, _res: Response, next: () => void): void {
  if (!SESSION_ID.test(String(req.params.id))) throw new StreamError('NOT_FOUND', 'no session can have this id');
  next();
}

/** The component is a module other sites load, so it needs CORS; the build names assets by their content. */
function assetHeaders(res: Pick<Response, 'setHeader'>, path: string, pagesDir: string): void {
  const hashed = path.startsWith(join(pagesDir, 'assets') + sep);
  res.setHeader('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
  res.setHeader('Access-Control-Allow-Origin', '*');
  res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
}

function missing(): StreamError {
  return new StreamError('PAGES_MISSING', 'the pages are not built yet: run `npm run build`');
}
