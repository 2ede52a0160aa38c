import { StreamError } from '../../errors.ts';
import type { Llm, LlmRequest } from '../providers.ts';
import type { Degraded } from './degraded.ts';

export type AnsweringHooks = {
  /** The model is asked. */
  asked(): void;
  piece(text: string): void;
  degraded(degraded: Degraded): void;
};

/**
 * A model's answer in pieces. When it fails before its first word it is asked once more; then `apology` is the answer. When it fails
 * later, what came stays, and the error says that there is no more.
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
      hooks.degraded({ stage: 'llm', to: begun ? 'partial' : isLast ? 'apology' : 'retry', error });
      if (begun) throw error;
    }
  }
  hooks.piece(apology);
  yield apology;
}
