import OpenAI from 'openai';
import { StreamError } from '../../errors.ts';
import type { ChatMessage, Llm } from '../providers.ts';
import { Answer, type AnswerLimits } from './answer.ts';
import { boundedFetch } from '../remote/bounded-fetch.ts';
import { llmFailure } from '../remote/provider-error.ts';

const OPENAI_URL = 'https://api.openai.com/v1';
const OPENAI_MODEL = 'gpt-4o-mini';
/** Servers list everything they have; these can't chat. */
const NO_CHAT_MODEL = /embed|rerank|whisper|tts|moderation|dall-e/i;

export type OpenAiLlmOptions = AnswerLimits & {
  /** With its `/v1`; OpenAI's own unless given. */
  readonly baseUrl?: string;
  /** Servers of one's own mostly need none. */
  readonly apiKey?: string;
  /** Unless given, `gpt-4o-mini` of OpenAI, and the first that any other server lists. */
  readonly model?: string;
  /** Most an answer may have, in the provider's tokens. */
  readonly maxTokens?: number;
  readonly temperature?: number;
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
  readonly #client: OpenAI;
  readonly #isOpenAi: boolean;
  #listedModel: string | undefined;

  constructor(options: OpenAiLlmOptions) {
    const baseURL = options.baseUrl || OPENAI_URL;
    this.#options = options;
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
      fetch: boundedFetch,
      logLevel: 'off',
    });
  }

  answer({ messages, signal }: Parameters<Llm['answer']>[0]): AsyncIterable<string> {
    return {
      [Symbol.asyncIterator]: () =>
        new Answer((connection) => this.#open(messages, connection), signal, this.#options, this.#options.apiKey),
    };
  }

  async #open(messages: readonly ChatMessage[], connection: AbortSignal): Promise<Response> {
    const { maxTokens, temperature } = this.#options;
    const model = await this.#model(connection);
    try {
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
    } catch (error) {
      // The server may have been given another model since.
      if (error instanceof OpenAI.NotFoundError) this.#listedModel = undefined;
      throw error;
    }
  }

  async #model(connection: AbortSignal): Promise<string> {
    if (this.#options.model) return this.#options.model;
    if (this.#isOpenAi) return OPENAI_MODEL;
    if (this.#listedModel !== undefined) return this.#listedModel;
    const page = await this.#client.models.list({ signal: connection }).catch((error: unknown) => {
      const { message } = llmFailure(error, this.#options.apiKey);
      throw new StreamError(
        'LLM_FAILED',
        `no model is configured, and the server's list of models can't be had: ${message}`,
      );
    });
    // Servers vary: `data` may be missing.
    const ids = ((page.data ?? []) as readonly { id?: unknown }[]).flatMap(({ id }) =>
      typeof id === 'string' ? [id] : [],
    );
    const first = ids.find((id) => !NO_CHAT_MODEL.test(id)) ?? ids[0];
    if (first === undefined) throw new StreamError('LLM_FAILED', 'no model is configured, and the server lists none');
    this.#listedModel = first;
    return first;
  }
}

/** A language model behind an OpenAI-compatible API, with streamed chat completions. */
export function createOpenAiLlm(options: OpenAiLlmOptions): Llm {
  return new OpenAiLlm(options);
}
