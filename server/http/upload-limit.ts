import { StreamError } from '../errors.ts';
import type { Handler } from './routing.ts';

/** Lets so many bodies of media come at once, each of which goes to a file that is open meanwhile. */
export function uploadLimit(uploads: number): Handler {
  let open = 0;
  return (_req, res, next) => {
    if (res.destroyed) throw new StreamError('ABORTED', 'the client left before its body was read');
    if (open >= uploads) throw new StreamError('CLIENT_LIMIT', `${uploads} uploads are coming at once already`);
    open += 1;
    res.once('close', () => {
      open -= 1;
    });
    next();
  };
}
