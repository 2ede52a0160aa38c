import { createHash } from 'node:crypto';
import { StreamError } from '../../errors.ts';
import type { ChunkOrigin, RenderedClip, StageTimes } from '../../session/chunk.ts';
import type { WordTime } from '../../session/types.ts';
import type { Picture, Speech, SpeechRequest } from '../providers.ts';
import { languageOfText } from '../text/languages/text-language.ts';
import { wordTimes } from '../voice/word-times.ts';
import type { Degraded } from './degraded.ts';
import type { ResilientFace } from './resilient-face.ts';
import type { ResilientVoice, Spoken } from './resilient-voice.ts';
import { SpeechAhead } from './speech-ahead.ts';

/** Sentences of a turn whose sound is made before it is asked for: TTS calls at once. */
const SPEECH_AHEAD = 5;
/** A sentence nobody can speak is shown for as long as it takes to read. */
const READING = { secondsPerCharacter: 0.06, atLeastSeconds: 1.2, audioRate: 24_000 };

export type ClipMakerOptions = {
  readonly voice: ResilientVoice;
  readonly face: ResilientFace;
  readonly speech: Omit<SpeechRequest, 'text'>;
  readonly picture: Picture;
  readonly look: string | undefined;
  /** Names the turn in avatar jobs: the same after a restart. */
  readonly jobPrefix: string;
  /** Sentences that the turn has already. */
  readonly firstIndex: number;
  now(): number;
  onDegraded(degraded: Degraded, sentence: { readonly index: number; readonly text: string }): void;
};

/** A sentence that an earlier server had accepted. */
export type EarlierSentence = {
  readonly index: number;
  /** What was said for it, if it was spoken. */
  speech(): Promise<Speech | undefined>;
};

/** Makes the clips of one turn: speech for a few sentences at once, faces one after the other, in order. */
export class ClipMaker {
  readonly #options: ClipMakerOptions;
  readonly #speech = new SpeechAhead<Spoken | undefined>(SPEECH_AHEAD);
  #language: string | undefined;
  /** Settles when the faces of all sentences so far are drawn or given up. */
  #facesDone: Promise<unknown> = Promise.resolve();

  constructor(options: ClipMakerOptions) {
    this.#options = options;
  }

  /** Language of what comes next, for sentences that do not tell their own ("Okay."). */
  set language(tag: string) {
    this.#language = tag;
  }

  /**
   * The origin of the next sentence's chunk; its speech may begin at once.
   *
   * @param earlier - The sentence was accepted by an earlier server, as the one of this index, and spoken perhaps.
   */
  sentence(text: string, earlier?: EarlierSentence): Extract<ChunkOrigin, { kind: 'render' }> {
    const { firstIndex, look } = this.#options;
    const speech = this.#speechFor(text);
    const number = this.#speech.add((signal, own) =>
      this.#speak({ ...speech, text }, earlier?.index ?? firstIndex + own, earlier, signal),
    );
    const index = earlier?.index ?? firstIndex + number;
    const before = this.#facesDone;
    const face = Promise.withResolvers<void>();
    this.#facesDone = before.then(() => face.promise);
    return {
      kind: 'render',
      spec: { ...speech, ...(look !== undefined && { look }) },
      render: async (signal) => {
        try {
          return await this.#render({ text, number, index, before, faceDone: face.resolve }, signal);
        } catch (error) {
          face.resolve();
          throw error;
        }
      },
      drop: () => {
        this.#speech.drop(number);
        face.resolve();
      },
    };
  }

  /** Who is to say it: the voice follows the language of what is said, where neither was chosen. */
  #speechFor(text: string): Omit<SpeechRequest, 'text'> {
    const { speech } = this.#options;
    if (speech.voice !== undefined || speech.language !== undefined) return speech;
    this.#language = languageOfText(text) ?? this.#language;
    return this.#language === undefined ? speech : { ...speech, language: this.#language };
  }

  async #speak(
    request: SpeechRequest,
    index: number,
    earlier: EarlierSentence | undefined,
    signal: AbortSignal,
  ): Promise<Spoken | undefined> {
    const { voice, look, onDegraded, now } = this.#options;
    const saved = await earlier?.speech();
    // Not spoken again: part of it may have been heard, and another run of the same voice has other pauses.
    if (saved) return { speech: saved, startMs: now(), endMs: now() };
    const asked = { ...request, ...(look !== undefined && { look }) };
    return await voice.speak(asked, signal, (degraded) => onDegraded(degraded, { index, text: request.text }));
  }

  async #render(
    sentence: { text: string; number: number; index: number; before: Promise<unknown>; faceDone: () => void },
    signal: AbortSignal,
  ): Promise<RenderedClip> {
    const { now, picture, look, face, jobPrefix, onDegraded } = this.#options;
    const { text, number, index, before, faceDone } = sentence;
    const spoken = await this.#speech.take(number, signal);
    if (!spoken) {
      faceDone();
      return silent(text, picture.fps);
    }
    const { speech, startMs, endMs } = spoken;
    const askedMs = now();
    await unlessAborted(before, signal);
    const id = createHash('sha256').update(`${jobPrefix} ${index} ${text}`).digest('hex').slice(0, 32);
    // The encoder may fail before it reads a picture: the job ends with the clip, whatever became of it.
    const over = new AbortController();
    const joins = { from: joinSeed(jobPrefix, index), to: joinSeed(jobPrefix, index + 1) };
    const job = { id, text, speech, picture, joins, ...(look !== undefined && { look }) };
    const clip = await face.render(
      { ...job, signal: AbortSignal.any([signal, over.signal]) },
      { degraded: (degraded) => onDegraded(degraded, { index, text }), done: faceDone },
    );
    const stages: StageTimes = { tts: [startMs, endMs], ...(clip && { avatar: [askedMs, now()] }) };
    return {
      media: clip ?? soundOf(speech, picture.fps),
      words: wordsOf(text, speech),
      stages: () => stages,
      release: () => over.abort(),
    };
  }
}

/** Names the moment between two sentences of a turn, the same after a restart. */
function joinSeed(jobPrefix: string, index: number): number {
  return createHash('sha256').update(`${jobPrefix} join ${index}`).digest().readUInt32LE();
}

function wordsOf(text: string, speech: Speech): readonly WordTime[] {
  return speech.words ?? wordTimes(text, speech);
}

function soundOf({ pcm, audioRate }: Speech, fps: number): { frames: number; pcm: Int16Array; audioRate: number } {
  return { frames: Math.max(1, Math.ceil((pcm.length * fps) / audioRate)), pcm, audioRate };
}

/** The idle picture for as long as the text takes to read: captions show it. */
function silent(text: string, fps: number): RenderedClip {
  const { secondsPerCharacter, atLeastSeconds, audioRate } = READING;
  const seconds = Math.max(atLeastSeconds, text.length * secondsPerCharacter);
  const speech = { pcm: new Int16Array(Math.round(seconds * audioRate)), audioRate };
  return { media: soundOf(speech, fps), stages: () => ({}), release: () => undefined };
}

/** Waits, but not when aborted. @throws {StreamError} `ABORTED`. */
async function unlessAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(new StreamError('ABORTED', 'the face was aborted', { cause: signal.reason }));
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
