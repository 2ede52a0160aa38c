import { setTimeout as delay } from 'node:timers/promises';
import { type FailureKind, StreamError } from '../../errors.ts';
import type { Waiting } from '../providers.ts';
import { type ProviderName, providerFailure } from '../remote/provider-error.ts';
import { refusalIn } from '../remote/provider-refusal.ts';
import type { AnswerFilter } from './answer-filter.ts';
import { answerPieces } from './answer-pieces.ts';

/** A server that has answered before and can't be reached is being restarted, perhaps: so long it is asked again, this often. */
const RESTART_MS = 15_000;
const RESTART_POLL_MS = 1000;
/** After the last word, for the end of the response: read to its end, the connection serves the next request. */
const TAIL_MS = 500;

export type AnswerLimits = {
  /** Longest silence of the server before the first word of the answer, in ms; it may be loading the model. */
  readonly firstTokenMs: number;
  /** Longest silence after that, in ms. */
  readonly tokenMs: number;
  /** Longest time without a word from a server that keeps sending: thoughts, or signs of life, in ms. */
  readonly thinkingMs: number;
  /** How long a server that says that it loads, or when to come back, is asked again, in ms. */
  readonly loadingMs: number;
};

export type AnswerOptions = {
  /** Sends the request; its connection closes when the signal aborts. */
  readonly open: (connection: AbortSignal) => Promise<Response>;
  /** Whether the request is worth sending again at once after this error, since it will go to another model. */
  readonly passOver: (error: unknown) => boolean;
  readonly signal: AbortSignal;
  readonly limits: AnswerLimits;
  readonly name: ProviderName;
  /** Tells what of the answer's text is for the listener: a new one for each time it is asked. */
  readonly filter: () => AnswerFilter;
  /** What is known of the server, from all its answers. */
  readonly server: { hasAnswered: boolean };
  readonly onWaiting: ((waiting: Waiting) => void) | undefined;
};

/** One streamed answer and its connection, which is closed when the answer ends, fails, is aborted or left. */
export class Answer implements AsyncIterator<string, undefined> {
  readonly #options: AnswerOptions;
  readonly #connection = new AbortController();
  readonly #pieces = this.#read();
  readonly #onAbort = (): void => this.#stop(new StreamError('ABORTED', 'the answer was aborted'));
  /** Why it was closed from this side; what the connection then fails with says nothing. */
  #stopped: StreamError | 'left' | 'finished' | undefined;
  #silence: NodeJS.Timeout | undefined;
  #thinking: NodeJS.Timeout | undefined;
  #hasText = false;
  #hasThought = false;
  #isFinished = false;
  #isOver = false;

  constructor(options: AnswerOptions) {
    this.#options = options;
    const { signal } = options;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    if (signal.aborted) this.#onAbort();
  }

  async next(): Promise<IteratorResult<string, undefined>> {
    if (this.#isOver) return { done: true, value: undefined };
    this.#watchSilence();
    try {
      const result = this.#stopped ? undefined : await this.#pieces.next();
      // A piece that came together with the abort is not given out any more.
      if (this.#stopped instanceof StreamError) throw this.#stopped;
      if (result === undefined || result.done || this.#stopped) return this.#end();
      return result;
    } catch (error) {
      if (this.#stopped === 'left' || this.#stopped === 'finished') return this.#end();
      const failure = this.#stopped ?? providerFailure(error, this.#options.name);
      this.#end();
      throw failure;
    } finally {
      this.#rest();
    }
  }

  /** Closes the connection at once, even while a piece is awaited. */
  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#stop('left');
    return this.#end();
  }

  /** Time counts from now on, until something comes. */
  #watchSilence(): void {
    if (this.#isFinished) {
      this.#watchTail();
      return;
    }
    const { firstTokenMs, tokenMs } = this.#options.limits;
    const limitMs = this.#hasText ? tokenMs : firstTokenMs;
    const awaited = this.#hasText ? 'nothing more' : 'nothing';
    const which = this.#hasText ? 'from word to word' : 'for the first word';
    this.#rest();
    this.#silence = setTimeout(
      () => this.#fail(`wrote ${awaited} in ${limitMs} ms, its limit ${which}`, 'timeout'),
      limitMs,
    );
  }

  /** A server that sends is no silent one; but it is to come to a word at last. */
  #onBytes(): void {
    if (this.#isFinished) return;
    const { thinkingMs } = this.#options.limits;
    this.#silence?.refresh();
    this.#thinking ??= setTimeout(
      () => this.#fail(`wrote no word in ${thinkingMs} ms, though it kept sending`, 'thinking'),
      thinkingMs,
    );
  }

  /** No time counts: nobody waits, or the server said when to come back. */
  #rest(): void {
    clearTimeout(this.#silence);
    clearTimeout(this.#thinking);
    this.#silence = undefined;
    this.#thinking = undefined;
  }

  #fail(what: string, kind: FailureKind): void {
    const { failure, subject } = this.#options.name;
    this.#stop(new StreamError(failure, `${subject} ${what}`, { kind }));
  }

  #stop(why: StreamError | 'left' | 'finished'): void {
    this.#stopped ??= why;
    this.#connection.abort();
  }

  #end(): IteratorReturnResult<undefined> {
    this.#isOver = true;
    this.#rest();
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#connection.abort();
    return { done: true, value: undefined };
  }

  /** Asks until the server answers, or says that it will not in time. */
  async *#read(): AsyncGenerator<string, undefined> {
    const startedMs = performance.now();
    for (let asked = 1; ; asked++) {
      try {
        yield* this.#ask();
        return;
      } catch (error) {
        if (this.#hasText || this.#stopped) throw error;
        if (this.#options.passOver(error)) continue;
        await this.#waitToAskAgain(error, asked, performance.now() - startedMs);
      }
    }
  }

  async *#ask(): AsyncGenerator<string, undefined> {
    const { open, server } = this.#options;
    const response = await open(this.#connection.signal);
    server.hasAnswered = true;
    const pieces = answerPieces(response, {
      name: this.#options.name,
      filter: this.#options.filter(),
      onBytes: () => this.#onBytes(),
      onThought: () => this.#thought(),
      onFinished: () => this.#finished(),
    });
    for await (const piece of pieces) {
      this.#hasText = true;
      yield piece;
    }
  }

  /** @throws `error`, when there is nothing to wait for; {StreamError} when it would take too long. */
  async #waitToAskAgain(error: unknown, asked: number, waitedMs: number): Promise<void> {
    const { limits, name, onWaiting } = this.#options;
    const refusal = refusalIn(error);
    const againMs = refusal === undefined ? this.#restartMs(error, waitedMs) : refusal.againMs(asked);
    if (againMs === undefined) throw error;
    if (waitedMs + againMs > limits.loadingMs) {
      const { message } = providerFailure(error, name);
      const kind = refusal?.kind === 'loading' ? 'loading' : 'unavailable';
      throw new StreamError(name.failure, `${message}; it is waited for at most ${limits.loadingMs} ms`, { kind });
    }
    this.#rest();
    onWaiting?.({
      kind: refusal === undefined ? 'unreachable' : refusal.kind === 'loading' ? 'loading' : 'busy',
      againMs,
    });
    await delay(againMs, undefined, { signal: this.#connection.signal });
    this.#watchSilence();
  }

  #restartMs(error: unknown, waitedMs: number): number | undefined {
    const { name, server } = this.#options;
    if (!server.hasAnswered || providerFailure(error, name).kind !== 'unreachable') return undefined;
    if (waitedMs + RESTART_POLL_MS < RESTART_MS) return RESTART_POLL_MS;
    // The next question does not wait for it once more.
    server.hasAnswered = false;
    return undefined;
  }

  #thought(): void {
    if (this.#hasThought || this.#hasText) return;
    this.#hasThought = true;
    this.#options.onWaiting?.({ kind: 'thinking' });
  }

  #finished(): void {
    this.#isFinished = true;
    this.#watchTail();
  }

  #watchTail(): void {
    this.#rest();
    this.#silence = setTimeout(() => this.#stop('finished'), TAIL_MS);
  }
}
