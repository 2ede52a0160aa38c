import { setImmediate } from 'node:timers/promises';
import { StreamError } from '../../../errors.ts';
import type { Llm, LlmRequest } from '../../providers.ts';
import { offlineAnswer } from './answer.ts';

async function* answer({ messages, language, signal }: LlmRequest, now: () => Date): AsyncGenerator<string> {
  const throwIfAborted = (): void => {
    if (signal.aborted) throw new StreamError('ABORTED', 'the answer was aborted');
  };
  throwIfAborted();
  for (const word of offlineAnswer(messages, language, now()).match(/\s*\S+/g) ?? []) {
    // As from a model over the network, words come one after the other, and an abort between them is heard.
    await setImmediate();
    throwIfAborted();
    yield word;
  }
  throwIfAborted();
}

/**
 * Answers without network, key or model: a few dozen answers known by heart, honest about being that. It keeps nothing; what it
 * knows of a conversation is in the messages.
 */
export function createOfflineLlm(options: { readonly now?: () => Date } = {}): Llm {
  const now = options.now ?? (() => new Date());
  return { name: 'offline', answer: (request) => answer(request, now) };
}
