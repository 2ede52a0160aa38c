import { StreamError } from '../../errors.ts';
import type { ProviderName } from '../remote/provider-error.ts';
import { cleanText } from '../text/sentences.ts';
import type { SoundDecoder } from './decode-sound.ts';
import { isOpenAi, type OpenAiServerOptions, openAiClient, readAnswer } from './openai-answer.ts';
import { polish } from './polish.ts';
import { soundInAnswer } from './sound-in-answer.ts';
import { MAX_TEXT_LENGTH, type SpeechRequest, type Tts, type Voice } from './speech.ts';
import { timed } from './timed.ts';

const DEFAULT_RATE = 24_000;
/** Longer than 2,000 characters take to say. */
const MAX_DURATION = 240;
/** The highest rate in use, two channels; whatever the setting is, a WAV may have its own. */
const MAX_BYTES = MAX_DURATION * 48_000 * 2 * 2;
/** A server that trickles is given up, even if it never pauses. */
const TOTAL_MS = 120_000;
const DEFAULT_VOICE = 'alloy';
/** Of OpenAI (November 2026); other servers have their own. */
const OPENAI_VOICES = 'alloy ash ballad coral echo fable onyx nova sage shimmer verse marin cedar'.split(' ');
const MAX_VOICE_LENGTH = 200;

export type OpenAiTtsOptions = OpenAiServerOptions & {
  readonly model: string;
  /** The default voice; `alloy` unless given. */
  readonly voice?: string;
  /** Other voices to offer; those of OpenAI when it is asked, unless given. */
  readonly voices?: readonly string[];
  /** How to speak, for models that take `instructions` (`gpt-4o-mini-tts`, not `tts-1`). */
  readonly instructions?: string;
  /** Of samples without a header, in Hz, unless the server says another; 24,000 (OpenAI's) unless given. */
  readonly audioRate?: number;
  /** For what is sent instead of the samples that were asked for. */
  readonly decoder: SoundDecoder;
  /** From asking to the first sound, in ms. */
  readonly firstByteMs: number;
  /** From sound to sound, in ms. */
  readonly byteMs: number;
};

function title(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function voicesOf(options: OpenAiTtsOptions): Voice[] {
  const others = options.voices ?? (isOpenAi(options) ? OPENAI_VOICES : []);
  const names = new Set([options.voice ?? DEFAULT_VOICE, ...others]);
  return Array.from(names, (name) => ({ name, title: title(name) }));
}

function checked(request: SpeechRequest): string {
  const text = cleanText(request.text);
  if (text.length > MAX_TEXT_LENGTH)
    throw new StreamError(
      'REQUEST_INVALID',
      `text to speak must be at most ${MAX_TEXT_LENGTH} characters, got ${text.length}`,
    );
  const { voice } = request;
  if (voice !== undefined && (voice === '' || voice.length > MAX_VOICE_LENGTH))
    throw new StreamError(
      'REQUEST_INVALID',
      `voice must have 1 to ${MAX_VOICE_LENGTH} characters, got ${voice.length}`,
    );
  return text;
}

/**
 * Speech from a server with OpenAI's `/audio/speech`. Any voice is taken to the server, which knows its own; its API has no field
 * for a language: models hear it in the text. Speech comes polished, with words timed by the sound.
 */
export function createOpenAiTts(options: OpenAiTtsOptions): Tts {
  const { model, instructions, audioRate = DEFAULT_RATE, decoder, firstByteMs, byteMs, apiKey } = options;
  const name: ProviderName = { failure: 'SPEECH_FAILED', subject: 'the speech server', apiKey };
  const client = openAiClient(options, firstByteMs + 60_000);
  const voices = voicesOf(options);
  const limits = { firstByteMs, byteMs, totalMs: Math.max(TOTAL_MS, firstByteMs * 2), maxBytes: MAX_BYTES };
  return {
    name: 'openai',
    voices,
    check: (request) => void checked(request),
    async speak({ signal, ...request }) {
      const text = checked(request);
      const body = {
        model,
        voice: request.voice ?? options.voice ?? DEFAULT_VOICE,
        input: text,
        response_format: 'pcm' as const,
        ...(instructions !== undefined && { instructions }),
      };
      const answer = await readAnswer({
        send: (connection) => client.audio.speech.create(body, { signal: connection }),
        ...{ ...name, limits, signal },
      });
      const sound = await soundInAnswer(answer, { audioRate, decoder, name, signal });
      const duration = sound.pcm.length / sound.audioRate;
      if (duration > MAX_DURATION)
        throw new StreamError(
          'SPEECH_FAILED',
          `the speech server spoke for ${Math.round(duration)} s, limit is ${MAX_DURATION} s`,
          { kind: 'wrong_answer' },
        );
      const polished = polish(sound);
      if (polished === undefined)
        throw new StreamError(
          'SPEECH_FAILED',
          `the speech server sent ${answer.bytes.length} bytes of silence for a text of ${text.length} characters`,
          { kind: 'empty' },
        );
      return timed(text, polished, undefined);
    },
  };
}
