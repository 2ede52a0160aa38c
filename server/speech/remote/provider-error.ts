import { APIError } from 'openai';
import { StreamError } from '../../errors.ts';

/** What a provider's own words may take up of a message. */
const MAX_REASON_LENGTH = 300;

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

/** What really went wrong is often the cause of a cause: `fetch failed` says nothing, `connect ECONNREFUSED 127.0.0.1:11434` does. */
export function deepestMessage(error: unknown): string {
  let deepest = error;
  for (let depth = 0; depth < 5 && deepest instanceof Error && deepest.cause instanceof Error; depth++)
    deepest = deepest.cause;
  if (!(deepest instanceof Error)) return String(deepest);
  const code = (deepest as NodeJS.ErrnoException).code;
  // An AggregateError (localhost as ::1 and 127.0.0.1) has no message of its own.
  return deepest.message || (typeof code === 'string' ? code : deepest.name);
}

/**
 * Why a request failed, with the status and message of the provider. It has no `cause`: what openai throws holds headers and bodies,
 * in which some servers give the key back.
 */
export function llmFailure(error: unknown, apiKey: string | undefined): StreamError {
  if (error instanceof StreamError) return error;
  const status = error instanceof APIError ? error.status : undefined;
  const reason = status === undefined ? deepestMessage(error) : (error as Error).message;
  const lead = status === undefined ? 'the language model failed' : 'the language model refused';
  return new StreamError('LLM_FAILED', `${lead}: ${safeReason(reason, apiKey)}`);
}
