import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import express, { type Request, type Response, type Router } from 'express';
import { StreamError } from '../../errors.ts';
import { SESSION_ID } from '../live-url.ts';
import { type Handler, route } from '../routing.ts';

/** Own scripts only; hls.js plays through blob: URLs and runs its worker from one; components style themselves. */
const CONTENT_SECURITY = [
  "default-src 'self'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
].join('; ');

/** The demo, the embeddable page, the dashboard, the web component and what they load, as `npm run build` made them. */
export function pageRoutes(router: Router, { pagesDir }: { readonly pagesDir: string }): void {
  route(router, '/', { get: [page(pagesDir, 'index.html', "'self'")] });
  route(router, '/embed/:id', { get: [requireSessionId, page(pagesDir, 'embed.html', '*')] });
  route(router, '/dashboard', { get: [page(pagesDir, 'dashboard.html', "'self'")] });
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
function page(pagesDir: string, name: string, ancestors: string): Handler {
  return (_req, res, next) => {
    const path = join(pagesDir, name);
    if (!existsSync(path)) throw missing();
    res.setHeader('Content-Security-Policy', `${CONTENT_SECURITY}; frame-ancestors ${ancestors}`);
    res.setHeader('Cache-Control', 'no-cache');
    // Called after success, too: the answer is on its way then, and no handler's business any more.
    res.sendFile(name, { root: pagesDir, cacheControl: false }, (error?: Error) => {
      if (error) next(error);
    });
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
