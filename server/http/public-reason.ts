import { ERROR_CODES, type ErrorCode, FAILURE_KINDS, type FailureKind } from '../errors.ts';
import { fieldOf } from '../lib/json-field.ts';
import type { SessionEvent } from '../session/types.ts';
import { type Problem, problem } from './problem.ts';

/** What viewers are told of a provider's failure: never its own words, which name hosts, models and accounts. */
const OF_KIND: Readonly<Record<FailureKind, string>> = {
  unreachable: "It can't be reached.",
  cut_off: 'Its answer was cut off.',
  timeout: 'It took too long to answer.',
  thinking: 'It thought for too long.',
  loading: 'It is still loading.',
  busy: 'It is busy.',
  unavailable: 'It is not available for now.',
  quota: 'Its quota is used up.',
  unauthorized: "It does not accept the server's key.",
  not_found: 'It does not have what was asked for.',
  refused: 'It refused the request.',
  failed: 'It failed.',
  wrong_answer: "Its answer can't be used.",
  empty: 'It answered with nothing.',
};

/** The same of failures without a kind, by their code. */
const OF_CODE: Partial<Readonly<Record<ErrorCode, string>>> = {
  BOX_MALFORMED: 'The media is broken.',
  MEDIA_UNSUPPORTED: "The media can't be read.",
  MEDIA_TOO_LONG: 'The media is too long.',
  ENCODER_MISSING: "The media can't be encoded here.",
  ENCODER_FAILED: 'The media could not be encoded.',
  ENCODER_STALLED: 'Encoding the media took too long.',
  SPEECH_FAILED: 'The voice failed.',
  AVATAR_FAILED: 'The face failed.',
  LLM_FAILED: 'The language model failed.',
  ASR_FAILED: 'The recognition failed.',
  ASR_UNAVAILABLE: 'There is no recognition here.',
  STORAGE_FULL: "The server can't store anything now.",
  SHUTTING_DOWN: 'The server was stopped in the middle of it.',
  ABORTED: 'It was called off.',
};
const OTHERWISE = "It failed; the server's log says why.";

/** Who reads: whoever may call the API sees reasons as they are, a viewer only of what kind they are. */
export type Audience = 'caller' | 'viewer';

/** An event as viewers get it; the same object where it has nothing to hide. */
export function publicEvent(event: SessionEvent): SessionEvent {
  return 'reason' in event ? { ...event, reason: publicReason(event.reason) } : event;
}

/** A reason put together anew from its code and kind, so that nothing else of it gets out: events of earlier servers have less. */
function publicReason(reason: unknown): { code: ErrorCode; kind?: FailureKind; detail: string } {
  const code = ERROR_CODES.find((each) => each === fieldOf(reason, 'code')) ?? 'INTERNAL';
  const kind = FAILURE_KINDS.find((each) => each === fieldOf(reason, 'kind'));
  const detail = (kind && OF_KIND[kind]) ?? OF_CODE[code] ?? OTHERWISE;
  return { code, ...(kind && { kind }), detail };
}

/** A problem as viewers get it: of what may name files, programs or hosts, only of what kind it is. */
export function publicProblem(told: Problem): Problem {
  const detail = OF_CODE[told.code] ?? (told.status === 500 ? OTHERWISE : undefined);
  return detail === undefined ? told : problem(told.code, detail, told.status);
}
