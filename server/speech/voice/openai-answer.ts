import OpenAI, { APIError } from 'openai';
import { type ErrorCode, StreamError } from '../../errors.ts';
import { boundedFetch } from '../remote/bounded-fetch.ts';
import { deepestMessage, safeReason } from '../remote/provider-error.ts';

const OPENAI_URL = 'https://api.openai.com/v1';

export type OpenAiServerOptions = {
  /** With its `/v1`; OpenAI's own unless given. */
  readonly baseUrl?: string;
  /** Servers of one's own mostly need none. */
  readonly apiKey?: string;
};

export function isOpenAi({ baseUrl }: OpenAiServerOptions): boolean {
  return baseUrl === undefined || URL.parse(baseUrl)?.hostname === 'api.openai.com';
}

/** @param timeoutMs - The client's own limit: longer than the caller's. */
export function openAiClient({ baseUrl, apiKey }: OpenAiServerOptions, timeoutMs: number): OpenAI {
  return new OpenAI({
    baseURL: baseUrl ?? OPENAI_URL,
    // openai refuses to be made without one.
    apiKey: apiKey || 'none',
    // Whoever asks decides whether to ask again.
    maxRetries: 0,
    timeout: timeoutMs,
    // What people say goes to the address that was configured, and to no other.
    fetchOptions: { redirect: 'manual' },
    fetch: boundedFetch,
    logLevel: 'off',
  });
}

export type AnswerLimits = {
  /** From asking to the first byte of the body, in ms. */
  readonly firstByteMs: number;
  /** From bytes to the next bytes, in ms. */
  readonly byteMs: number;
  readonly totalMs: number;
  readonly maxBytes: number;
};

export type AnswerRequest = {
  /** Sends the request; its connection closes when the signal aborts. */
  readonly send: (connection: AbortSignal) => Promise<Response>;
  readonly limits: AnswerLimits;
  readonly signal: AbortSignal;
  /** Code of every failure. */
  readonly failure: ErrorCode;
  /** Subject of every message: "the speech server". */
  readonly subject: string;
  /** Never in a message. */
  readonly apiKey: string | undefined;
};

export type Answered = { readonly bytes: Buffer; readonly contentType: string };

/** One answer being read, and its connection: closed as soon as it fails, is aborted or takes too long. */
class AnswerReader {
  readonly #request: AnswerRequest;
  readonly #connection = new AbortController();
  #stopped: StreamError | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(request: AnswerRequest) {
    this.#request = request;
  }

  async read(): Promise<Answered> {
    const { signal, limits, subject } = this.#request;
    const onAbort = (): void =>
      this.#stop(new StreamError('ABORTED', `${subject} was aborted`, { cause: signal.reason }));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    const total = setTimeout(() => this.#fail(`took longer than ${limits.totalMs} ms`), limits.totalMs);
    try {
      if (this.#stopped) throw this.#stopped;
      this.#startTimer(limits.firstByteMs, 'gave nothing');
      const response = await this.#request.send(this.#connection.signal);
      const bytes = await this.#bytesOf(response);
      // An aborted body may end as if it were whole.
      if (this.#stopped) throw this.#stopped;
      return { bytes, contentType: response.headers.get('content-type') ?? '' };
    } catch (error) {
      throw this.#stopped ?? this.#failure(error);
    } finally {
      clearTimeout(total);
      clearTimeout(this.#timer);
      signal.removeEventListener('abort', onAbort);
      this.#connection.abort();
    }
  }

  async #bytesOf(response: Response): Promise<Buffer> {
    const { limits } = this.#request;
    const pieces: Uint8Array[] = [];
    let sizeBytes = 0;
    for await (const piece of response.body ?? []) {
      sizeBytes += piece.length;
      if (sizeBytes > limits.maxBytes) this.#fail(`sent more than ${limits.maxBytes} bytes`);
      if (this.#stopped) break;
      pieces.push(piece);
      if (piece.length > 0) this.#startTimer(limits.byteMs, 'gave nothing more');
    }
    return Buffer.concat(pieces);
  }

  #startTimer(limitMs: number, what: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fail(`${what} for ${limitMs} ms`), limitMs);
  }

  #fail(what: string): void {
    this.#stop(new StreamError(this.#request.failure, `${this.#request.subject} ${what}`));
  }

  #stop(why: StreamError): void {
    this.#stopped ??= why;
    this.#connection.abort();
  }

  /** Without a `cause`: what openai throws holds headers and bodies, in which some servers give the key back. */
  #failure(error: unknown): StreamError {
    if (error instanceof StreamError) return error;
    const { subject, failure, apiKey } = this.#request;
    const status = error instanceof APIError ? error.status : undefined;
    const reason = status === undefined ? deepestMessage(error) : (error as Error).message;
    return new StreamError(
      failure,
      `${subject} ${status === undefined ? 'failed' : 'refused'}: ${safeReason(reason, apiKey)}`,
    );
  }
}

/**
 * All of an answer, within its limits.
 *
 * @throws {StreamError} `failure`: refused, cut off, too slow or too large; `ABORTED`.
 */
export async function readAnswer(request: AnswerRequest): Promise<Answered> {
  return await new AnswerReader(request).read();
}
