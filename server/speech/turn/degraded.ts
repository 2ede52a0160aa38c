import { StreamError } from '../../errors.ts';

/** Something did not work as it should, and what stands in for it: the event `degraded`. */
export type Degraded = {
  readonly stage: 'asr' | 'llm' | 'tts' | 'avatar';
  /** What stands in: another provider's name, `retry`, `captions`, `voice`, `apology`, `partial`. */
  readonly to: string;
  readonly error: unknown;
};

/** What a provider says of itself is cut at so many characters. */
const MAX_DETAIL_LENGTH = 500;

/** The fields of a `degraded` event, as those see it who may call the API; viewers get no `detail` of the provider's (`http/public-reason.ts`). */
export function degradedFields({ stage, to, error }: Degraded) {
  const { code, kind } = error instanceof StreamError ? error : { code: 'INTERNAL', kind: undefined };
  const detail = error instanceof Error ? error.message : String(error);
  const reason = { code, ...(kind !== undefined && { kind }), detail: detail.slice(0, MAX_DETAIL_LENGTH) };
  return { stage, to, reason };
}
