import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MediaResource } from '../session/types.ts';
import { matchesEtag, rangeOf } from './conditional.ts';
import { type Answer, answerProblem, CORS_HEADERS } from './live-answers.ts';
import { problem } from './problem.ts';

const IMMUTABLE = 'public, max-age=31536000, immutable';

export const NO_RESOURCE = answerProblem(problem('NOT_FOUND', 'no such media'));

/** Sends a resource, or the part of it a Range asks for. */
export function answerResource(resource: MediaResource): Answer {
  return (req, res) => {
    const { etag, contentType, sizeBytes } = resource;
    const shared = [...CORS_HEADERS, 'Cache-Control', IMMUTABLE, 'ETag', etag, 'Accept-Ranges', 'bytes'];
    if (matchesEtag(req.headers['if-none-match'], etag)) {
      res.writeHead(304, shared).end();
      return;
    }
    const range = rangeOf(req.headers, sizeBytes, etag);
    if (range === 'unsatisfiable') {
      answerUnsatisfiable(sizeBytes)(req, res);
    } else if (range === 'whole') {
      res.writeHead(200, [...shared, 'Content-Type', contentType, 'Content-Length', String(sizeBytes)]);
      sendBody(req, res, resource.body);
    } else {
      const { start, end } = range;
      const length = String(end - start + 1);
      res.writeHead(206, [
        ...shared,
        'Content-Type',
        contentType,
        'Content-Length',
        length,
        'Content-Range',
        `bytes ${start}-${end}/${sizeBytes}`,
      ]);
      sendBody(req, res, slice(resource.body, start, end + 1));
    }
  };
}

/** 416, with the size there is (RFC 9110 15.5.17). */
export function answerUnsatisfiable(sizeBytes: number): Answer {
  const answer = answerProblem(problem('RANGE_INVALID', `the range lies outside the ${sizeBytes} bytes there are`));
  return (req, res) => {
    res.setHeader('Content-Range', `bytes */${sizeBytes}`);
    res.setHeader('Accept-Ranges', 'bytes');
    answer(req, res);
  };
}

function sendBody(req: IncomingMessage, res: ServerResponse, body: readonly Uint8Array[]): void {
  if (req.method === 'HEAD') res.end();
  else writeFrom(res, body, 0);
}

/** Head and small bodies leave in one system call (Node corks them until the next tick); a big one waits for a slow reader. */
function writeFrom(res: ServerResponse, body: readonly Uint8Array[], from: number): void {
  for (let index = from; index < body.length - 1; index += 1) {
    if (!res.write(body[index])) {
      res.once('drain', () => writeFrom(res, body, index + 1));
      return;
    }
  }
  res.end(body.at(-1));
}

/** Bytes `start` to `end` (exclusive) of a body, without copying. */
function slice(body: readonly Uint8Array[], start: number, end: number): Uint8Array[] {
  const wanted: Uint8Array[] = [];
  let at = 0;
  for (const bytes of body) {
    const next = at + bytes.byteLength;
    if (next > start && at < end)
      wanted.push(bytes.subarray(Math.max(0, start - at), Math.min(bytes.byteLength, end - at)));
    at = next;
  }
  return wanted;
}
