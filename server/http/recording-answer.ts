import type { IncomingMessage, ServerResponse } from 'node:http';
import { StreamError } from '../errors.ts';
import { AwaitedWork } from '../lib/awaited-work.ts';
import { captionsPath } from '../session/recorder.ts';
import type { SessionHandle } from '../session/types.ts';
import type { BodySender } from './body-sender.ts';
import { sendFile } from './file-answer.ts';
import { CORS_HEADERS } from './live-answers.ts';

export type WantedRecording = {
  /** The recording, or its captions. */
  readonly format: 'mp4' | 'vtt';
  /** `filler=keep` keeps the filler; `download` has a browser store it. */
  readonly query: string;
};

const CONTENT_TYPES = { mp4: 'video/mp4', vtt: 'text/vtt; charset=utf-8' } as const;
const HEADERS = [...CORS_HEADERS, 'Cache-Control', 'no-cache'];

type Making = { with?: AwaitedWork<string>; without?: AwaitedWork<string> };

/** Recordings of ended sessions, and their captions. Those who wait for the same one wait together. */
export class RecordingAnswers {
  readonly #sender: BodySender;
  readonly #making = new WeakMap<SessionHandle, Making>();

  constructor(sender: BodySender) {
    this.#sender = sender;
  }

  /**
   * Sends the recording of an ended session, or its captions; the session says which file.
   *
   * @throws {StreamError} `REQUEST_INVALID`, `RECORDING_NOT_READY`, `NOT_FOUND` for the captions of a session that has none.
   */
  async send(
    req: IncomingMessage,
    res: ServerResponse,
    session: SessionHandle,
    { format, query }: WantedRecording,
  ): Promise<void> {
    const keepFiller = wantsFiller(query);
    if (res.destroyed) return;
    const left = new AbortController();
    const onClose = (): void => left.abort();
    res.once('close', onClose);
    try {
      const path = await this.#path(session, keepFiller).wait(left.signal);
      const wanted = format === 'vtt' ? captionsPath(path) : path;
      const headers = new URLSearchParams(query).has('download')
        ? [...HEADERS, ...asFile(session.id, format)]
        : HEADERS;
      await sendFile(req, res, { path: wanted, contentType: CONTENT_TYPES[format], headers }, this.#sender);
    } catch (error) {
      // A client that leaves ends the answer early, whatever it was doing: nobody is there to be told.
      if (!left.signal.aborted) throw format === 'vtt' ? withoutCaptions(error) : error;
    } finally {
      res.off('close', onClose);
    }
  }

  /** Its path, once it is made. */
  #path(session: SessionHandle, keepFiller: boolean): AwaitedWork<string> {
    const making = this.#making.get(session) ?? {};
    this.#making.set(session, making);
    const name = keepFiller ? 'with' : 'without';
    const known = making[name];
    if (known !== undefined) return known;
    const work = new AwaitedWork(session.recording({ keepFiller }));
    making[name] = work;
    void work.done.then(() => delete making[name]);
    return work;
  }
}

/** Has a browser store it instead of playing it (RFC 6266). An id needs no escaping. */
function asFile(id: string, format: WantedRecording['format']): string[] {
  return ['Content-Disposition', `attachment; filename="${id}.${format}"`];
}

function withoutCaptions(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) return error;
  return new StreamError('NOT_FOUND', 'the session has no captions', { cause: error });
}

function wantsFiller(query: string): boolean {
  const values = new URLSearchParams(query).getAll('filler');
  if (values.length === 0) return false;
  if (values.length === 1 && values[0] === 'keep') return true;
  throw new StreamError('REQUEST_INVALID', 'filler must be keep, given once');
}
