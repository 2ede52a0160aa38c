import { setImmediate } from 'node:timers/promises';
import { StreamError } from '../../../errors.ts';
import type { Llm, LlmRequest } from '../../providers.ts';
import { offlineAnswer } from './answer.ts';

async function* answer(
  { messages, language, signal, onLanguage }: LlmRequest,
  now: () => Date,
): AsyncGenerator<string> {
  const throwIfAborted = (): void => {
    if (signal.aborted) throw new StreamError('ABORTED', 'the answer was aborted');
  };
  throwIfAborted();
  const { text, language: spoken } = offlineAnswer(messages, language, now());
  onLanguage?.(spoken);
  for (const word of text.match(/\s*\S+/g) ?? []) {
    // As from a model over the network, words come one after the other, and an abort between them is heard.
    await setImmediate();
    throwIfAborted();
    yield word;
  }
  throwIfAborted();
}

/** Shown, never spoken. */
const HINT = {
  text: 'The built-in responder knows a few dozen answers by heart. For a real model, stop the server and start it with one of these lines:',
  lines: ['OPENAI_BASE_URL=http://localhost:11434/v1 LLM_MODEL=llama3.2 npm start', 'OPENAI_API_KEY=sk-... npm start'],
};

/**
 * Answers without network, key or model: a few dozen answers known by heart, honest about being that. It keeps nothing; what it
 * knows of a conversation is in the messages.
 */
export function createOfflineLlm(options: { readonly now?: () => Date } = {}): Llm {
  const now = options.now ?? (() => new Date());
  return { name: 'offline', hint: HINT, answer: (request) => answer(request, now) };
}
