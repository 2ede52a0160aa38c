import { setTimeout as delay } from 'node:timers/promises';
import { StreamError } from '../../errors.ts';
import type { StageTimes } from '../../session/chunk.ts';
import type { Turn } from '../../session/turn.ts';
import type { Asr, ChatMessage, Llm } from '../providers.ts';
import { sentencesOf } from '../text/sentence-stream.ts';
import { answering } from './answering.ts';
import type { ClipMaker } from './clip-maker.ts';
import { type Degraded, degradedFields } from './degraded.ts';
import { Deltas } from './deltas.ts';

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

  constructor(options: TurnAnswerOptions) {
    this.#options = options;
    this.#deltas = new Deltas((text) => options.turn.emit('llm.delta', { text }));
  }

  /** Resolves when the last sentence is queued. @throws {StreamError} `ABORTED`. */
  async give(utterance: Utterance): Promise<void> {
    const { turn, now } = this.#options;
    const heard = await this.#hear(utterance);
    if (heard.text === '') return;
    const language = this.#options.language ?? heard.language;
    try {
      for await (const sentence of sentencesOf(this.#pieces(heard.text, language), language)) await this.#say(sentence);
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
      const request = { path: utterance.path, signal: turn.signal, ...(language !== undefined && { language }) };
      const heard = await asr.transcribe(request);
      this.#before = { asr: [startMs, now()] };
      turn.emit('transcription', { text: heard.text });
      return heard;
    } catch (error) {
      if (turn.signal.aborted) throw error;
      this.#degraded({ stage: 'asr', to: 'apology', error });
      await this.#say(this.#options.apology);
      return { text: '' };
    }
  }

  #pieces(utterance: string, language: string | undefined): AsyncIterable<string> {
    const { turn, llm, apology, messages, now } = this.#options;
    const request = {
      messages: messages(utterance, language),
      signal: turn.signal,
      ...(language !== undefined && { language }),
    };
    return answering(llm, request, apology, {
      asked: () => {
        this.#askedMs = now();
      },
      piece: (text) => {
        this.#firstMs ??= now();
        this.#deltas.add(text, now());
      },
      degraded: (degraded) => this.#degraded(degraded),
    });
  }

  async #apologise(error: StreamError): Promise<void> {
    this.#degraded({ stage: 'llm', to: 'apology', error });
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

  #degraded(degraded: Degraded): void {
    this.#options.turn.emit('degraded', degradedFields(degraded));
  }
}
