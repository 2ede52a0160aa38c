import { type ErrorCode, type FailureKind, StreamError } from '../../errors.ts';
import { refusalIn } from './provider-refusal.ts';

/** What a provider's own words may take up of a message. */
const MAX_REASON_LENGTH = 300;

/** Codes of Node and undici for connections that were, and ended. */
const CUT_OFF = /^(?:ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|HPE_\w+|Z_\w+)$/;
const TIMEOUT = /^(?:ETIMEDOUT|UND_ERR_(?:HEADERS|BODY)_TIMEOUT)$/;

/** Which provider it is about, in messages and to callers. */
export type ProviderName = {
  /** Code of every failure. */
  readonly failure: ErrorCode;
  /** Subject of every message: "the speech server". */
  readonly subject: string;
  /** Never in a message. */
  readonly apiKey: string | undefined;
};

/** A text of the provider's that can be logged and shown: one line, bounded, without the key or passwords in URLs. */
export function safeReason(text: string, apiKey: string | undefined): string {
  const open = apiKey === undefined || apiKey === '' ? text : text.replaceAll(apiKey, '[key]');
  return open
    .replace(/\/\/[^/@\s]+@/g, '//[login]@')
    .replace(/\b(sk|pk|gsk|xai)-[\w*.…-]{4,}/g, '[key]')
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim()
    .slice(0, MAX_REASON_LENGTH);
}

function deepest(error: unknown): unknown {
  let inner = error;
  for (let depth = 0; depth < 5 && inner instanceof Error && inner.cause instanceof Error; depth++) inner = inner.cause;
  return inner;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** What really went wrong is often the cause of a cause: `fetch failed` says nothing, `connect ECONNREFUSED 127.0.0.1:11434` does. */
export function deepestMessage(error: unknown): string {
  const inner = deepest(error);
  if (!(inner instanceof Error)) return String(inner);
  // An AggregateError (localhost as ::1 and 127.0.0.1) has no message of its own.
  return inner.message || (codeOf(inner) ?? inner.name);
}

/** @param otherwise - Of an error that does not say. */
export function connectionKind(error: unknown, otherwise: FailureKind): FailureKind {
  const code = codeOf(deepest(error)) ?? '';
  if (CUT_OFF.test(code)) return 'cut_off';
  if (TIMEOUT.test(code)) return 'timeout';
  return otherwise;
}

/**
 * Why a request failed, with the status and message of the provider. It has no `cause`: what openai throws holds headers and bodies,
 * in which some servers give the key back.
 */
export function providerFailure(error: unknown, { failure, subject, apiKey }: ProviderName): StreamError {
  if (error instanceof StreamError) return error;
  const refusal = refusalIn(error);
  if (refusal === undefined)
    return new StreamError(failure, `${subject} failed: ${safeReason(deepestMessage(error), apiKey)}`, {
      kind: connectionKind(error, 'unreachable'),
    });
  const { message, kind, isWithin } = refusal;
  return new StreamError(failure, `${subject} ${isWithin ? 'failed' : 'refused'}: ${safeReason(message, apiKey)}`, {
    kind,
  });
}
