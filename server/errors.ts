/** Every way this server can refuse or fail, as a closed list; `http/problem.ts` holds the HTTP status of each. */
export const ERROR_CODES = [
  // media
  'BOX_MALFORMED',
  'MEDIA_UNSUPPORTED',
  'MEDIA_TOO_LONG',
  'SEGMENT_TOO_LONG',
  'TIMELINE_BROKEN',
  'PLAYLIST_INVALID',
  // encoder
  'ENCODER_MISSING',
  'ENCODER_FAILED',
  'ENCODER_STALLED',
  // speech
  'SPEECH_FAILED',
  'AVATAR_FAILED',
  'LLM_FAILED',
  'ASR_FAILED',
  'ASR_UNAVAILABLE',
  // requests
  'REQUEST_INVALID',
  'BODY_TOO_LARGE',
  'NOT_FOUND',
  'METHOD_NOT_ALLOWED',
  'SESSION_EXISTS',
  'SESSION_NOT_FOUND',
  'SESSION_ENDED',
  'SESSION_LIMIT',
  'QUEUE_FULL',
  'INDEX_TAKEN',
  'TURN_INTERRUPTED',
  'PLAYLIST_NOT_READY',
  'RECORDING_NOT_READY',
  'PLAYLIST_STALLED',
  'ENCODING_UNSUPPORTED',
  'RANGE_INVALID',
  'REQUEST_TIMEOUT',
  'HEADERS_TOO_LARGE',
  'FORBIDDEN',
  'UNAUTHORIZED',
  'TOKEN_REFUSED',
  'RATE_LIMITED',
  'CLIENT_LIMIT',
  // the server itself
  'CONFIG_INVALID',
  'STORAGE_FULL',
  'PAGES_MISSING',
  'SHUTTING_DOWN',
  'ABORTED',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** How a provider failed, where the code only says which. Events and `http/public-reason.ts` tell viewers this instead of the message. */
export const FAILURE_KINDS = [
  /** No connection, or none that lasted until an answer began. */
  'unreachable',
  'cut_off',
  /** Silent for longer than its limit. */
  'timeout',
  /** It thought for longer than its limit, without a word of answer. */
  'thinking',
  /** Still loading when the wait for it was over. */
  'loading',
  /** Overloaded for the moment. */
  'busy',
  /** It asked to come back later than anybody waits. */
  'unavailable',
  'quota',
  'unauthorized',
  'not_found',
  /** It does not take this request, and would not take it again. */
  'refused',
  /** An error of its own (5xx). */
  'failed',
  /** It answered, in a form that can't be used. */
  'wrong_answer',
  /** It answered with nothing: no text, no sound, silence. */
  'empty',
] as const;

export type FailureKind = (typeof FAILURE_KINDS)[number];

export type StreamErrorOptions = { readonly cause?: unknown; readonly kind?: FailureKind | undefined };

/** The one error class: what failed (`message`: subject, value with unit, limit), and a code callers can act on. */
export class StreamError extends Error {
  readonly code: ErrorCode;
  /** Of a provider's failure. */
  readonly kind: FailureKind | undefined;

  constructor(code: ErrorCode, message: string, options?: StreamErrorOptions) {
    super(message, options);
    this.name = 'StreamError';
    this.code = code;
    this.kind = options?.kind;
  }
}
