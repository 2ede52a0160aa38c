/** Every way this server can refuse or fail, as a closed list; `http/problem.ts` holds the HTTP status of each. */
export const ERROR_CODES = [
  // media
  'BOX_MALFORMED',
  'MEDIA_UNSUPPORTED',
  'MEDIA_TOO_LONG',
  'PROFILE_TOO_LARGE',
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
  'HOST_UNKNOWN',
  'UNAUTHORIZED',
  'TOKEN_REFUSED',
  'RATE_LIMITED',
  'CLIENT_LIMIT',
  // the server itself
  'CONFIG_INVALID',
  'DATA_DIR_IN_USE',
  'STORAGE_FULL',
  'SERVER_BUSY',
  'PAGES_MISSING',
  'SHUTTING_DOWN',
  'ABORTED',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** The one error class: what failed (`message`: subject, value with unit, limit), and a code callers can act on. */
export class StreamError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'StreamError';
    this.code = code;
  }
}
