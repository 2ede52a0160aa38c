import { type FileHandle, open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { StreamError } from '../errors.ts';
import type { SessionHandle } from '../session/types.ts';
import { matchesEtag, rangeOf } from './conditional.ts';
import { CORS_HEADERS } from './live-answers.ts';
import { answerUnsatisfiable } from './resource-answer.ts';

/**
 * Sends the recording of an ended session; the session says which file.
 *
 * @param query - `filler=keep` keeps the filler.
 * @throws {StreamError} `REQUEST_INVALID`, `RECORDING_NOT_READY`.
 */
export async function sendRecording(
  req: IncomingMessage,
  res: ServerResponse,
  session: SessionHandle,
  query: string,
): Promise<void> {
  const keepFiller = wantsFiller(query);
  const left = new AbortController();
  const onClose = (): void => left.abort();
  res.once('close', onClose);
  try {
    const path = await session.recording({ keepFiller, signal: left.signal });
    if (left.signal.aborted) return;
    await using file = await open(path);
    await sendFile(req, res, file);
  } catch (error) {
    // A client that leaves ends the stream early, whatever it was doing: nobody is there to be told.
    if (!left.signal.aborted) throw error;
  } finally {
    res.off('close', onClose);
  }
}

async function sendFile(req: IncomingMessage, res: ServerResponse, file: FileHandle): Promise<void> {
  const { size, mtimeMs } = await file.stat();
  const etag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}"`;
  const shared = [...CORS_HEADERS, 'Cache-Control', 'no-cache', 'ETag', etag, 'Accept-Ranges', 'bytes'];
  if (matchesEtag(req.headers['if-none-match'], etag)) {
    res.writeHead(304, shared).end();
    return;
  }
  const range = rangeOf(req.headers, size, etag);
  if (range === 'unsatisfiable') {
    answerUnsatisfiable(size)(req, res);
    return;
  }
  const { start, end } = range === 'whole' ? { start: 0, end: size - 1 } : range;
  const headers = [...shared, 'Content-Type', 'video/mp4', 'Content-Length', String(end - start + 1)];
  if (range !== 'whole') headers.push('Content-Range', `bytes ${start}-${end}/${size}`);
  res.writeHead(range === 'whole' ? 200 : 206, headers);
  if (req.method === 'HEAD' || size === 0) res.end();
  else await pipeline(file.createReadStream({ start, end, autoClose: false }), res);
}

function wantsFiller(query: string): boolean {
  const values = new URLSearchParams(query).getAll('filler');
  if (values.length === 0) return false;
  if (values.length === 1 && values[0] === 'keep') return true;
  throw new StreamError('REQUEST_INVALID', 'filler must be keep, given once');
}
