import { StreamError } from '../../errors.ts';
import { cleanText } from '../text/sentences.ts';
import { type Answered, isOpenAi, type OpenAiServerOptions, openAiClient, readAnswer } from './openai-answer.ts';
import { polish } from './polish.ts';
import { MAX_TEXT_LENGTH, type Sound, type SpeechRequest, samplesFrom, type Tts, type Voice } from './speech.ts';
import { timed } from './timed.ts';
import { isWav, readWav } from './wav.ts';

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

/** Beginnings of what is no sound, or encoded. */
const ENCODED: readonly (readonly [magic: string, name: string])[] = [
  ['ID3', 'MP3'],
  ['OggS', 'Ogg'],
  ['fLaC', 'FLAC'],
  ['\x1aE\xdf\xa3', 'WebM'],
];

export type OpenAiTtsOptions = OpenAiServerOptions & {
  readonly model: string;
  /** The default voice; `alloy` unless given. */
  readonly voice?: string;
  /** Other voices to offer; those of OpenAI when it is asked, unless given. */
  readonly voices?: readonly string[];
  /** How to speak, for models that take `instructions` (`gpt-4o-mini-tts`, not `tts-1`). */
  readonly instructions?: string;
  /** Of raw samples, in Hz; 24,000 (OpenAI's) unless given. A WAV tells its own. */
  readonly audioRate?: number;
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

/** The sound in an answer: WAV when it says so, otherwise the raw samples that were asked for. */
function soundOf({ bytes, contentType }: Answered, audioRate: number): Sound {
  if (isWav(bytes)) return readWav(bytes);
  const head = bytes.toString('latin1', 0, 4);
  const encoded = ENCODED.find(([magic]) => head.startsWith(magic))?.[1];
  // MPEG's frame sync could also be two loud samples: what the server calls it decides.
  const isMpeg = /mpeg|mp3/i.test(contentType) && bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0;
  const other = encoded ?? (isMpeg ? 'MP3' : /json|^text\//i.exec(contentType) && contentType.slice(0, 60));
  if (other) throw new StreamError('SPEECH_FAILED', `the speech server was asked for pcm and sent ${other}`);
  return { pcm: samplesFrom(bytes), audioRate };
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
  const { model, instructions, audioRate = DEFAULT_RATE, firstByteMs, byteMs, apiKey } = options;
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
        ...{ limits, signal, apiKey, failure: 'SPEECH_FAILED', subject: 'the speech server' },
      });
      const sound = soundOf(answer, audioRate);
      const duration = sound.pcm.length / sound.audioRate;
      if (duration > MAX_DURATION)
        throw new StreamError(
          'SPEECH_FAILED',
          `the speech server spoke for ${Math.round(duration)} s, limit is ${MAX_DURATION} s`,
        );
      const polished = polish(sound);
      if (polished === undefined)
        throw new StreamError(
          'SPEECH_FAILED',
          `the speech server sent ${answer.bytes.length} bytes of silence for a text of ${text.length} characters`,
        );
      return timed(text, polished, undefined);
    },
  };
}
