import type { NextFunction, Request, Response, Router } from 'express';
import { StreamError } from '../errors.ts';
import type { SessionHandle, SessionRegistry } from '../session/types.ts';
import { SESSION_ID } from './live-url.ts';

export type Handler = (req: Request, res: Response, next: NextFunction) => unknown;
type Method = 'get' | 'post' | 'patch' | 'delete' | 'options';

/** One path with all its methods; any other is answered 405 with what is allowed (RFC 9110 15.5.6). */
export function route(router: Router, path: string, handlers: Partial<Record<Method, Handler[]>>): void {
  const entry = router.route(path);
  const methods = Object.keys(handlers) as Method[];
  for (const method of methods) entry[method](...(handlers[method] ?? []));
  const allowed = methods.flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()])).join(', ');
  entry.all((req: Request, res: Response) => {
    res.setHeader('Allow', allowed);
    throw new StreamError('METHOD_NOT_ALLOWED', `${req.method} is not allowed here, only ${allowed}`);
  });
}

/** @throws {StreamError} `SESSION_NOT_FOUND`, the same for an id that could not be one. */
export function sessionOf(registry: Pick<SessionRegistry, 'get'>, req: Request): SessionHandle {
  const id = req.params.id;
  const session = typeof id === 'string' && SESSION_ID.test(id) ? registry.get(id) : undefined;
  if (session === undefined) throw new StreamError('SESSION_NOT_FOUND', 'no such session');
  return session;
}
