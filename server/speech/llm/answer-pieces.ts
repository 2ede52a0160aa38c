import { StreamError } from '../../errors.ts';
import { type Frame, framesOf } from '../remote/frames.ts';
import { connectionKind, deepestMessage, type ProviderName, safeReason } from '../remote/provider-error.ts';
import { ProviderRefusal } from '../remote/provider-refusal.ts';
import { endsWhole } from '../text/sentence-stream.ts';
import { type AnswerChunk, AnswerText, answerChunk } from './answer-chunk.ts';
import type { AnswerFilter } from './answer-filter.ts';

/** An answer nobody would listen to: some two hours of speech. It ends here as if the model had. */
const MAX_ANSWER_LENGTH = 100_000;
/** Of the end, to see whether a sentence ends there. */
const LAST_LENGTH = 24;

export type PiecesOptions = {
  readonly name: ProviderName;
  /** Tells what of the text is for the listener. */
  readonly filter: AnswerFilter;
  /** Something came, if only to keep the connection open. */
  onBytes(): void;
  /** The model thinks. */
  onThought(): void;
  /** The answer is whole: what still comes is only read for the connection's sake. */
  onFinished(): void;
};

/**
 * The text of a streamed answer, piece by piece, in whatever form OpenAI-compatible servers send it; without thoughts.
 *
 * @throws {StreamError} `LLM_FAILED`: not an answer, an error within it, cut off, empty. {ProviderRefusal} An error before any text.
 */
export async function* answerPieces(response: Response, options: PiecesOptions): AsyncGenerator<string, undefined> {
  yield* new AnswerPieces(response, options).read();
}

class AnswerPieces {
  readonly #response: Response;
  readonly #options: PiecesOptions;
  readonly #text = new AnswerText();
  #length = 0;
  /** The end of what was given. */
  #last = '';
  #isFinished = false;
  /** All of the answer came in one message, which needs nothing to say that it is the last. */
  #isWhole = false;

  constructor(response: Response, options: PiecesOptions) {
    this.#response = response;
    this.#options = options;
  }

  async *read(): AsyncGenerator<string, undefined> {
    try {
      for await (const frame of this.#frames()) {
        const piece = this.#isFinished ? '' : this.#pieceOf(frame);
        if (piece !== '') yield this.#noted(piece);
        if (this.#length >= MAX_ANSWER_LENGTH) return;
      }
    } catch (error) {
      if (this.#length > 0) yield* this.#rest();
      if (!this.#isFinished) throw this.#cutOff(error);
    }
    if (!this.#isFinished && !this.#isWhole) {
      yield* this.#rest();
      // Some servers say nothing at the end, and a connection that was closed in order says enough.
      if (!endsWhole(this.#last)) throw this.#cutOff();
    }
    if (this.#length === 0) throw this.#failure('gave an empty answer', 'empty');
  }

  /** What was held back until it is known whether it is spoken. */
  *#rest(): Generator<string> {
    const rest = this.#isFinished ? '' : this.#bounded(this.#options.filter.end());
    if (rest !== '') yield this.#noted(rest);
  }

  #noted(piece: string): string {
    this.#length += piece.length;
    this.#last = (this.#last + piece).slice(-LAST_LENGTH);
    return piece;
  }

  #frames(): AsyncIterable<Frame> {
    const { body, headers } = this.#response;
    const { name, onBytes } = this.#options;
    const type = safeReason(headers.get('content-type') ?? 'no content type', name.apiKey);
    const unframed = (): StreamError => this.#failure(`sent '${type}' instead of a stream`, 'wrong_answer');
    if (body === null || /\bhtml\b/i.test(type)) throw unframed();
    return framesOf(body, { ...name, unframed, onBytes });
  }

  #pieceOf({ data, event, isEvent }: Frame): string {
    const { filter } = this.#options;
    if (/^"?\[?DONE\]?"?$/i.test(data.trim())) {
      this.#finish();
      return this.#bounded(filter.end());
    }
    const chunk = this.#parse(data);
    if (chunk.error !== undefined || event === 'error') throw this.#errorWithin(data, chunk.error ?? data);
    if (chunk.isThought) filter.thoughtsAreApart();
    if (chunk.isWhole && !isEvent) filter.comesWhole();
    const spoken = filter.push(this.#text.next(chunk));
    const isLast = chunk.finishReason !== undefined || (chunk.isWhole && !isEvent);
    const piece = this.#bounded(isLast ? spoken + filter.end() : spoken);
    if (piece === '' && (chunk.isThought || filter.isThinking)) this.#options.onThought();
    if (chunk.isWhole && !isEvent) this.#isWhole = true;
    if (chunk.finishReason === 'content_filter' && this.#length + piece.length === 0)
      throw this.#failure('gave no answer: its content filter refused', 'refused');
    if (chunk.finishReason !== undefined) this.#finish();
    return piece;
  }

  #bounded(piece: string): string {
    return piece.slice(0, MAX_ANSWER_LENGTH - this.#length);
  }

  #parse(data: string): AnswerChunk {
    try {
      return answerChunk(JSON.parse(data));
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      throw this.#failure(`sent what is not JSON: ${this.#safe(data)}`, 'wrong_answer');
    }
  }

  /** Gateways that have begun to answer can tell no status any more: before the first word, it is a refusal like any other. */
  #errorWithin(data: string, reason: string): Error {
    const { status, headers } = this.#response;
    if (this.#length === 0) return new ProviderRefusal({ status, headers, body: data, isWithin: true });
    return this.#failure(`failed: ${this.#safe(reason)}`, 'failed');
  }

  #finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#options.onFinished();
  }

  #cutOff(error?: unknown): Error {
    if (error instanceof StreamError || error instanceof ProviderRefusal) return error;
    const reason = error === undefined ? '' : `: ${this.#safe(deepestMessage(error))}`;
    const { failure, subject } = this.#options.name;
    return new StreamError(failure, `${subject}'s answer was cut off${reason}`, {
      kind: connectionKind(error, 'cut_off'),
    });
  }

  #failure(what: string, kind: NonNullable<StreamError['kind']>): StreamError {
    const { failure, subject } = this.#options.name;
    return new StreamError(failure, `${subject} ${what}`, { kind });
  }

  #safe(text: string): string {
    return safeReason(text, this.#options.name.apiKey);
  }
}
