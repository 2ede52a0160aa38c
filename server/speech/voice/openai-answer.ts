import { setTimeout as delay } from 'node:timers/promises';
import OpenAI from 'openai';
import { type FailureKind, StreamError } from '../../errors.ts';
import type { Waiting } from '../providers.ts';
import { fetchOrRefusal } from '../remote/bounded-fetch.ts';
import {
  connectionKind,
  deepestMessage,
  type ProviderName,
  providerFailure,
  safeReason,
} from '../remote/provider-error.ts';
import { refusalIn } from '../remote/provider-refusal.ts';

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
    fetch: fetchOrRefusal,
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

export type AnswerRequest = ProviderName & {
  /** Sends the request; its connection closes when the signal aborts. */
  readonly send: (connection: AbortSignal) => Promise<Response>;
  readonly limits: AnswerLimits;
  readonly signal: AbortSignal;
  /** Called when the server says that it loads, or when to come back. */
  readonly onWaiting?: ((waiting: Waiting) => void) | undefined;
};

export type Answered = {
  readonly bytes: Buffer;
  readonly contentType: string;
  /** Another header; `null`: there is none. */
  readonly header: (name: string) => string | null;
};

/** One answer being read, and its connection: closed as soon as it fails, is aborted or takes too long. */
class AnswerReader {
  readonly #request: AnswerRequest;
  readonly #connection = new AbortController();
  readonly #startedMs = performance.now();
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
    const total = setTimeout(() => this.#fail(`took longer than ${limits.totalMs} ms`, 'timeout'), limits.totalMs);
    try {
      if (this.#stopped) throw this.#stopped;
      this.#startTimer(limits.firstByteMs, 'gave nothing');
      const response = await this.#response();
      const bytes = await this.#bytesOf(response);
      // An aborted body may end as if it were whole.
      if (this.#stopped) throw this.#stopped;
      const { headers } = response;
      return { bytes, contentType: headers.get('content-type') ?? '', header: (name) => headers.get(name) };
    } catch (error) {
      throw this.#stopped ?? providerFailure(error, this.#request);
    } finally {
      clearTimeout(total);
      clearTimeout(this.#timer);
      signal.removeEventListener('abort', onAbort);
      this.#connection.abort();
    }
  }

  /** Asks until the server answers, within the time to its first byte. */
  async #response(): Promise<Response> {
    const { send, onWaiting } = this.#request;
    for (let asked = 1; ; asked++) {
      try {
        return await send(this.#connection.signal);
      } catch (error) {
        const refusal = refusalIn(error);
        const againMs = refusal?.againMs(asked);
        if (refusal === undefined || againMs === undefined || this.#stopped) throw error;
        if (!this.#hasTimeFor(againMs)) throw error;
        onWaiting?.({ kind: refusal.kind === 'loading' ? 'loading' : 'busy', againMs });
        await delay(againMs, undefined, { signal: this.#connection.signal });
      }
    }
  }

  #hasTimeFor(againMs: number): boolean {
    return performance.now() - this.#startedMs + againMs < this.#request.limits.firstByteMs;
  }

  async #bytesOf(response: Response): Promise<Buffer> {
    const { limits } = this.#request;
    const pieces: Uint8Array[] = [];
    let sizeBytes = 0;
    try {
      for await (const piece of response.body ?? []) {
        sizeBytes += piece.length;
        if (sizeBytes > limits.maxBytes) this.#fail(`sent more than ${limits.maxBytes} bytes`, 'wrong_answer');
        if (this.#stopped) break;
        pieces.push(piece);
        if (piece.length > 0) this.#startTimer(limits.byteMs, 'gave nothing more');
      }
    } catch (error) {
      throw this.#cutOff(error);
    }
    return Buffer.concat(pieces);
  }

  #cutOff(error: unknown): StreamError {
    const { failure, subject, apiKey } = this.#request;
    return new StreamError(failure, `${subject} failed: ${safeReason(deepestMessage(error), apiKey)}`, {
      kind: connectionKind(error, 'cut_off'),
    });
  }

  #startTimer(limitMs: number, what: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fail(`${what} for ${limitMs} ms`, 'timeout'), limitMs);
  }

  #fail(what: string, kind: FailureKind): void {
    this.#stop(new StreamError(this.#request.failure, `${this.#request.subject} ${what}`, { kind }));
  }

  #stop(why: StreamError): void {
    this.#stopped ??= why;
    this.#connection.abort();
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
