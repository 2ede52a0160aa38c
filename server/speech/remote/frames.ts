import { StreamError } from '../../errors.ts';
import { JsonSplitter } from './json-splitter.ts';
import type { ProviderName } from './provider-error.ts';

/** Longest line, event or JSON value that is still one of a chat; beyond it something else is being sent. */
const MAX_LENGTH = 1_000_000;
/** Events that only keep the connection open. */
const KEEP_ALIVE = /^(?:ping|keep-?alive|heartbeat)$/i;
/** Begins each value of a JSON text sequence. */
const RECORD_SEPARATOR = 0x1e;
/** How a line of an event stream begins. */
const FIELD = /^(?:data|event|id|retry)?:/;
const FIELD_BEGINNINGS = ['data:', 'event:', 'id:', 'retry:', ':'];

/** One message of an answer. */
export type Frame = {
  /** JSON mostly; `[DONE]`. */
  readonly data: string;
  /** Its name, in an event stream. */
  readonly event?: string;
  /** False: it came as bare JSON, which says by itself where it ends. */
  readonly isEvent: boolean;
};

export type FrameOptions = Pick<ProviderName, 'failure' | 'subject'> & {
  /** What to do with a body that is neither an event stream nor JSON, given its beginning. */
  readonly unframed: (beginning: string) => StreamError;
  /** Something came, if only to keep the connection open. */
  readonly onBytes?: () => void;
  readonly maxLength?: number;
};

/**
 * The messages of an answer, however they are framed: an event stream (WHATWG HTML 9.2.6), JSON lines, a JSON text sequence (RFC 7464),
 * a list, or one value. Its bytes say which: what servers call it does not count, and what keeps the connection open is left out.
 * Leaving the loop cancels `body`, and so closes the connection. What `body` fails with is thrown as it is.
 *
 * @throws {StreamError} `failure` on a line, an event or a value without end; what `unframed` gives.
 */
export async function* framesOf(body: ReadableStream<Uint8Array>, options: FrameOptions): AsyncGenerator<Frame> {
  const decoder = new TextDecoder();
  let reader: FrameReader | undefined;
  let beginning = '';
  for await (const bytes of body) {
    options.onBytes?.();
    let text = decoder.decode(bytes, { stream: true });
    if (reader === undefined) {
      beginning = (beginning + text).trimStart();
      reader = readerFor(beginning, options);
      if (reader === undefined) continue;
      text = beginning;
    }
    yield* reader.read(text);
  }
  if (reader === undefined && beginning !== '') throw options.unframed(beginning);
  yield* reader?.end() ?? [];
}

type FrameReader = { read(text: string): Iterable<Frame>; end(): Iterable<Frame> };

/** @returns `undefined` while it could still be either. */
function readerFor(beginning: string, options: FrameOptions): FrameReader | undefined {
  if (beginning === '') return undefined;
  if (/^[{[]/.test(beginning) || beginning.charCodeAt(0) === RECORD_SEPARATOR) return new JsonReader(options);
  if (FIELD.test(beginning)) return new EventReader(options);
  if (FIELD_BEGINNINGS.some((name) => name.startsWith(beginning))) return undefined;
  throw options.unframed(beginning);
}

class JsonReader implements FrameReader {
  readonly #splitter: JsonSplitter;

  constructor(options: FrameOptions) {
    this.#splitter = new JsonSplitter(options.maxLength ?? MAX_LENGTH, () => tooLong('a JSON value', options));
  }

  *read(text: string): Iterable<Frame> {
    for (const data of this.#splitter.read(text)) yield { data, isEvent: false };
  }

  *end(): Iterable<Frame> {
    const data = this.#splitter.rest;
    if (data !== '') yield { data, isEvent: false };
  }
}

class EventReader implements FrameReader {
  readonly #options: FrameOptions;
  #rest = '';
  #event: string | undefined;
  #data: string[] = [];
  #length = 0;

  constructor(options: FrameOptions) {
    this.#options = options;
  }

  *read(text: string): Iterable<Frame> {
    // A CR at the very end may be half of a CRLF: it waits for what follows.
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > this.#maxLength) throw tooLong('a line', this.#options);
    for (const line of lines) yield* this.#line(line);
  }

  /** The standard drops an event without its blank line; servers that close right after their last line are common enough. */
  *end(): Iterable<Frame> {
    yield* this.#line(this.#rest.trimEnd());
    yield* this.#dispatch();
  }

  get #maxLength(): number {
    return this.#options.maxLength ?? MAX_LENGTH;
  }

  *#line(line: string): Iterable<Frame> {
    if (line === '') yield* this.#dispatch();
    // Not of the standard, but of gateways: JSON without its field name.
    else if (line.startsWith('{')) yield { data: line, isEvent: true };
    else if (line.startsWith('data:')) yield* this.#add(line.slice(line[5] === ' ' ? 6 : 5));
    else if (line.startsWith('event:')) this.#event = line.slice(6).trim();
  }

  /** Some servers end events by one line feed: a line that is a whole value, and is followed by another, is an event. */
  *#add(data: string): Iterable<Frame> {
    const line = this.#data.length === 1 ? this.#data[0] : undefined;
    if (line !== undefined && /^(?:\{|\[DONE\])/.test(data) && isJson(line)) yield* this.#dispatch();
    this.#data.push(data);
    this.#length += data.length + 1;
    if (this.#length > this.#maxLength) throw tooLong('an event', this.#options);
  }

  *#dispatch(): Iterable<Frame> {
    const data = this.#data.join('\n');
    const event = this.#event;
    this.#data = [];
    this.#length = 0;
    this.#event = undefined;
    // Gateways pass on the comments of other servers as data: `data: : OPENROUTER PROCESSING`.
    if (data.trim() === '' || data.startsWith(':') || KEEP_ALIVE.test(event ?? '')) return;
    yield { data, isEvent: true, ...(event !== undefined && event !== '' && { event }) };
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

function tooLong(what: string, { failure, subject, maxLength = MAX_LENGTH }: FrameOptions): StreamError {
  return new StreamError(failure, `${subject} sent ${what} that is longer than ${maxLength} characters`, {
    kind: 'wrong_answer',
  });
}
