import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import { StreamError } from '../../errors.ts';
import { withholdText } from '../../lib/withheld-text.ts';
import type { ChunkOrigin } from '../../session/chunk.ts';
import { readSpeech } from '../../session/journal/speech-file.ts';
import type { Session } from '../../session/session.ts';
import type { RemakeRequest } from '../../session/session-parts.ts';
import type { Turn, TurnMemory } from '../../session/turn.ts';
import type { ChunkStatus, Interruption, Preferences, SayRequest } from '../../session/types.ts';
import { buildMessages } from '../llm/history.ts';
import type { Asr, ChatMessage, Llm, Tts } from '../providers.ts';
import { splitSentences } from '../text/sentences.ts';
import { ClipMaker } from './clip-maker.ts';
import { type Degraded, degradedFields } from './degraded.ts';
import { holdingPhrase, withoutHoldingPhrase } from './holding.ts';
import type { ResilientFace } from './resilient-face.ts';
import type { ResilientVoice } from './resilient-voice.ts';
import { TurnAnswer, type Utterance } from './turn-answer.ts';

/** Turns of the past that the history is made of; its token bound is mostly the tighter one. */
const REMEMBERED_TURNS = 60;
/** Turns that wait for their turn. */
const MAX_QUEUED_TURNS = 8;
/** Recordings that are recognised at once: each may turn out to interrupt. */
const MAX_HEARD_AT_ONCE = 8;

export type ConversationParts = {
  readonly llm: Llm;
  readonly asr: Asr;
  readonly voice: ResilientVoice;
  readonly face: ResilientFace;
  /** What is said when nothing else can be. */
  readonly apology: string;
  /** What is said when there is no answer after so many ms, and nothing else is heard; 0: never. A phrase of ours unless given. */
  readonly holding: { readonly afterMs: number; readonly phrase?: string };
  /** Bound of all messages to the model together. */
  readonly historyTokens: number;
  /** System prompt of sessions that have none of their own. */
  readonly instructions: string;
  /** Its voices tell which language they speak. */
  readonly tts: Pick<Tts, 'voices'>;
  /** Where the whole reason of every failure goes. */
  readonly logger: Logger;
};

export type TurnOptions = Pick<SayRequest, 'voice' | 'language' | 'turn'> & { readonly onBusy: 'interrupt' | 'queue' };

type Spoken = Pick<Preferences, 'voice' | 'language'>;

/** One session's conversation: its turns one after the other, and what was said in them. */
export class Conversation {
  readonly #session: Session;
  readonly #parts: ConversationParts;
  readonly #past: { readonly user: string; readonly turn: TurnMemory }[];
  /** Makers of sentences that an earlier server had accepted, by turn. */
  readonly #remakers = new Map<string, ClipMaker>();
  readonly #running = new Set<Promise<void>>();
  /** Turns whose recordings are being recognised and interrupt if something was said, the oldest first. */
  #hearing: Turn[] = [];
  /** Settles when the newest turn is made. */
  #newest: Promise<void> = Promise.resolve();
  #queued = 0;

  constructor(session: Session, parts: ConversationParts) {
    this.#session = session;
    this.#parts = parts;
    this.#past = [...session.memory.past];
  }

  /** Makes a sentence that an earlier server had accepted, those of one turn in order. */
  remake({ turn, index, text, spec, speechPath }: RemakeRequest): Extract<ChunkOrigin, { kind: 'render' }> {
    const { voice, language, look } = spec;
    const speech = { ...(voice !== undefined && { voice }), ...(language !== undefined && { language }) };
    const known = this.#remakers.get(turn);
    const emit: Turn['emit'] = (type, fields) => this.#session.openTurn(turn)?.emit(type, fields);
    const maker = known ?? this.#maker({ id: turn, sentences: index, emit }, speech, look);
    this.#remakers.set(turn, maker);
    return maker.sentence(text, { index, speech: () => readSpeech(speechPath) });
  }

  /** Speaks text as a turn: all of it or nothing. @throws {StreamError} `QUEUE_FULL`, `SESSION_ENDED`, `TURN_INTERRUPTED`. */
  say(text: string, options: Omit<TurnOptions, 'onBusy'>): { turn: string; chunks: readonly ChunkStatus[] } {
    const spoken = this.#spoken(options);
    const sentences = splitSentences(text, spoken.language ?? this.#languageOf(spoken.voice));
    this.#session.assertTakes(options.turn);
    this.#session.assertRoom(sentences.length);
    const turn = this.#session.joinTurn(options.turn ?? newTurnId());
    this.#remember('', turn);
    try {
      const maker = this.#maker(turn, spoken);
      const chunks = sentences.map((sentence) => appendTo(turn, maker, sentence));
      return { turn: turn.id, chunks };
    } finally {
      turn.leave();
    }
  }

  /**
   * Begins a turn: it is answered from now on. Text interrupts at once; a recording when something turns out to have been said in it.
   *
   * @throws {StreamError} `SESSION_ENDED`, `QUEUE_FULL`, `TURN_INTERRUPTED`.
   */
  turn(utterance: Utterance, options: TurnOptions): string {
    const interrupts = options.onBusy === 'interrupt';
    const isText = 'text' in utterance;
    // What is refused interrupts nobody.
    this.#session.assertTakes(options.turn);
    if (!interrupts && this.#queued >= MAX_QUEUED_TURNS)
      throw new StreamError('QUEUE_FULL', `${MAX_QUEUED_TURNS} turns wait already`);
    if (interrupts && !isText && this.#hearing.length >= MAX_HEARD_AT_ONCE)
      throw new StreamError('QUEUE_FULL', `${MAX_HEARD_AT_ONCE} recordings are being recognised already`);
    if (interrupts && isText && this.#session.busy) this.interrupt();
    const turn = this.#session.joinTurn(options.turn ?? newTurnId(), isText ? { utterance: utterance.text } : {});
    const before = this.#newest;
    const mayInterrupt = interrupts && !isText;
    if (mayInterrupt) this.#hearing.push(turn);
    // It is recognised while others are still answered.
    const run = this.#run(turn, utterance, options, mayInterrupt ? Promise.resolve() : before);
    const running = run.finally(() => this.#running.delete(running));
    this.#running.add(running);
    this.#newest = mayInterrupt ? Promise.allSettled([before, running]).then(() => undefined) : running;
    return turn.id;
  }

  /** Something was said in a recording: all makes room for its turn but what was recorded later. */
  #heard(turn: Turn): void {
    const at = this.#hearing.indexOf(turn);
    if (at < 0) return;
    const kept = new Set(this.#hearing.slice(at).map(({ id }) => id));
    this.#hearing = this.#hearing.slice(at + 1);
    this.#session.interruptBeside(kept);
  }

  interrupt(): Interruption {
    const interruption = this.#session.interrupt();
    // Who was interrupted may take a moment to leave: nobody waits for that.
    this.#newest = Promise.resolve();
    return interruption;
  }

  /** Resolves when no turn is being made. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  async #run(turn: Turn, utterance: Utterance, options: TurnOptions, before: Promise<void>): Promise<void> {
    this.#queued += 1;
    try {
      await Promise.race([before, aborted(turn.signal)]).finally(() => {
        this.#queued -= 1;
      });
      await this.#answer(turn, options).give(utterance);
    } catch (error) {
      // A turn that fails in a way nobody foresaw ends; the stream and the next turn go on.
      if (!turn.signal.aborted) this.#degraded(turn, { stage: 'llm', to: 'nothing', error });
    } finally {
      this.#hearing = this.#hearing.filter((each) => each !== turn);
      if ('remove' in utterance) await utterance.remove();
      turn.leave();
    }
  }

  #answer(turn: Turn, options: TurnOptions): TurnAnswer {
    const { llm, asr, apology, holding } = this.#parts;
    const spoken = this.#spoken(options);
    return new TurnAnswer({
      ...{ turn, llm, asr, apology, language: spoken.language, spokenLanguage: this.#languageOf(spoken.voice) },
      onHeard: () => this.#heard(turn),
      holding: {
        // What is published as fast as it is made is listened to later.
        afterMs: this.#session.settings.pacing === 'live' ? holding.afterMs : 0,
        phrase: (language) => holdingPhrase(language, holding.phrase),
      },
      isQuiet: () => this.#session.isQuiet,
      degraded: (degraded) => this.#degraded(turn, degraded),
      maker: this.#maker(turn, spoken),
      messages: (utterance, language) => this.#messages(turn, utterance, language),
      now: () => this.#session.now(),
    });
  }

  #messages(turn: Turn, utterance: string, language: string | undefined): readonly ChatMessage[] {
    const { historyTokens, instructions, holding } = this.#parts;
    const assistant = ({ said, interrupted }: TurnMemory): string =>
      withoutHoldingPhrase(said, interrupted, holding.phrase);
    const messages = buildMessages({
      instructions: this.#session.preferences.instructions || instructions,
      ...(language !== undefined && { language }),
      turns: this.#past.map(({ user, turn }) => ({
        user,
        assistant: assistant(turn),
        interrupted: turn.interrupted,
      })),
      utterance,
      maxTokens: historyTokens,
    });
    this.#remember(utterance, turn);
    return messages;
  }

  /** What a voice speaks, where that is known. */
  #languageOf(voice: string | undefined): string | undefined {
    return voice === undefined ? undefined : this.#parts.tts.voices.find(({ name }) => name === voice)?.language;
  }

  /** A voice speaks its language: the one that was chosen for another is not the one to use. */
  #spoken({ voice, language }: Spoken): Spoken {
    const { preferences } = this.#session;
    const chosen = voice ?? (language === undefined ? preferences.voice : undefined);
    const tag = language ?? preferences.language;
    return { ...(chosen !== undefined && { voice: chosen }), ...(tag !== undefined && { language: tag }) };
  }

  #maker(
    turn: Pick<Turn, 'id' | 'sentences' | 'emit'>,
    speech: Spoken,
    look = this.#session.preferences.look,
  ): ClipMaker {
    const session = this.#session;
    const { width, height, fps } = session.settings.profile;
    return new ClipMaker({
      voice: this.#parts.voice,
      face: this.#parts.face,
      speech,
      picture: { width, height, fps },
      look,
      jobPrefix: `${session.id} ${turn.id}`,
      firstIndex: turn.sentences,
      now: () => session.now(),
      onDegraded: (degraded, sentence) => this.#degraded(turn, degraded, sentence),
    });
  }

  /** @param sentence - Of the turn, that it is about. */
  #degraded(
    turn: Pick<Turn, 'id' | 'emit'>,
    degraded: Degraded,
    sentence?: { readonly index: number; readonly text: string },
  ): void {
    const fields = { ...(sentence && { index: sentence.index }), ...degradedFields(degraded) };
    turn.emit('degraded', fields);
    const { detail, ...reason } = fields.reason;
    const logged = { ...fields, reason: { ...reason, detail: this.#withheld(detail, sentence?.text) } };
    const { logger } = this.#parts;
    logger.warn({ session: this.#session.id, turn: turn.id, ...logged }, 'a provider failed, something stands in');
  }

  /** What a provider said, without what it quotes of the conversation. */
  #withheld(detail: string, sentence: string | undefined): string {
    const said = this.#past.flatMap(({ user, turn }) => [user, turn.said]);
    return [sentence, this.#session.preferences.instructions, ...said].reduce<string>(withholdText, detail);
  }

  #remember(user: string, turn: Turn): void {
    this.#session.noteAsked(turn.id, user);
    this.#past.push({ user, turn });
    if (this.#past.length > REMEMBERED_TURNS) this.#past.shift();
  }
}

function appendTo(turn: Turn, maker: ClipMaker, text: string): ChunkStatus {
  const origin = maker.sentence(text);
  try {
    return turn.append({ text, origin });
  } catch (error) {
    origin.drop();
    throw error;
  }
}

function newTurnId(): string {
  return randomBytes(9).toString('base64url');
}

/** Never resolves; rejects with the signal's reason. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
