import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { StreamError } from '../../errors.ts';
import type { ChunkOrigin } from '../../session/chunk.ts';
import { IdempotencyKeys } from '../../session/idempotency.ts';
import type { Sessions } from '../../session/registry.ts';
import type { Session } from '../../session/session.ts';
import type { RemakeRequest } from '../../session/session-parts.ts';
import type {
  ChunkStatus,
  Conversations,
  Interruption,
  Preferences,
  ProviderStatus,
  SayRequest,
  SessionHandle,
  TurnRequest,
} from '../../session/types.ts';
import type { Avatar, Tts } from '../providers.ts';
import { splitSentences } from '../text/sentences.ts';
import { Conversation, type ConversationParts } from './conversation.ts';
import type { Utterance } from './turn-answer.ts';

type Said = { readonly turn: string; readonly chunks: readonly ChunkStatus[] };

type Entry = {
  readonly session: Session;
  readonly conversation: Conversation;
  readonly said: IdempotencyKeys<Said>;
  readonly turns: IdempotencyKeys<{ turn: string }>;
};

export type SessionConversationsOptions = ConversationParts & {
  readonly sessions: Pick<Sessions, 'get'>;
  readonly tts: Tts;
  readonly avatar: Avatar;
  /** Where recordings lie until they are recognised. */
  readonly recordingsDirectory: string;
  /** Longest text of one request, in UTF-16 code units. */
  readonly maxTextLength: number;
};

/** The conversations of all sessions. */
export class SessionConversations implements Conversations {
  readonly #options: SessionConversationsOptions;
  readonly #entries = new WeakMap<Session, Entry>();
  /** Those that may have a turn under way. */
  readonly #active = new Set<Conversation>();

  constructor(options: SessionConversationsOptions) {
    this.#options = options;
  }

  get providers(): ProviderStatus {
    const { llm, tts, asr, avatar } = this.#options;
    return {
      llm: { name: llm.name, ...(llm.hint !== undefined && { hint: llm.hint }) },
      tts: { name: tts.name, voices: tts.voices },
      asr: { name: asr.name, ...(asr.unavailable !== undefined && { unavailable: asr.unavailable }) },
      avatar: { name: avatar.name, looks: avatar.looks },
    };
  }

  /** @throws {StreamError} `REQUEST_INVALID` for a voice, language or look that there is not. */
  check({ voice, language, look }: Preferences): void {
    this.#checkVoice({ voice, language });
    const { looks } = this.#options.avatar;
    if (look === undefined || looks.some(({ name }) => name === look)) return;
    const known = looks.map(({ name }) => name).join(', ') || 'none: the avatar has only one';
    throw new StreamError('REQUEST_INVALID', `look must be one of ${known}; got '${look.slice(0, 40)}'`);
  }

  async say(handle: SessionHandle, request: SayRequest): Promise<Said> {
    const { session, conversation, said } = this.#entry(handle);
    return await said.once(request.idempotencyKey, async () => {
      this.#checkText(request.text);
      if (splitSentences(request.text, request.language).length === 0)
        throw new StreamError('REQUEST_INVALID', 'text must have something to speak: a letter or a digit');
      this.#checkVoice(request);
      const answer = conversation.say(request.text, request);
      session.noteAnswer('say', request.idempotencyKey, answer);
      return await stored(session, answer);
    });
  }

  async turn(handle: SessionHandle, request: TurnRequest): Promise<{ turn: string }> {
    const { session, conversation, turns } = this.#entry(handle);
    return await turns.once(request.idempotencyKey, async () => {
      this.#checkVoice(request);
      const { input, onBusy = 'interrupt' } = request;
      if ('text' in input) {
        this.#checkText(input.text);
        if (input.text.trim() === '') throw new StreamError('REQUEST_INVALID', 'text must not be blank');
      } else if (this.#options.asr.unavailable !== undefined) {
        throw new StreamError('ASR_UNAVAILABLE', this.#options.asr.unavailable);
      }
      session.assertTakes(request.turn);
      const utterance: Utterance = 'text' in input ? { text: input.text.trim() } : await this.#store(input);
      try {
        const turn = conversation.turn(utterance, { ...request, onBusy });
        this.#follow(conversation);
        session.noteAnswer('turn', request.idempotencyKey, { turn });
        return await stored(session, { turn });
      } catch (error) {
        if ('remove' in utterance) await utterance.remove();
        throw error;
      }
    });
  }

  /** Resolves when it may be told: a server that is started again will not say what was interrupted. */
  async interrupt(handle: SessionHandle): Promise<Interruption> {
    const { session, conversation } = this.#entry(handle);
    const interruption = conversation.interrupt();
    await session.written();
    return interruption;
  }

  /** Makes a sentence that an earlier server had accepted. */
  remake(session: Session, request: RemakeRequest): Extract<ChunkOrigin, { kind: 'render' }> {
    return this.#entry(session).conversation.remake(request);
  }

  /** Waits until no turn is being made: their sessions must have been closed. */
  async close(): Promise<void> {
    await Promise.all([...this.#active].map((conversation) => conversation.settled()));
    await this.#options.voice.settled();
  }

  #entry(handle: SessionHandle): Entry {
    const session = this.#options.sessions.get(handle.id);
    if (!session) throw new StreamError('SESSION_NOT_FOUND', `there is no session ${handle.id}`);
    let entry = this.#entries.get(session);
    if (!entry) {
      const { say, turn } = session.memory.answers;
      entry = {
        session,
        conversation: new Conversation(session, this.#options),
        said: new IdempotencyKeys(say as Iterable<[string, Said]>),
        turns: new IdempotencyKeys(turn as Iterable<[string, { turn: string }]>),
      };
      this.#entries.set(session, entry);
    }
    return entry;
  }

  #follow(conversation: Conversation): void {
    this.#active.add(conversation);
    void conversation.settled().then(() => this.#active.delete(conversation));
  }

  #checkText(text: string): void {
    const { maxTextLength } = this.#options;
    if (text.length <= maxTextLength) return;
    throw new StreamError('REQUEST_INVALID', `text must be at most ${maxTextLength} characters, got ${text.length}`);
  }

  #checkVoice({
    voice,
    language,
  }: {
    readonly voice?: string | undefined;
    readonly language?: string | undefined;
  }): void {
    this.#options.tts.check({
      text: 'a',
      ...(voice !== undefined && { voice }),
      ...(language !== undefined && { language }),
    });
  }

  /** Writes a recording to disk: it is recognised from there. */
  async #store(input: Exclude<TurnRequest['input'], { text: string }>): Promise<Utterance> {
    const { recordingsDirectory } = this.#options;
    await mkdir(recordingsDirectory, { recursive: true });
    const path = join(recordingsDirectory, randomUUID());
    const remove = (): Promise<void> => rm(path, { force: true });
    try {
      await pipeline(input.body, createWriteStream(path), input.signal ? { signal: input.signal } : {});
      return { path, remove };
    } catch (cause) {
      await remove();
      throw cause instanceof StreamError
        ? cause
        : new StreamError('ABORTED', 'the recording did not arrive', { cause });
    }
  }
}

/** Resolves with the answer once what it promises is on disk. @throws {StreamError} `STORAGE_FULL`: what was begun is taken back. */
async function stored<T extends { readonly turn: string; readonly chunks?: readonly ChunkStatus[] }>(
  session: Session,
  answer: T,
): Promise<T> {
  try {
    await session.synced();
    return answer;
  } catch (error) {
    session.withdraw(answer.turn, answer.chunks ?? []);
    throw error;
  }
}
