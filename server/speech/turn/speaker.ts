import { randomBytes } from 'node:crypto';
import type { RawClip } from '../../encode/types.ts';
import { StreamError } from '../../errors.ts';
import type { ChunkStatus } from '../../session/types.ts';
import type { FaceRenderer, Picture } from '../face/renderer.ts';
import { splitSentences } from '../text/sentences.ts';
import type { SpeechRequest, Tts } from '../voice/speech.ts';
import { Preparation, type Prepared } from './preparation.ts';
import { Slots } from './slots.ts';

/** How long the stages of one chunk took, in milliseconds. */
export type ClipTiming = {
  readonly ttsMs: number;
  /** From the end of TTS to the first picture; set when that is read. */
  avatarMs?: number;
};

export type SpokenClip = RawClip & { readonly timing: ClipTiming };

/** One sentence, accepted but not made yet. */
export type ClipSource = {
  readonly text: string;
  readonly turn: string;
  /** Position in its turn. */
  readonly index: number;
  /** Speaks the sentence and starts to draw it. Called at most once. @throws {StreamError} `SPEECH_FAILED`, `ABORTED`. */
  render(signal: AbortSignal): Promise<SpokenClip>;
  /** Instead of `render`, when the chunk is dropped before its turn came: stops what was begun ahead. */
  drop(): void;
};

/** The session's side: queues a chunk at its end. */
export type SpeechSink = { appendClip(clip: ClipSource): ChunkStatus | Promise<ChunkStatus> };

export type SpeakerLimits = {
  /** Longest text of one request, in UTF-16 code units. */
  readonly maxTextLength: number;
  /** Engines at work at once, in the whole process. */
  readonly concurrentTts: number;
  /** Sentences of one turn whose sound is made before it is asked for. */
  readonly sentencesAhead: number;
};

export const DEFAULT_SPEAKER_LIMITS: SpeakerLimits = { maxTextLength: 20_000, concurrentTts: 2, sentencesAhead: 3 };

export type SayOptions = SpeechRequest & { readonly turn?: string; readonly picture: Picture };

export type SpeakerParts = {
  readonly tts: Tts;
  readonly renderer: Pick<FaceRenderer, 'speech'>;
  readonly limits?: Partial<SpeakerLimits>;
  /** Monotonic, in milliseconds. */
  readonly now?: () => number;
};

export type TurnSpeaker = {
  /**
   * Splits the text and appends one clip per sentence, in order.
   * @throws {StreamError} `REQUEST_INVALID` for text, voice or language; `SPEECH_FAILED` without an engine; whatever
   * `sink.appendClip` throws (clips appended before that stay).
   */
  say(sink: SpeechSink, options: SayOptions): Promise<{ turn: string; chunks: readonly ChunkStatus[] }>;
  /** Gives up all speech that is being made and waits until its processes are gone. Idempotent. The renderer is its owner's. */
  close(): Promise<void>;
};

function sentencesFor(options: SayOptions, maxTextLength: number): string[] {
  if (options.text.length > maxTextLength) {
    throw new StreamError(
      'REQUEST_INVALID',
      `text must be at most ${maxTextLength} characters, got ${options.text.length}`,
    );
  }
  const sentences = splitSentences(options.text, options.language);
  if (sentences.length > 0) return sentences;
  throw new StreamError('REQUEST_INVALID', 'text must have something to speak: a letter or a digit');
}

/** Passes pictures on and notes when the first came. Leaving before the first read reaches the source too. */
function timed(pictures: AsyncIterable<Uint8Array>, note: () => void): AsyncIterableIterator<Uint8Array> {
  const source = pictures[Symbol.asyncIterator]();
  let first = true;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      const result = await source.next();
      if (first) note();
      first = false;
      return result;
    },
    async return() {
      await source.return?.();
      return { done: true, value: undefined };
    },
  };
}

/** Makes the part that turns text into clips. */
export function createSpeaker(parts: SpeakerParts): TurnSpeaker {
  const { tts, renderer, now = () => performance.now() } = parts;
  const limits = { ...DEFAULT_SPEAKER_LIMITS, ...parts.limits };
  const slots = new Slots(limits.concurrentTts);
  const life = new AbortController();

  const spokenClip = ({ speech, ttsMs }: Prepared, picture: Picture, signal: AbortSignal): SpokenClip => {
    const timing: ClipTiming = { ttsMs: Math.round(ttsMs) };
    const started = now();
    const clip = renderer.speech(speech, picture, signal);
    const note = (): void => {
      timing.avatarMs = Math.round(now() - started);
    };
    return { ...clip, pictures: timed(clip.pictures, note), timing };
  };

  return {
    async say(sink, { turn = randomBytes(9).toString('base64url'), picture, ...request }) {
      const sentences = sentencesFor({ ...request, picture }, limits.maxTextLength);
      const requests = sentences.map((text): SpeechRequest => ({ ...request, text }));
      for (const one of requests) tts.check(one);
      const preparation = new Preparation(requests, {
        tts,
        slots,
        ahead: limits.sentencesAhead,
        now,
        life: life.signal,
      });
      const chunks: ChunkStatus[] = [];
      for (const [index, text] of sentences.entries()) {
        const render = async (signal: AbortSignal): Promise<SpokenClip> =>
          spokenClip(await preparation.take(index, signal), picture, signal);
        chunks.push(await sink.appendClip({ text, turn, index, render, drop: () => preparation.drop(index) }));
        preparation.advance(index);
      }
      return { turn, chunks };
    },
    async close() {
      life.abort(new StreamError('ABORTED', 'the speaker was closed'));
      await slots.settled();
    },
  };
}
