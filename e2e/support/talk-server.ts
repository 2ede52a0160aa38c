import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type OpenAiRequest,
  type OpenAiScript,
  type OpenAiServer,
  startOpenAiServer,
} from '../../server/speech/testing/openai-server.ts';
import { freePort, type RunningServer, type ServerOptions, startServer } from './server.ts';

/** Sound for each character: sentences of a second or less. */
const CHARACTER_MS = 25;

/** Providers are waited for without end: who leaves one has another reason. */
export const NO_DEADLINES = {
  LLM_FIRST_TOKEN_MS: '600000',
  LLM_TOKEN_MS: '600000',
  TTS_TIMEOUT_MS: '600000',
  ASR_TIMEOUT_MS: '600000',
  AVATAR_TIMEOUT_MS: '3600000',
};

type ChatBody = { readonly messages: readonly { readonly role: string; readonly content: string }[] };
export type SpeechBody = { readonly input: string; readonly voice: string };

/** Our server, and the OpenAI-compatible one that it asks, which answers as each test scripts its own utterances and sentences. */
export class TalkServer implements AsyncDisposable {
  readonly openai: OpenAiServer;
  readonly directory: string;
  #server: RunningServer;
  readonly #options: ServerOptions;
  readonly #answers: Map<string, OpenAiScript[]>;
  readonly #speeches: Map<string, OpenAiScript[]>;

  private constructor(
    parts: Pick<TalkServer, 'openai' | 'server' | 'directory'> & Scripts & { readonly options: ServerOptions },
  ) {
    this.openai = parts.openai;
    this.#server = parts.server;
    this.#options = parts.options;
    this.directory = parts.directory;
    this.#answers = parts.answers;
    this.#speeches = parts.speeches;
  }

  /** @param env - Beside the addresses and models of the test server. */
  static async start(env: Readonly<Record<string, string>> = {}): Promise<TalkServer> {
    const directory = await mkdtemp(join(tmpdir(), 'talk-'));
    const scripts: Scripts = { answers: new Map(), speeches: new Map() };
    const openai = await startOpenAiServer({
      apiKey: 'sk-test',
      always: {
        chat: (request) => taken(scripts.answers, (key) => asked(request) === key) ?? {},
        speech: (request) => ({
          characterMs: CHARACTER_MS,
          ...taken(scripts.speeches, (key) => speechOf(request).input.includes(key)),
        }),
      },
    });
    const options: ServerOptions = {
      dataDir: join(directory, 'data'),
      port: await freePort(),
      env: {
        OPENAI_BASE_URL: openai.baseUrl,
        OPENAI_API_KEY: 'sk-test',
        LLM_MODEL: 'test-model',
        TTS_MODEL: 'test-voice',
        ASR_MODEL: 'test-ears',
        ...env,
      },
    };
    try {
      const server = await startServer(options);
      return new TalkServer({ openai, server, directory, options, ...scripts });
    } catch (error) {
      await openai.close();
      throw error;
    }
  }

  get server(): RunningServer {
    return this.#server;
  }

  get origin(): string {
    return this.server.origin;
  }

  /** Ends our server and starts it again, at the same address with the same data. */
  async restart(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.#server.stop(signal);
    this.#server = await startServer(this.#options);
  }

  /** How the model answers an utterance: one script for each request, the last one for all that follow. */
  answers(utterance: string, ...scripts: OpenAiScript[]): void {
    this.#answers.set(utterance, scripts);
  }

  /** How sentences with these words in them are spoken: one script for each request, the last one for all that follow. */
  speaks(words: string, ...scripts: OpenAiScript[]): void {
    this.#speeches.set(words, scripts);
  }

  /** Requests to the model for an utterance, oldest first. */
  chats(utterance: string): OpenAiRequest[] {
    return this.openai.requestsTo('chat').filter((request) => asked(request) === utterance);
  }

  /** Requests to the voice for sentences with these words in them, oldest first. */
  speeches(words: string): OpenAiRequest[] {
    return this.openai.requestsTo('speech').filter((request) => speechOf(request).input.includes(words));
  }

  async stop(): Promise<void> {
    await this.server.stop();
    await this.openai.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

type Scripts = { readonly answers: Map<string, OpenAiScript[]>; readonly speeches: Map<string, OpenAiScript[]> };

function taken(scripts: Map<string, OpenAiScript[]>, matches: (key: string) => boolean): OpenAiScript | undefined {
  for (const [key, queue] of scripts) if (matches(key)) return queue.length > 1 ? queue.shift() : queue[0];
  return undefined;
}

export function messagesOf(request: OpenAiRequest | undefined): ChatBody['messages'] {
  return (request?.body as ChatBody | undefined)?.messages ?? [];
}

/** What was asked last: an utterance that was never answered stands before it in the same message. */
export function asked(request: OpenAiRequest): string {
  return messagesOf(request).at(-1)?.content.split('\n\n').at(-1) ?? '';
}

export function speechOf(request: OpenAiRequest): SpeechBody {
  return request.body as SpeechBody;
}
