import { type ServerResponse, STATUS_CODES } from 'node:http';
import { type ErrorCode, StreamError } from '../errors.ts';
import { isExhausted } from '../lib/exhaustion.ts';
import { storageFault } from '../lib/storage-error.ts';

/** HTTP status of each error code: a new code without a status does not compile. */
const STATUS = {
  BOX_MALFORMED: 422,
  MEDIA_UNSUPPORTED: 415,
  MEDIA_TOO_LONG: 422,
  PROFILE_TOO_LARGE: 422,
  SEGMENT_TOO_LONG: 500,
  TIMELINE_BROKEN: 500,
  PLAYLIST_INVALID: 500,
  ENCODER_MISSING: 503,
  ENCODER_FAILED: 500,
  ENCODER_STALLED: 500,
  SPEECH_FAILED: 502,
  AVATAR_FAILED: 502,
  LLM_FAILED: 502,
  ASR_FAILED: 502,
  ASR_UNAVAILABLE: 501,
  REQUEST_INVALID: 400,
  BODY_TOO_LARGE: 413,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  SESSION_EXISTS: 409,
  SESSION_NOT_FOUND: 404,
  SESSION_ENDED: 409,
  SESSION_LIMIT: 503,
  QUEUE_FULL: 429,
  INDEX_TAKEN: 409,
  TURN_INTERRUPTED: 409,
  PLAYLIST_NOT_READY: 503,
  RECORDING_NOT_READY: 409,
  PLAYLIST_STALLED: 503,
  ENCODING_UNSUPPORTED: 415,
  RANGE_INVALID: 416,
  REQUEST_TIMEOUT: 408,
  HEADERS_TOO_LARGE: 431,
  FORBIDDEN: 403,
  HOST_UNKNOWN: 421,
  UNAUTHORIZED: 401,
  TOKEN_REFUSED: 403,
  RATE_LIMITED: 429,
  CLIENT_LIMIT: 429,
  CONFIG_INVALID: 500,
  DATA_DIR_IN_USE: 500,
  STORAGE_FULL: 507,
  SERVER_BUSY: 503,
  PAGES_MISSING: 503,
  SHUTTING_DOWN: 503,
  ABORTED: 503,
  INTERNAL: 500,
} as const satisfies Record<ErrorCode, number>;

/** Seconds after which it is worth asking again, for each code that passes by itself. */
const RETRY_AFTER_SECONDS: Partial<Record<ErrorCode, number>> = {
  SESSION_LIMIT: 10,
  QUEUE_FULL: 2,
  PLAYLIST_NOT_READY: 1,
  PLAYLIST_STALLED: 1,
  CLIENT_LIMIT: 5,
  SERVER_BUSY: 2,
  RATE_LIMITED: 60,
  SHUTTING_DOWN: 2,
};

export const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';

/** RFC 9457, with the code callers can act on. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
};

export function problem(code: ErrorCode, detail: string, status: number = STATUS[code]): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail, code };
}

/** What a caller is told of an error. What is no StreamError stays inside: its message may name files. */
export function problemOf(error: unknown): Problem {
  if (error instanceof StreamError) return problem(error.code, error.message);
  if (isExhausted(error)) return problem('SERVER_BUSY', 'the server has no descriptors or memory left now: try again');
  const fault = storageFault(error);
  if (fault) return problem('STORAGE_FULL', `the disk fails now (${fault.code}: ${fault.reason}): try again later`);
  return problem('INTERNAL', 'the server failed; its log says why');
}

/** The problem's own headers, as a flat list. @param retryAfter - Seconds, or a date, where they are known better than from the code alone. */
export function problemHeaders({ code, status }: Problem, sizeBytes: number, retryAfter?: string): string[] {
  const headers = [
    'Content-Type',
    PROBLEM_CONTENT_TYPE,
    'Content-Length',
    String(sizeBytes),
    'X-Content-Type-Options',
    'nosniff',
  ];
  const seconds = retryAfter ?? RETRY_AFTER_SECONDS[code] ?? (status === 503 || status === 429 ? 5 : undefined);
  if (seconds !== undefined) headers.push('Retry-After', String(seconds));
  if (status === 401) headers.push('WWW-Authenticate', 'Bearer realm="throughline"');
  return headers;
}

const refusals = new WeakMap<ServerResponse, ErrorCode>();

/** Notes why a request is refused, for whoever counts answers. */
export function noteRefusal(res: ServerResponse, code: ErrorCode): void {
  refusals.set(res, code);
}

/** `undefined` for what was not refused; that costs nothing to find out. */
export function refusalOf(res: ServerResponse): ErrorCode | undefined {
  return res.statusCode < 400 ? undefined : refusals.get(res);
}
