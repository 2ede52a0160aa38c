import { setTimeout as delay } from 'node:timers/promises';
import { StreamError } from '../../errors.ts';
import type { StageTimes } from '../../session/chunk.ts';
import type { Turn } from '../../session/turn.ts';
import type { Asr, ChatMessage, Llm, Waiting } from '../providers.ts';
import { languageOfText } from '../text/languages/text-language.ts';
import { sentencesOf } from '../text/sentence-stream.ts';
import { answering } from './answering.ts';
import type { ClipMaker } from './clip-maker.ts';
import type { Degraded } from './degraded.ts';
import { Deltas } from './deltas.ts';
import { LateWatch } from './holding.ts';

/** Sentences of one turn that may wait to be played: the model is not read further before there is room. */
const SENTENCES_WAITING = 16;
/** How long a turn waits before it asks a full session again. */
const FULL_QUEUE_WAIT_MS = 250;

/** What was said, in text or in a file of its own, which is removed when it was read. */
export type Utterance = { readonly text: string } | { readonly path: string; remove(): Promise<void> };

export type TurnAnswerOptions = {
  readonly turn: Turn;
  readonly llm: Llm;
  readonly asr: Asr;
  readonly maker: ClipMaker;
  /** BCP 47 tag of the conversation, when it is known. */
  readonly language: string | undefined;
  /** What is said when nothing else can be. */
  readonly apology: string;
  /** What is said when nothing is known of the answer after so many ms; 0: never. */
  readonly holding: { readonly afterMs: number; phrase(language: string | undefined): string };
  /** BCP 47 tag of what the voice speaks, when it is known: it tells where sentences end. */
  readonly spokenLanguage: string | undefined;
  /** Something was said in the recording, or it could not be understood; not called for a text, nor where nothing was said. */
  onHeard(): void;
  /** Nothing is heard in the session, nor waits to be. */
  isQuiet(): boolean;
  degraded(degraded: Degraded): void;
  /** The messages for the model, and the note that this was said. */
  messages(utterance: string, language: string | undefined): readonly ChatMessage[];
  now(): number;
};

/** The answer to one utterance: heard, put to the model, and given out sentence by sentence while the model still writes. */
export class TurnAnswer {
  readonly #options: TurnAnswerOptions;
  readonly #deltas: Deltas;
  #before: StageTimes = {};
  #askedMs = 0;
  #firstMs: number | undefined;
  /** When the last sentence was complete. */
  #sentenceMs: number | undefined;
  #sentences = 0;
  #language: string | undefined;
  /** What the model is asked. */
  #asked = '';
  /** What the turn waits for now, and why, as it was told last. */
  #stage: 'asr' | 'llm' = 'asr';
  #told = '';

  constructor(options: TurnAnswerOptions) {
    this.#options = options;
    this.#deltas = new Deltas((text) => options.turn.emit('llm.delta', { text }));
  }

  /** Resolves when the last sentence is queued. @throws {StreamError} `ABORTED`. */
  async give(utterance: Utterance): Promise<void> {
    const { turn, holding, isQuiet } = this.#options;
    this.#language = this.#options.language;
    const late = new LateWatch({ afterMs: holding.afterMs, signal: turn.signal, isQuiet, onLate: () => this.#hold() });
    try {
      const heard = await this.#hear(utterance);
      this.#language ??= heard.language;
      if (heard.text !== '') await this.#answer(heard.text, () => late.stop());
    } finally {
      late.stop();
    }
  }

  async #answer(utterance: string, onBegun: () => void): Promise<void> {
    const { turn, now } = this.#options;
    const spokenIn = this.#language ?? this.#options.spokenLanguage;
    this.#stage = 'llm';
    this.#asked = utterance;
    const askedIn = this.#language ?? languageOfText(utterance);
    if (askedIn !== undefined) this.#options.maker.language = askedIn;
    try {
      for await (const sentence of sentencesOf(this.#pieces(utterance, onBegun), spokenIn)) await this.#say(sentence);
    } catch (error) {
      // Told when it happened. A sentence that breaks off is not said.
      if (turn.signal.aborted) throw error;
    }
    if (this.#sentences === 0) await this.#apologise(new StreamError('LLM_FAILED', 'the answer had nothing to speak'));
    this.#deltas.flush();
    turn.emit('llm.completed', {
      text: this.#deltas.text,
      firstTokenMs: Math.round((this.#firstMs ?? now()) - this.#askedMs),
      durationMs: Math.round(now() - this.#askedMs),
    });
  }

  /** The utterance as text, recognised if it is a recording; empty when nothing was said. */
  async #hear(utterance: Utterance): Promise<{ readonly text: string; readonly language?: string }> {
    if ('text' in utterance) return utterance;
    const { turn, asr, language, now } = this.#options;
    const startMs = now();
    try {
      const onWaiting = (waiting: Waiting): void => this.#waiting(waiting);
      const request = {
        path: utterance.path,
        signal: turn.signal,
        onWaiting,
        ...(language !== undefined && { language }),
      };
      const heard = await asr.transcribe(request);
      this.#before = { asr: [startMs, now()] };
      turn.signal.throwIfAborted();
      if (heard.text !== '') this.#options.onHeard();
      turn.emit('transcription', { text: heard.text });
      return heard;
    } catch (error) {
      if (turn.signal.aborted) throw error;
      this.#options.onHeard();
      this.#options.degraded({ stage: 'asr', to: 'apology', error });
      await this.#say(this.#options.apology);
      return { text: '' };
    }
  }

  #pieces(utterance: string, onBegun: () => void): AsyncIterable<string> {
    const { turn, llm, apology, messages, now } = this.#options;
    const language = this.#language;
    const request = {
      messages: messages(utterance, language),
      signal: turn.signal,
      onWaiting: (waiting: Waiting): void => this.#waiting(waiting),
      onLanguage: (tag: string): void => {
        this.#options.maker.language = tag;
      },
      ...(language !== undefined && { language }),
    };
    return answering(llm, request, apology, {
      asked: () => {
        this.#askedMs = now();
      },
      piece: (text) => {
        onBegun();
        this.#firstMs ??= now();
        this.#deltas.add(text, now());
      },
      degraded: (degraded) => this.#options.degraded(degraded),
    });
  }

  /** Tells those who follow why there is no answer yet, once for each reason. */
  #waiting({ kind, againMs }: Waiting): void {
    if (this.#told === `${this.#stage} ${kind}`) return;
    this.#told = `${this.#stage} ${kind}`;
    const fields = { stage: this.#stage, kind, ...(againMs !== undefined && { againMs: Math.round(againMs) }) };
    this.#options.turn.emit('waiting', fields);
  }

  /** Tells those who listen. It is no part of the answer. */
  #hold(): void {
    const { turn, maker, holding } = this.#options;
    if (this.#told === '') this.#waiting({ kind: 'silent' });
    const text = holding.phrase(this.#language ?? languageOfText(this.#asked));
    const origin = maker.sentence(text);
    try {
      if (!this.#queued(() => turn.append({ text, origin, stages: this.#before }))) origin.drop();
    } catch (error) {
      origin.drop();
      // That the turn or the session takes nothing more is told by the answer, whose business it is.
      if (!(error instanceof StreamError)) this.#options.degraded({ stage: 'llm', to: 'nothing', error });
    }
  }

  async #apologise(error: StreamError): Promise<void> {
    this.#options.degraded({ stage: 'llm', to: 'apology', error });
    await this.#say(this.#options.apology);
  }

  /** Queues a sentence once there is room for it. */
  async #say(text: string): Promise<void> {
    const { turn, maker } = this.#options;
    const stages = this.#stages();
    await turn.room(SENTENCES_WAITING);
    const origin = maker.sentence(text);
    try {
      while (!this.#queued(() => turn.append({ text, origin, stages })))
        await delay(FULL_QUEUE_WAIT_MS, undefined, { signal: turn.signal });
    } catch (error) {
      origin.drop();
      throw error;
    }
    this.#sentences += 1;
  }

  /** False when the session's queue is full. */
  #queued(append: () => unknown): boolean {
    try {
      append();
      return true;
    } catch (error) {
      if (error instanceof StreamError && error.code === 'QUEUE_FULL') return false;
      throw error;
    }
  }

  /** What was done for the sentence that is complete now. */
  #stages(): StageTimes {
    const nowMs = this.#options.now();
    const sinceMs = this.#sentenceMs ?? this.#firstMs;
    this.#sentenceMs = nowMs;
    if (this.#firstMs === undefined || sinceMs === undefined) return this.#before;
    return { ...this.#before, llm: [this.#askedMs, this.#firstMs], sentence: [sinceMs, nowMs] };
  }
}
