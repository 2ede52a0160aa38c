import { type FileHandle, open } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { StreamError } from '../errors.ts';
import { captionsPath } from '../session/recorder.ts';
import type { SessionHandle } from '../session/types.ts';
import { matchesEtag, rangeOf } from './conditional.ts';
import { CORS_HEADERS } from './live-answers.ts';
import { answerUnsatisfiable } from './resource-answer.ts';

export type WantedRecording = {
  /** The recording, or its captions. */
  readonly format: 'mp4' | 'vtt';
  /** `filler=keep` keeps the filler. */
  readonly query: string;
};

const CONTENT_TYPES = { mp4: 'video/mp4', vtt: 'text/vtt; charset=utf-8' } as const;

/**
 * Sends the recording of an ended session, or its captions; the session says which file.
 *
 * @throws {StreamError} `REQUEST_INVALID`, `RECORDING_NOT_READY`, `NOT_FOUND` for the captions of a session that has none.
 */
export async function sendRecording(
  req: IncomingMessage,
  res: ServerResponse,
  session: SessionHandle,
  { format, query }: WantedRecording,
): Promise<void> {
  const keepFiller = wantsFiller(query);
  const left = new AbortController();
  const onClose = (): void => left.abort();
  res.once('close', onClose);
  try {
    const path = await session.recording({ keepFiller, signal: left.signal });
    if (left.signal.aborted) return;
    await using file = await (format === 'vtt' ? openCaptions(path) : open(path));
    await sendFile(req, res, file, CONTENT_TYPES[format]);
  } catch (error) {
    // A client that leaves ends the stream early, whatever it was doing: nobody is there to be told.
    if (!left.signal.aborted) throw error;
  } finally {
    res.off('close', onClose);
  }
}

async function openCaptions(recordingPath: string): Promise<FileHandle> {
  try {
    return await open(captionsPath(recordingPath));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    throw new StreamError('NOT_FOUND', 'the session has no captions', { cause: error });
  }
}

async function sendFile(
  req: IncomingMessage,
  res: ServerResponse,
  file: FileHandle,
  contentType: string,
): Promise<void> {
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
  const headers = [...shared, 'Content-Type', contentType, 'Content-Length', String(end - start + 1)];
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
