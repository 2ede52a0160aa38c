import type { IncomingHttpHeaders } from 'node:http';

/** What was asked of the test server. */
export type OpenAiEndpoint = 'chat' | 'speech' | 'transcription' | 'models' | 'unknown';

/** How one request is answered. All of it is optional; what does not fit the endpoint is ignored. */
export type OpenAiScript = {
  // What is answered
  /** Chat: the answer, sent word by word. Transcription: what was heard. */
  readonly text?: string;
  /** Chat: the answer as exactly these pieces. */
  readonly pieces?: readonly string[];
  /** Chat: thoughts sent before the answer; no part of it. */
  readonly reasoning?: readonly string[];
  /** Chat: the field that thoughts come in, `reasoning_content` unless given. */
  readonly reasoningField?: string;
  /** Chat: so many comments before the answer, as gateways send them to keep the connection open. */
  readonly keepAlives?: number;
  /** Chat: `stop` unless given; `null`: none is sent, as some servers do. */
  readonly finishReason?: 'stop' | 'length' | 'content_filter' | null;
  /** Chat: no `data: [DONE]` at the end. */
  readonly noDone?: boolean;
  /** Chat: raw `data:` payloads after the pieces, such as `{"error":{"message":"overloaded"}}`. */
  readonly rawData?: readonly string[];
  /** Models: their ids, or whole entries; transcription: the language in `verbose_json`. */
  readonly models?: readonly (string | object)[];
  readonly language?: string;
  /** Speech: sound for each character of the text, 55 ms unless given; the bytes themselves with `sound`. */
  readonly characterMs?: number;
  /** Speech: these bytes instead of the tone, as they are. */
  readonly sound?: Uint8Array;
  /** Speech: sample rate of the tone, 24,000 Hz unless given. */
  readonly audioRate?: number;
  /** Speech, wav: sizes of 0xFFFFFFFF in the header, as OpenAI streams it. */
  readonly unknownWavSize?: boolean;

  // When
  /** Before the headers: of any endpoint. */
  readonly headersMs?: number;
  /** Chat: from the headers to the first piece. */
  readonly firstTokenMs?: number;
  /** From one piece to the next: of the answer, or 100 ms of sound. */
  readonly pieceMs?: number;
  /** From one thought or comment to the next. */
  readonly reasoningMs?: number;
  /** Speech: from the headers to the first sound. */
  readonly speechMs?: number;
  /** Speech: as many times faster than it plays; absent: as fast as it is read. */
  readonly speechRate?: number;

  // What goes wrong
  /** Answered with this HTTP status and `body` (text as it is, anything else as JSON). */
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The answer has no `Content-Type`. */
  readonly untyped?: boolean;
  /** Nothing ever comes back. */
  readonly hangBeforeHeaders?: boolean;
  /** Silence after so many pieces; 0: after the headers. */
  readonly hangAfterPieces?: number;
  /** The socket is destroyed after so many pieces; 0: after the headers. */
  readonly cutAfterPieces?: number;
  /** The answer ends cleanly, but unfinished (no finish_reason, no `[DONE]`), after so many pieces. */
  readonly endAfterPieces?: number;
  /** All is sent, but the response never ends. */
  readonly hangAtEnd?: boolean;
  /** Bytes come in runs of 1 to 11: split within `data:`, within a character and within a sample; chat has comments and CRLF too. */
  readonly oddPieces?: boolean;
};

export type OpenAiUpload = {
  readonly sizeBytes: number;
  readonly filename: string;
  readonly contentType: string;
  /** The other fields of the form. */
  readonly fields: Readonly<Record<string, string>>;
};

/** One request, as the server saw it; filled in while it is answered. Times are `Date.now()`. */
export type OpenAiRequest = {
  readonly endpoint: OpenAiEndpoint;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly authorization?: string;
  /** Parsed JSON; `undefined` for a form or none. */
  readonly body: unknown;
  readonly upload?: OpenAiUpload;
  readonly startedAtMs: number;
  /** The first piece of text or sound was sent. */
  firstPieceAtMs?: number;
  piecesSent: number;
  /** All of the answer was handed to the client. */
  answeredAtMs?: number;
  /** The client closed the connection before that. */
  closedByClientAtMs?: number;
  /** Resolves when it was answered, cut or closed. */
  readonly over: Promise<void>;
};

export type OpenAiBehaviour = OpenAiScript | ((request: OpenAiRequest) => OpenAiScript);

type ChatBody = { readonly messages?: readonly { readonly role?: string; readonly content?: unknown }[] };

/** The text of the last message of a chat request. */
export function lastUserText(body: unknown): string {
  const content = (body as ChatBody | undefined)?.messages?.findLast(({ role }) => role === 'user')?.content;
  return typeof content === 'string' ? content : JSON.stringify(content ?? '');
}

/** What chat answers unless told otherwise: three sentences, one of them naming what was asked. */
export function defaultAnswer(body: unknown): string {
  return `You said: ${lastUserText(body).slice(0, 200)}. This is the test server speaking. It has nothing more to say.`;
}
