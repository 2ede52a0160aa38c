import { setTimeout as delay } from 'node:timers/promises';
import { type FailureKind, StreamError } from '../../errors.ts';
import { Slots } from '../../lib/slots.ts';
import type { Speech, SpeechRequest, Tts } from '../providers.ts';
import { Breaker } from './breaker.ts';
import type { Degraded } from './degraded.ts';

/** Between the first try and the second. */
const RETRY_AFTER_MS = 200;

export type ResilientVoiceOptions = {
  readonly tts: Tts;
  /** Speaks when `tts` does not. */
  readonly fallback?: Tts | undefined;
  /** For one try. */
  readonly deadlineMs: number;
  /** Calls at once, of all sessions. */
  readonly parallel: number;
  /** In milliseconds. */
  now(): number;
};

/** Failures that the second try would meet again. */
const LASTING: ReadonlySet<FailureKind> = new Set<FailureKind>([
  'wrong_answer',
  'unauthorized',
  'not_found',
  'refused',
]);

function isLasting(error: unknown): boolean {
  return error instanceof StreamError && error.kind !== undefined && LASTING.has(error.kind);
}

/** Speech, and from when to when it was made, in ms on the clock of `now`. */
export type Spoken = { readonly speech: Speech; readonly startMs: number; readonly endMs: number };

/** A voice that goes on when its engine does not: a second try, then another engine, then none. */
export class ResilientVoice {
  readonly #options: ResilientVoiceOptions;
  readonly #slots: Slots;
  readonly #breaker = new Breaker();
  readonly #speaking = new Set<Promise<unknown>>();

  constructor(options: ResilientVoiceOptions) {
    this.#options = options;
    this.#slots = new Slots(options.parallel);
  }

  /**
   * The spoken sentence; `undefined` when nobody could speak it.
   *
   * @throws {StreamError} `ABORTED`.
   */
  async speak(
    request: SpeechRequest,
    signal: AbortSignal,
    onDegraded: (degraded: Degraded) => void,
  ): Promise<Spoken | undefined> {
    const speaking = this.#speak(request, signal, onDegraded);
    this.#speaking.add(speaking);
    try {
      return await speaking;
    } finally {
      this.#speaking.delete(speaking);
    }
  }

  /** Resolves when what is being spoken has ended, well or not. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#speaking);
  }

  async #speak(
    request: SpeechRequest,
    signal: AbortSignal,
    onDegraded: (degraded: Degraded) => void,
  ): Promise<Spoken | undefined> {
    const { now, fallback } = this.#options;
    try {
      const resting = this.#breaker.rests(now());
      if (resting) onDegraded({ stage: 'tts', to: fallback?.name ?? 'captions', error: resting });
      const spoken = resting ? undefined : await this.#tryTwice(request, signal, onDegraded);
      if (spoken) return spoken;
      if (!fallback) return undefined;
      // A voice is an engine's own name: another engine has others.
      const { voice: _, ...anyVoice } = request;
      return await this.#once(fallback, anyVoice, signal);
    } catch (error) {
      if (signal.aborted) throw aborted(error);
      onDegraded({ stage: 'tts', to: 'captions', error });
      return undefined;
    }
  }

  async #tryTwice(
    request: SpeechRequest,
    signal: AbortSignal,
    onDegraded: (degraded: Degraded) => void,
  ): Promise<Spoken | undefined> {
    const { tts, fallback, now } = this.#options;
    for (const isLast of [false, true]) {
      try {
        const spoken = await this.#once(tts, request, signal);
        this.#breaker.succeeded();
        return spoken;
      } catch (error) {
        if (signal.aborted) throw error;
        // What the engine does not want to say it will not say the second time.
        const isUnwanted = error instanceof StreamError && error.code === 'REQUEST_INVALID';
        const last = isLast || isUnwanted || isLasting(error);
        onDegraded({ stage: 'tts', to: last ? (fallback?.name ?? 'captions') : 'retry', error });
        if (!isUnwanted) this.#breaker.failed(now(), error);
        if (last) return undefined;
        await delay(RETRY_AFTER_MS, undefined, { signal });
      }
    }
    return undefined;
  }

  async #once(tts: Tts, request: SpeechRequest, signal: AbortSignal): Promise<Spoken> {
    const { now, deadlineMs } = this.#options;
    return await this.#slots.use(signal, async () => {
      const startMs = now();
      const deadline = AbortSignal.timeout(deadlineMs);
      try {
        const speech = await tts.speak({ ...request, signal: AbortSignal.any([signal, deadline]) });
        return { speech, startMs, endMs: now() };
      } catch (error) {
        if (signal.aborted || !deadline.aborted) throw error;
        throw new StreamError('SPEECH_FAILED', `${tts.name} took longer than ${deadlineMs} ms`, {
          cause: error,
          kind: 'timeout',
        });
      }
    });
  }
}

function aborted(cause: unknown): StreamError {
  if (cause instanceof StreamError && cause.code === 'ABORTED') return cause;
  return new StreamError('ABORTED', 'speaking was aborted', { cause });
}
