import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BlockReader } from '../lib/file-blocks.ts';
import type { BodyPiece } from '../session/types.ts';
import { type BodySender, cutBody } from './body-sender.ts';
import { matchesEtag, rangeOf } from './conditional.ts';
import { answerProblem } from './live-answers.ts';
import { problem } from './problem.ts';

/** Bytes with a name, as they go out. */
export type Representation = {
  /** With its quotes. */
  readonly etag: string;
  readonly contentType: string;
  readonly sizeBytes: number;
  /** Further headers, as a flat list. */
  readonly headers: readonly string[];
  readonly body: readonly BodyPiece[];
};

/**
 * Sends a representation, or the part of it that a Range asks for, or says that it has not changed.
 *
 * @param reader - Of the file that its body lies in.
 * @returns As `BodySender.send`.
 * @throws What `BodySender.send` throws.
 */
export function sendRepresentation(
  req: IncomingMessage,
  res: ServerResponse,
  { etag, contentType, sizeBytes, headers, body }: Representation,
  { sender, reader }: { readonly sender: BodySender; readonly reader?: BlockReader },
): Promise<void> | undefined {
  const shared = [...headers, 'ETag', etag, 'Accept-Ranges', 'bytes'];
  if (matchesEtag(req.headers['if-none-match'], etag)) {
    res.writeHead(304, shared).end();
    return undefined;
  }
  const range = rangeOf(req.headers, sizeBytes, etag);
  if (range === 'unsatisfiable') {
    answerUnsatisfiable(req, res, sizeBytes);
    return undefined;
  }
  if (range === 'whole') {
    const whole = [...shared, 'Content-Type', contentType, 'Content-Length', String(sizeBytes)];
    return sender.send(req, res, { status: 200, headers: whole, body }, reader);
  }
  const { start, end } = range;
  const length = String(end - start + 1);
  const named = ['Content-Range', `bytes ${start}-${end}/${sizeBytes}`];
  const partial = [...shared, 'Content-Type', contentType, 'Content-Length', length, ...named];
  return sender.send(req, res, { status: 206, headers: partial, body: cutBody(body, start, end + 1) }, reader);
}

/** 416, with the size there is (RFC 9110 15.5.17). */
function answerUnsatisfiable(req: IncomingMessage, res: ServerResponse, sizeBytes: number): void {
  res.setHeader('Content-Range', `bytes */${sizeBytes}`);
  res.setHeader('Accept-Ranges', 'bytes');
  answerProblem(problem('RANGE_INVALID', `the range lies outside the ${sizeBytes} bytes there are`))(req, res);
}
