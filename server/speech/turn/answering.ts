import { setTimeout as delay } from 'node:timers/promises';
import { type FailureKind, StreamError } from '../../errors.ts';
import type { Llm, LlmRequest } from '../providers.ts';
import type { Degraded } from './degraded.ts';

/** Failures that the same request would meet again. */
const LASTING: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'loading',
  'thinking',
  'unavailable',
  'quota',
  'unauthorized',
  'not_found',
  'refused',
]);
/** Failures that a moment later may be over: a server that is being restarted, or has too much to do. */
const PASSING: ReadonlySet<FailureKind> = new Set<FailureKind>(['unreachable', 'busy']);
const MOMENT_MS = 1000;

export type AnsweringHooks = {
  /** The model is asked. */
  asked(): void;
  piece(text: string): void;
  degraded(degraded: Degraded): void;
};

/**
 * A model's answer in pieces. When it fails before its first word it is asked once more, unless that is pointless; then `apology` is the
 * answer. When it fails later, what came stays, and the error says that there is no more.
 *
 * @throws {StreamError} `LLM_FAILED` after the first piece; `ABORTED`.
 */
export async function* answering(
  llm: Llm,
  request: LlmRequest,
  apology: string,
  hooks: AnsweringHooks,
): AsyncGenerator<string> {
  for (const isLast of [false, true]) {
    let begun = false;
    try {
      hooks.asked();
      for await (const piece of llm.answer(request)) {
        begun = true;
        hooks.piece(piece);
        yield piece;
      }
      return;
    } catch (error) {
      if (request.signal.aborted) throw new StreamError('ABORTED', 'the answer was aborted', { cause: error });
      const kind = error instanceof StreamError ? error.kind : undefined;
      const isOver = isLast || (kind !== undefined && LASTING.has(kind));
      hooks.degraded({ stage: 'llm', to: begun ? 'partial' : isOver ? 'apology' : 'retry', error });
      if (begun) throw error;
      if (isOver) break;
      if (kind !== undefined && PASSING.has(kind)) await moment(request.signal);
    }
  }
  hooks.piece(apology);
  yield apology;
}

/** @throws {StreamError} `ABORTED`. */
async function moment(signal: AbortSignal): Promise<void> {
  try {
    await delay(MOMENT_MS, undefined, { signal });
  } catch (cause) {
    throw new StreamError('ABORTED', 'the answer was aborted', { cause });
  }
}
