import { extname, join } from 'node:path';
import type { Request, Response, Router } from 'express';
import helmet from 'helmet';
import { StreamError } from '../../errors.ts';
import { type Access, tokenRefused } from '../access/access.ts';
import type { AllowedOrigins } from '../access/allowed-origins.ts';
import { tokenIn } from '../access/gate.ts';
import type { BodySender } from '../body-sender.ts';
import { sendFile, sendTextFile } from '../file-answer.ts';
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

/** What the build makes beside pages. Pages themselves are only to be had with their policies. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};
/** The component, as a module and as a classic script. */
const SCRIPTS = ['player.js', 'player.iife.js'];
const ASSET = /^[\w-][\w.-]{0,99}$/;
/** Of these the build makes compressed copies. */
const COMPRESSED = /\.(?:js|css|svg)$/;

type Options = {
  readonly pagesDir: string;
  readonly sender: BodySender;
  readonly access: Access;
  readonly origins: { readonly embed: AllowedOrigins };
};

/** The demo, the embeddable page, the dashboard, the web component and what they load, as `npm run build` made them. */
export function pageRoutes(router: Router, { pagesDir, access, origins, sender }: Options): void {
  const pages = { pagesDir, sender };
  route(router, '/', { get: [page(pages, 'index.html', ["'self'"])] });
  route(router, '/embed/:id', {
    get: [requireSessionId, requireToken(access), page(pages, 'embed.html', origins.embed.sources)],
  });
  route(router, '/dashboard', { get: [page(pages, 'dashboard.html', ["'self'"])] });
  for (const name of SCRIPTS) route(router, `/${name}`, { get: [script(pages, name)] });
  route(router, '/assets/:name', { get: [asset(pages)] });
}

type Pages = Pick<Options, 'pagesDir' | 'sender'>;

/** @param ancestors - Who may show the page in a frame. */
function page({ pagesDir, sender }: Pages, name: string, ancestors: readonly string[]): Handler {
  const security = helmet.contentSecurityPolicy({
    useDefaults: false,
    directives: { ...CONTENT_SECURITY, frameAncestors: [...ancestors] },
  });
  const send = async (req: Request, res: Response): Promise<void> => {
    const headers = ['Cache-Control', 'no-cache'];
    const sent = { path: join(pagesDir, name), contentType: 'text/html; charset=utf-8', headers };
    await sendTextFile(req, res, sent, sender).catch(orMissing);
  };
  return (req, res, next) =>
    security(req, res, (error?: unknown) => (error ? next(error) : send(req, res).catch(next)));
}

/** A module that other sites load needs CORS. */
const FOR_ALL_PAGES = ['Access-Control-Allow-Origin', '*', 'Cross-Origin-Resource-Policy', 'cross-origin'];

function script({ pagesDir, sender }: Pages, name: string): Handler {
  const headers = ['Cache-Control', 'no-cache', ...FOR_ALL_PAGES];
  const sent = { path: join(pagesDir, name), contentType: CONTENT_TYPES['.js'] ?? '', headers };
  return (req, res) => sendTextFile(req, res, sent, sender).catch(orMissing);
}

/** What scripts and pages load: the build names it by its content. */
function asset({ pagesDir, sender }: Pages): Handler {
  const headers = ['Cache-Control', 'public, max-age=31536000, immutable', ...FOR_ALL_PAGES];
  return async (req, res) => {
    const name = String(req.params.name);
    const contentType = CONTENT_TYPES[extname(name)];
    if (!ASSET.test(name) || contentType === undefined) throw new StreamError('NOT_FOUND', 'nothing has this path');
    const send = COMPRESSED.test(name) ? sendTextFile : sendFile;
    await send(req, res, { path: join(pagesDir, 'assets', name), contentType, headers }, sender).catch(
      (error: unknown) => {
        throw isAbsent(error) ? new StreamError('NOT_FOUND', 'nothing has this path', { cause: error }) : error;
      },
    );
  };
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

/** @throws {StreamError} `PAGES_MISSING` for a file that is not there. */
function orMissing(error: unknown): never {
  if (!isAbsent(error)) throw error;
  throw new StreamError('PAGES_MISSING', 'the pages are not built yet: run `npm run build`', { cause: error });
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
