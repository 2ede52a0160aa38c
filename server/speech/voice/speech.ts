import type { WordTime } from '../../session/types.ts';

/** A phoneme in IPA with its time in seconds from the start of the speech. */
export type PhonemeTime = { readonly ipa: string; readonly start: number; readonly end: number };

/** Mono, 16 bit signed. */
export type Sound = { readonly pcm: Int16Array; readonly audioRate: number };

/** Spoken text. */
export type Speech = Sound & {
  /** When each word is said, in order; joining their texts by '' gives the text back (`wordTimes`). */
  readonly words?: readonly WordTime[];
  /** In order, none overlapping; between them is silence. Without stress and tone: `ə`, `iː`, `aɪ`, `tʃ`, `oːɹ`. */
  readonly phonemes?: readonly PhonemeTime[];
};

export type Voice = {
  /** What `SpeechRequest.voice` takes. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** BCP 47 tag; absent: it speaks many. */
  readonly language?: string;
};

export type SpeechRequest = {
  readonly text: string;
  /** An engine's own name for a voice. */
  readonly voice?: string;
  /** BCP 47 tag, such as `en` or `pt-BR`. */
  readonly language?: string;
  /** Name of the look that says it: where no voice is asked for, an engine may choose one that suits it. */
  readonly look?: string;
};

/** Text to speech. */
export type Tts = {
  readonly name: string;
  /** A choice worth showing to people; `check` may allow more. The first is the default. */
  readonly voices: readonly Voice[];
  /**
   * Refuses a voice or language it does not have, before anything is queued.
   * @throws {StreamError} `REQUEST_INVALID`.
   */
  check(request: SpeechRequest): void;
  /** @throws {StreamError} `REQUEST_INVALID`, `SPEECH_FAILED`, `ABORTED`. */
  speak(request: SpeechRequest & { readonly signal: AbortSignal }): Promise<Speech>;
};

/** What an engine is given at once, in UTF-16 code units; sentences are far shorter. */
export const MAX_TEXT_LENGTH = 2000;
/** For one text. Both engines take about 0.1 s for a sentence. */
export const TIME_LIMIT_MS = 15_000;
/** 4 minutes at 22,050 Hz: what 2,000 spelled-out characters can come to, and 11 MB. */
export const MAX_OUTPUT_BYTES = 240 * 22_050 * 2;

/** Samples in little-endian bytes; an odd last byte is dropped. */
export function samplesFrom(bytes: Uint8Array): Int16Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const samples = new Int16Array(bytes.byteLength >> 1);
  // Not `from`: minutes of a server's speech would hold up all streams for a second.
  for (let at = 0; at < samples.length; at++) samples[at] = view.getInt16(at * 2, true);
  return samples;
}
