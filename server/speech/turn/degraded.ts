import { StreamError } from '../../errors.ts';

/** Something did not work as it should, and what stands in for it: the event `degraded`. */
export type Degraded = {
  readonly stage: 'asr' | 'llm' | 'tts' | 'avatar';
  /** What stands in: another provider's name, `retry`, `captions`, `voice`, `apology`, `partial`. */
  readonly to: string;
  readonly error: unknown;
};

/** The fields of a `degraded` event. */
export function degradedFields({ stage, to, error }: Degraded): Readonly<Record<string, unknown>> {
  const known = error instanceof StreamError;
  const detail = error instanceof Error ? error.message : String(error);
  return { stage, to, reason: { code: known ? error.code : 'INTERNAL', detail: detail.slice(0, 500) } };
}
