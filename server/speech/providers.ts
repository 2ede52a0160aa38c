import type { RawClip } from '../encode/types.ts';
import type { Picture } from './face/renderer.ts';
import type { Speech } from './voice/speech.ts';

export type { Picture } from './face/renderer.ts';
export type { Speech, SpeechRequest, Tts } from './voice/speech.ts';

/** One message of a chat, as OpenAI-compatible servers take it. */
export type ChatMessage = { readonly role: 'system' | 'user' | 'assistant'; readonly content: string };

/** Why an answer is not there yet: the provider loads its model, is busy, thinks, is gone for the moment, or has said nothing so far. */
export type Waiting = {
  readonly kind: 'loading' | 'busy' | 'thinking' | 'unreachable' | 'silent';
  /** It is asked again after so many ms. */
  readonly againMs?: number;
};

export type LlmRequest = {
  /** Oldest first; the last one is the user's. */
  readonly messages: readonly ChatMessage[];
  /** BCP 47 tag of the language to answer in, when it is known. */
  readonly language?: string;
  readonly signal: AbortSignal;
  /** Called when it becomes known why the first word takes its time; not called for a model that just answers. */
  onWaiting?(waiting: Waiting): void;
  /** Called before the first piece by those who know the language they answer in. @param tag - BCP 47. */
  onLanguage?(tag: string): void;
};

/** Large language model: writes answers. */
export type Llm = {
  readonly name: string;
  /** How to have a better one, for whoever runs the server. */
  readonly hint?: { readonly text: string; readonly lines: readonly string[] };
  /**
   * The answer in pieces, as they are written. Leaving the loop, or aborting, closes the provider's connection. Time is limited only
   * while somebody waits for a piece: a reader may take as long as it likes.
   *
   * @throws {StreamError} `LLM_FAILED`: refused, cut off, or silent past its deadline; `ABORTED`: an aborted answer never just ends.
   */
  answer(request: LlmRequest): AsyncIterable<string>;
};

export type AsrRequest = {
  /** File with what was said, in any container and codec that ffmpeg reads. */
  readonly path: string;
  readonly language?: string;
  readonly signal: AbortSignal;
  /** Called when it becomes known why it takes its time. */
  onWaiting?(waiting: Waiting): void;
};

/** Speech recognition. */
export type Asr = {
  readonly name: string;
  /** Why it can't be used, if it can't; the server says so instead of taking audio. */
  readonly unavailable?: string;
  /**
   * What was said; empty when nothing was.
   * @throws {StreamError} `ASR_UNAVAILABLE`, `ASR_FAILED`, `MEDIA_UNSUPPORTED` for a file without sound, `ABORTED`.
   */
  transcribe(request: AsrRequest): Promise<{ readonly text: string; readonly language?: string }>;
};

/** One sentence to give a face to. */
export type AvatarJob = {
  /** Unique, and the same when the job is done again after a restart: `^[a-z0-9-]{1,64}$`. */
  readonly id: string;
  readonly text: string;
  readonly speech: Speech;
  readonly picture: Picture;
  /** Name of a look (`Avatar.looks`). */
  readonly look?: string;
  /** Seeds of the poses at which it begins and ends: where one sentence of a turn ends, the next begins. */
  readonly joins?: { readonly from: number; readonly to: number };
  readonly signal: AbortSignal;
};

export type Look = { readonly name: string; readonly title: string };

/** Puts a face to speech. */
export type Avatar = {
  readonly name: string;
  /** Jobs it takes at once: GPU services mostly do one after the other. */
  readonly concurrency: number;
  /** The first is the default; empty: it has only one. */
  readonly looks: readonly Look[];
  /**
   * Pictures of the face saying the sentence, exactly `ceil(duration * fps)` of them, with the job's own speech as sound; `undefined`:
   * the voice is heard over the idle picture. Resolves as soon as the first picture is there, so that a failure is known before
   * anything is shown; the rest is made while it is read. The job is over when its last picture was read, or its reader left.
   *
   * @throws {StreamError} `AVATAR_FAILED`, `ABORTED`.
   */
  render(job: AvatarJob): Promise<RawClip | undefined>;
  /** The face listening: a loop; drawing starts with the first read. */
  idle(picture: Picture, look?: string): RawClip;
  /** Names what `idle` shows, for caches: another drawing or movement, another name. */
  idleLook(look?: string): string;
  close(): Promise<void>;
};
