import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { StreamError } from '../../errors.ts';
import type { Picture } from '../providers.ts';
import { connectionKind } from '../remote/provider-error.ts';
import { ProviderRefusal } from '../remote/provider-refusal.ts';
import type { OpenClip } from './clip-jobs.ts';
import { readingOf } from './clip-layout.ts';
import { avatarFailure } from './clip-pictures.ts';
import { type DecoderTools, PictureDecoder } from './decode-pictures.ts';
import { answerTo, type JobBody, oneLine, postJob, refusalOf } from './post-job.ts';

/** After the last picture, a service may still send the end of its file: so long, then the connection is closed. */
const LAST_BYTES_MS = 1_000;

/** The job was taken, and is not done yet: the same job is put again a moment later. */
const QUEUED = 202;
const QUEUED_POLL_MS = 1_000;
/** Statuses that pass by themselves, though nobody says when. */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

export type HttpClipRequest = DecoderTools & {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JobBody;
  readonly picture: Picture;
  readonly frames: number;
  /** Until the first picture. */
  readonly firstPictureMs: number;
  readonly stallMs: number;
  readonly maxBodyBytes: number;
  readonly temporaryDirectory: string;
  readonly signal: AbortSignal;
};

/** How a request went: its clip, or why there is none and when to ask again, if at all. */
export type HttpOutcome =
  | { readonly clip: OpenClip }
  | { readonly failure: StreamError; readonly again: 'never' | 'soon' | { readonly afterMs: number } };

type Again = Extract<HttpOutcome, { failure: StreamError }>['again'];

/** One request and the decoder of its answer. */
export class HttpClip {
  readonly #request: HttpClipRequest;
  readonly #sent: ClientRequest;
  #decoder: PictureDecoder;
  #directory: string | undefined;
  #feeding: Promise<void> = Promise.resolve();
  #failure: StreamError | undefined;
  #again: Again = 'soon';
  #isShown = false;

  constructor(request: HttpClipRequest) {
    this.#request = request;
    this.#sent = postJob(request.url, request.body, request.headers);
    try {
      // It starts while the service works.
      this.#decoder = new PictureDecoder({ ...request, input: 'pipe' });
    } catch (error) {
      this.#sent.destroy();
      throw error;
    }
  }

  /** Resolves with the first picture, or when nothing is left of the request. */
  async open(): Promise<HttpOutcome> {
    const { signal, firstPictureMs, stallMs } = this.#request;
    const onAbort = (): void => this.#fail(avatarFailure(undefined, signal));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const late = new StreamError('AVATAR_FAILED', `the avatar service gave no picture within ${firstPictureMs} ms`, {
      kind: 'timeout',
    });
    const limit = setTimeout(() => this.#fail(late, 'never'), firstPictureMs);
    try {
      const first = await this.#firstPicture();
      this.#isShown = true;
      return {
        clip: {
          first,
          next: () => this.#next(stallMs),
          finish: () => this.#finish(),
          stop: (reason) => this.#close(reason),
        },
      };
    } catch (error) {
      const failure = this.#failure ?? avatarFailure(error, signal);
      await this.#close(failure);
      return { failure, again: this.#again };
    } finally {
      clearTimeout(limit);
      signal.removeEventListener('abort', onAbort);
    }
  }

  async #firstPicture(): Promise<Uint8Array> {
    const answer = await this.#answer();
    const body = new Body(answer, this.#request.maxBodyBytes);
    const head = await body.head().catch((error: unknown) => {
      throw this.#bodyFailure(error);
    });
    if (readingOf(head) === 'file') await this.#decodeFile(body);
    else this.#feeding = this.#feed(body);
    const type = oneLine(answer.headers['content-type'] ?? 'no content type');
    const first = await this.#decoder.next(this.#request.firstPictureMs).catch((error: unknown) => {
      if (this.#failure) throw this.#failure;
      throw new StreamError('AVATAR_FAILED', `the avatar service's answer (${type}) can't be decoded: ${said(error)}`, {
        cause: error,
        kind: 'wrong_answer',
      });
    });
    if (this.#failure) throw this.#failure;
    if (!first)
      throw new StreamError('AVATAR_FAILED', `the avatar service's answer (${type}) has no picture`, { kind: 'empty' });
    return first;
  }

  async #answer(): Promise<IncomingMessage> {
    const { origin, pathname } = this.#request.url;
    const answer = await answerTo(this.#sent).catch((error: unknown) => {
      if (this.#failure) throw this.#failure;
      throw new StreamError('AVATAR_FAILED', `no answer from ${origin}${pathname}: ${said(error)}`, {
        cause: error,
        kind: connectionKind(error, 'unreachable'),
      });
    });
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300 && status !== QUEUED) return answer;
    const retryAfter = answer.headers['retry-after'];
    const headers = new Headers(retryAfter === undefined ? {} : { 'retry-after': retryAfter });
    const refusal = new ProviderRefusal({ status, headers, body: await refusalOf(answer) });
    this.#again = againAfter(refusal);
    const told = `${origin}${pathname} answered ${status}: ${refusal.reason}`;
    throw new StreamError('AVATAR_FAILED', told, { kind: refusal.kind });
  }

  async #decodeFile(body: Body): Promise<void> {
    const { temporaryDirectory } = this.#request;
    const unused = this.#decoder.stop();
    await mkdir(temporaryDirectory, { recursive: true });
    this.#directory = await mkdtemp(join(temporaryDirectory, 'avatar-'));
    const path = join(this.#directory, 'clip');
    await pipeline(Readable.from(body, { objectMode: false }), createWriteStream(path)).catch((error: unknown) => {
      throw this.#bodyFailure(error);
    });
    await unused;
    if (this.#failure) throw this.#failure;
    this.#decoder = new PictureDecoder({ ...this.#request, input: { path } });
  }

  /** Hands the body to the decoder as it comes; what the decoder does not need any more is read and dropped. */
  async #feed(body: Body): Promise<void> {
    const { stdin } = this.#decoder;
    try {
      for await (const chunk of body) {
        if (!stdin.destroyed && !stdin.write(chunk)) await drained(stdin);
      }
    } catch (error) {
      const failure = this.#bodyFailure(error);
      // A clip that was cut while it is shown goes on with its last picture.
      if (!this.#isShown || body.isTooBig) this.#fail(failure);
    }
    stdin.end();
  }

  #bodyFailure(error: unknown): StreamError {
    if (this.#failure) return this.#failure;
    if (error instanceof StreamError) {
      this.#again = 'never';
      return error;
    }
    return new StreamError('AVATAR_FAILED', `the avatar service's answer was cut off: ${said(error)}`, {
      cause: error,
      kind: 'cut_off',
    });
  }

  async #next(limitMs: number): Promise<Uint8Array | undefined> {
    try {
      return await this.#decoder.next(limitMs);
    } catch (error) {
      if (this.#failure) throw this.#failure;
      throw error;
    }
  }

  #fail(failure: StreamError, again: Again = this.#again): void {
    if (this.#failure) return;
    this.#failure = failure;
    this.#again = failure.code === 'ABORTED' ? 'never' : again;
    this.#sent.destroy();
    this.#decoder.stop(failure).catch(() => undefined);
  }

  async #finish(): Promise<void> {
    const limit = new AbortController();
    await Promise.race([
      this.#feeding,
      delay(LAST_BYTES_MS, undefined, { signal: limit.signal }).catch(() => undefined),
    ]);
    limit.abort();
    await this.#close(new StreamError('ABORTED', 'the clip is over'));
  }

  async #close(reason: StreamError): Promise<void> {
    this.#fail(reason);
    await Promise.all([this.#decoder.stop(reason), this.#feeding]);
    if (this.#directory !== undefined) await rm(this.#directory, { recursive: true, force: true });
  }
}

/** The answer's bytes, no more than were agreed. The head can be looked at before the whole is read. */
class Body {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #maxBytes: number;
  #head: Buffer = Buffer.alloc(0);
  #sizeBytes = 0;
  isTooBig = false;

  constructor(answer: IncomingMessage, maxBytes: number) {
    this.#chunks = answer[Symbol.asyncIterator]();
    this.#maxBytes = maxBytes;
  }

  /** As much of the beginning as it takes to know how to read the rest. */
  async head(): Promise<Buffer> {
    while (readingOf(this.#head) === undefined) {
      const chunk = await this.#next();
      if (!chunk) break;
      this.#head = Buffer.concat([this.#head, chunk]);
    }
    return this.#head;
  }

  /** Everything, the head included. @throws {StreamError} `AVATAR_FAILED` when it is too much; the connection's error. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    if (this.#head.length > 0) yield this.#head;
    for (let chunk = await this.#next(); chunk; chunk = await this.#next()) yield chunk;
  }

  async #next(): Promise<Buffer | undefined> {
    const { done, value } = await this.#chunks.next();
    if (done) return undefined;
    this.#sizeBytes += value.length;
    if (this.#sizeBytes <= this.#maxBytes) return value;
    this.isTooBig = true;
    throw new StreamError('AVATAR_FAILED', `the avatar service's clip is larger than ${this.#maxBytes} bytes`, {
      kind: 'wrong_answer',
    });
  }
}

/** When a service that refused, or has no clip yet, is to be asked again. */
function againAfter(refusal: ProviderRefusal): Again {
  const { status } = refusal;
  const afterMs = refusal.againMs(1) ?? (status === QUEUED ? QUEUED_POLL_MS : undefined);
  if (afterMs !== undefined) return { afterMs };
  return status >= 500 || PASSING.has(status) ? 'soon' : 'never';
}

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Settles when the stream takes more, or will never take any. */
function drained(stream: Writable): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = (): void => {
    stream.off('drain', done).off('close', done);
    resolve();
  };
  stream.on('drain', done).on('close', done);
  return promise;
}
