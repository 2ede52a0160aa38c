import { StreamError } from '../../errors.ts';
import { deepestMessage, llmFailure, safeReason } from '../remote/provider-error.ts';
import { eventData } from '../remote/server-sent-events.ts';
import { thinkingFilter } from './thinking.ts';

/** An answer nobody would listen to: some two hours of speech. It ends here as if the model had. */
const MAX_ANSWER_LENGTH = 100_000;
/** After the last word, for the end of the response: read to its end, the connection serves the next request. */
const TAIL_MS = 500;

export type AnswerLimits = {
  /** From asking to the first word of the answer, in ms; what a model thinks before does not prolong it. */
  readonly firstTokenMs: number;
  /** From word to word, in ms. */
  readonly tokenMs: number;
};

type Chunk = {
  readonly error?: unknown;
  readonly choices?: readonly {
    readonly delta?: { readonly content?: unknown } | null;
    readonly finish_reason?: string | null;
  }[];
};

/** One streamed answer and its connection, which is closed when the answer ends, fails, is aborted or left. */
export class Answer implements AsyncIterator<string, undefined> {
  readonly #open: (connection: AbortSignal) => Promise<Response>;
  readonly #signal: AbortSignal;
  readonly #limits: AnswerLimits;
  readonly #apiKey: string | undefined;
  readonly #connection = new AbortController();
  readonly #pieces = this.#read();
  readonly #onAbort = (): void => this.#stop(new StreamError('ABORTED', 'the answer was aborted'));
  /** Why it was closed from this side; what the connection then fails with says nothing. */
  #stopped: StreamError | 'left' | 'finished' | undefined;
  #timer: NodeJS.Timeout | undefined;
  #hasText = false;
  #isFinished = false;
  #isOver = false;

  constructor(
    open: (connection: AbortSignal) => Promise<Response>,
    signal: AbortSignal,
    limits: AnswerLimits,
    apiKey: string | undefined,
  ) {
    this.#open = open;
    this.#signal = signal;
    this.#limits = limits;
    this.#apiKey = apiKey;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
  }

  async next(): Promise<IteratorResult<string, undefined>> {
    if (this.#isOver) return { done: true, value: undefined };
    this.#startTimer();
    try {
      const result = this.#stopped ? undefined : await this.#pieces.next();
      // A piece that came together with the abort is not given out any more.
      if (this.#stopped instanceof StreamError) throw this.#stopped;
      if (result === undefined || result.done || this.#stopped) return this.#end();
      return result;
    } catch (error) {
      if (this.#stopped === 'left' || this.#stopped === 'finished') return this.#end();
      const failure = this.#stopped ?? llmFailure(error, this.#apiKey);
      this.#end();
      throw failure;
    } finally {
      clearTimeout(this.#timer);
    }
  }

  /** Closes the connection at once, even while a piece is awaited. */
  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#stop('left');
    return this.#end();
  }

  #startTimer(): void {
    clearTimeout(this.#timer);
    const limitMs = this.#hasText ? this.#limits.tokenMs : this.#limits.firstTokenMs;
    const awaited = this.#hasText ? 'nothing more' : 'nothing';
    const which = this.#hasText ? 'from word to word' : 'for the first word';
    this.#timer = setTimeout(
      () =>
        this.#stop(
          new StreamError('LLM_FAILED', `the language model wrote ${awaited} in ${limitMs} ms, its limit ${which}`),
        ),
      limitMs,
    );
  }

  #stop(why: StreamError | 'left' | 'finished'): void {
    this.#stopped ??= why;
    this.#connection.abort();
  }

  #end(): IteratorReturnResult<undefined> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#connection.abort();
    return { done: true, value: undefined };
  }

  async *#read(): AsyncGenerator<string, undefined> {
    const response = await this.#open(this.#connection.signal);
    const type = response.headers.get('content-type') ?? '';
    if (response.body === null || /json|html/.test(type))
      throw new StreamError(
        'LLM_FAILED',
        `the language model sent '${safeReason(type, this.#apiKey)}' instead of a stream`,
      );
    const withoutThoughts = thinkingFilter();
    let length = 0;
    try {
      for await (const data of eventData(response.body)) {
        if (this.#isFinished || data === '[DONE]') {
          this.#finish();
          continue;
        }
        const { text, finishReason } = this.#parse(data);
        const piece = withoutThoughts(text).slice(0, MAX_ANSWER_LENGTH - length);
        length += piece.length;
        if (piece !== '') {
          this.#hasText = true;
          yield piece;
        }
        if (length >= MAX_ANSWER_LENGTH) return;
        if (finishReason === 'content_filter' && !this.#hasText)
          throw new StreamError('LLM_FAILED', 'the language model gave no answer: its content filter refused');
        if (finishReason) this.#finish();
      }
    } catch (error) {
      if (!this.#isFinished) throw this.#cutOff(error);
    }
    if (this.#stopped instanceof StreamError) return;
    if (!this.#isFinished) throw this.#cutOff();
    if (!this.#hasText) throw new StreamError('LLM_FAILED', 'the language model gave an empty answer');
  }

  /** The answer is whole: what still comes is only read for the connection's sake. */
  #finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#stop('finished'), TAIL_MS);
  }

  #cutOff(error?: unknown): StreamError {
    if (error instanceof StreamError) return error;
    const reason = error === undefined ? '' : `: ${safeReason(deepestMessage(error), this.#apiKey)}`;
    return new StreamError('LLM_FAILED', `the language model's answer was cut off${reason}`);
  }

  #parse(data: string): { text: string; finishReason: string | null | undefined } {
    let chunk: Chunk | null;
    try {
      chunk = JSON.parse(data) as Chunk | null;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw new StreamError(
        'LLM_FAILED',
        `the language model sent what is not JSON: ${safeReason(data, this.#apiKey)}`,
      );
    }
    if (chunk?.error) {
      const { message } = chunk.error as { message?: unknown };
      const reason = typeof message === 'string' ? message : JSON.stringify(chunk.error);
      throw new StreamError('LLM_FAILED', `the language model failed: ${safeReason(reason, this.#apiKey)}`);
    }
    const choice = chunk?.choices?.[0];
    const content = choice?.delta?.content;
    return { text: typeof content === 'string' ? content : '', finishReason: choice?.finish_reason };
  }
}
