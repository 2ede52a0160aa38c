import OpenAI from 'openai';
import type { ChatMessage, Llm, LlmRequest } from '../providers.ts';
import { fetchOrRefusal } from '../remote/bounded-fetch.ts';
import type { ProviderName } from '../remote/provider-error.ts';
import { Answer, type AnswerLimits } from './answer.ts';
import { AnswerFilter } from './answer-filter.ts';
import { ModelChoice } from './model-choice.ts';
import { ThoughtMemories, type ThoughtSetting } from './thought-memory.ts';

const OPENAI_URL = 'https://api.openai.com/v1';
const OPENAI_MODEL = 'gpt-4o-mini';
/** A model that thinks longer than five minutes answers nobody who still listens; one that loads longer than two, neither. */
const DEFAULT_LIMITS = { thinkingMs: 300_000, loadingMs: 120_000 };

export type OpenAiLlmOptions = Pick<AnswerLimits, 'firstTokenMs' | 'tokenMs'> &
  Partial<AnswerLimits> & {
    /** With its `/v1`; OpenAI's own unless given. */
    readonly baseUrl?: string;
    /** Servers of one's own mostly need none. */
    readonly apiKey?: string;
    /** Unless given, `gpt-4o-mini` of OpenAI, and the first that can chat of those that any other server lists. */
    readonly model?: string;
    /** Most an answer may have, in the provider's tokens. */
    readonly maxTokens?: number;
    readonly temperature?: number;
    /** Whether answers begin with thoughts that only `</think>` ends. Default: found out. */
    readonly thoughts?: ThoughtSetting;
  };

/** Providers whose chat templates insist on turns refuse two messages of one role in a row; an unanswered one is put to the next. */
function alternating(messages: readonly ChatMessage[]): ChatMessage[] {
  const merged: ChatMessage[] = [];
  for (const message of messages) {
    const last = merged.at(-1);
    if (last?.role === message.role)
      merged[merged.length - 1] = { role: last.role, content: `${last.content}\n\n${message.content}` };
    else merged.push(message);
  }
  return merged;
}

class OpenAiLlm implements Llm {
  readonly name = 'openai';
  readonly #options: OpenAiLlmOptions;
  readonly #providerName: ProviderName;
  readonly #limits: AnswerLimits;
  readonly #client: OpenAI;
  readonly #isOpenAi: boolean;
  readonly #models: ModelChoice;
  readonly #server = { hasAnswered: false };
  readonly #memories: ThoughtMemories;

  constructor(options: OpenAiLlmOptions) {
    const baseURL = options.baseUrl || OPENAI_URL;
    this.#options = options;
    this.#memories = new ThoughtMemories(options.thoughts);
    this.#providerName = { failure: 'LLM_FAILED', subject: 'the language model', apiKey: options.apiKey };
    this.#limits = { ...DEFAULT_LIMITS, ...options };
    this.#isOpenAi = URL.parse(baseURL)?.hostname === 'api.openai.com';
    this.#client = new OpenAI({
      baseURL,
      // openai refuses to be made without one.
      apiKey: options.apiKey || 'none',
      // It would read these from the environment, and give them to whatever server was configured.
      adminAPIKey: null,
      ...(!this.#isOpenAi && { organization: null, project: null }),
      // Whoever asks decides whether to ask again.
      maxRetries: 0,
      // Answers have their own limits; this only has to be longer.
      timeout: options.firstTokenMs + 60_000,
      // What people say goes to the address that was configured, and to no other.
      fetchOptions: { redirect: 'manual' },
      fetch: fetchOrRefusal,
      logLevel: 'off',
    });
    this.#models = new ModelChoice({
      model: options.model || (this.#isOpenAi ? OPENAI_MODEL : undefined),
      name: this.#providerName,
      list: (connection) => this.#client.get('/models', { signal: connection }),
    });
  }

  answer({ messages, signal, onWaiting }: LlmRequest): AsyncIterable<string> {
    return { [Symbol.asyncIterator]: () => this.#answer(messages, signal, onWaiting) };
  }

  #answer(messages: readonly ChatMessage[], signal: AbortSignal, onWaiting: LlmRequest['onWaiting']): Answer {
    const model = this.#models.forAnswer();
    let asked = '';
    return new Answer({
      open: async (connection) => {
        asked = await model.name(connection);
        return await this.#ask(asked, messages, connection);
      },
      filter: () => new AnswerFilter({ memory: this.#memories.of(asked), model: asked }),
      passOver: (error) => model.passOver(error),
      signal,
      limits: this.#limits,
      name: this.#providerName,
      server: this.#server,
      onWaiting,
    });
  }

  async #ask(model: string, messages: readonly ChatMessage[], connection: AbortSignal): Promise<Response> {
    const { maxTokens, temperature } = this.#options;
    return await this.#client.chat.completions
      .create(
        {
          model,
          messages: alternating(messages),
          stream: true,
          // OpenAI's newer models refuse `max_tokens`; most other servers know nothing else.
          ...(maxTokens !== undefined && { [this.#isOpenAi ? 'max_completion_tokens' : 'max_tokens']: maxTokens }),
          ...(temperature !== undefined && { temperature }),
        },
        { signal: connection },
      )
      .asResponse();
  }
}

/** A language model behind an OpenAI-compatible API, with streamed chat completions. */
export function createOpenAiLlm(options: OpenAiLlmOptions): Llm {
  return new OpenAiLlm(options);
}
