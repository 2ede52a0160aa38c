import { StreamError } from '../../errors.ts';
import { Jail } from '../../lib/jail.ts';
import { languageOfScript } from '../text/script.ts';
import { cleanText } from '../text/sentences.ts';
import { createEspeak, type Espeak } from './espeak.ts';
import { createFlite, isFliteVoice } from './flite.ts';
import { polish } from './polish.ts';
import { MAX_TEXT_LENGTH, type SpeechRequest, type Tts } from './speech.ts';
import { speakTimed } from './timed.ts';

export type { Speech, SpeechRequest, Tts, Voice } from './speech.ts';

const INSTALL =
  'install espeak-ng (apt install espeak-ng, brew install espeak-ng) or an ffmpeg built with --enable-libflite';

type Engines = { readonly flite: Tts | undefined; readonly espeak: Espeak | undefined };

/** flite for English unless a voice says otherwise; espeak-ng for everything else; whichever there is when it is alone. */
function engineFor(request: SpeechRequest, engines: Engines): Tts {
  const { flite, espeak } = engines;
  const english = request.language === undefined || /^en(?:-|$)/iu.test(request.language);
  const wantsFlite = request.voice === undefined ? english : isFliteVoice(request.voice);
  const engine = wantsFlite ? (flite ?? espeak) : espeak;
  if (engine !== undefined) return engine;
  if (flite === undefined) throw new StreamError('SPEECH_FAILED', `no speech engine was found: ${INSTALL}`);
  if (request.voice !== undefined) return flite;
  // Of the request, not of the engine: the next one, in English, will do.
  throw new StreamError(
    'REQUEST_INVALID',
    `no voice here speaks '${request.language?.slice(0, 40)}': install espeak-ng (apt install espeak-ng), or speak English`,
  );
}

/** The request as engines get it: no controls, and a language when only the script tells it. */
function prepared(request: SpeechRequest): SpeechRequest {
  const text = cleanText(request.text);
  if (text.length > MAX_TEXT_LENGTH) {
    throw new StreamError(
      'REQUEST_INVALID',
      `text to speak must be at most ${MAX_TEXT_LENGTH} characters, got ${text.length}`,
    );
  }
  const language = request.language ?? (request.voice === undefined ? languageOfScript(text) : undefined);
  return { ...request, text, ...(language === undefined ? {} : { language }) };
}

/** Runs an engine once for real; `undefined` when it can't speak here. */
async function working<T extends Tts>(make: () => Promise<T> | T, signal: AbortSignal): Promise<T | undefined> {
  try {
    const tts = await make();
    const speech = await tts.speak({ text: 'Hello.', signal });
    return polish(speech) === undefined ? undefined : tts;
  } catch (error) {
    if (error instanceof StreamError && error.code === 'SPEECH_FAILED') return undefined;
    throw error;
  }
}

/** What flite skips and espeak-ng has words for. */
const PICTURES = /\p{Extended_Pictographic}/gu;

/** espeak-ng's phonemes fit flite's English too. */
function phonemesFor(engine: Tts, request: SpeechRequest, { espeak }: Engines) {
  if (espeak === undefined) return undefined;
  if (engine === espeak) return { espeak, request };
  return { espeak, request: { text: request.text.replace(PICTURES, ' '), language: 'en-us' } };
}

/** What may be chosen, added to why something may not. */
function withChoice(error: unknown, engines: readonly Tts[]): unknown {
  if (!(error instanceof StreamError) || error.code !== 'REQUEST_INVALID') return error;
  const voices = engines.flatMap(({ voices }) => voices);
  const names = voices.map(({ name }) => name).join(', ');
  const languages = [...new Set(voices.flatMap(({ language }) => language ?? []))].join(', ');
  return new StreamError('REQUEST_INVALID', `${error.message}; voices: ${names}; languages: ${languages}`, {
    cause: error,
  });
}

function combine(engines: Engines): Tts {
  const all = [engines.flite, engines.espeak].filter((engine) => engine !== undefined);
  return {
    name: all.map(({ name }) => name).join('+') || 'none',
    voices: all.flatMap(({ voices }) => voices),
    check(request) {
      const ready = prepared(request);
      try {
        engineFor(ready, engines).check(ready);
      } catch (error) {
        throw withChoice(error, all);
      }
    },
    async speak({ signal, ...request }) {
      const ready = prepared(request);
      const engine = engineFor(ready, engines);
      const speech = await speakTimed({
        engine,
        request: ready,
        phonemes: phonemesFor(engine, ready, engines),
        signal,
      });
      if (speech !== undefined) return speech;
      throw new StreamError(
        'SPEECH_FAILED',
        `${engine.name} had nothing to say for a text of ${ready.text.length} characters`,
        { kind: 'empty' },
      );
    },
  };
}

/**
 * Finds out which engines speak here, by letting them. With none, every call fails with `SPEECH_FAILED` and what to install.
 *
 * @throws {StreamError} `ABORTED`.
 */
export async function chooseTts(options: {
  ffmpegPath?: string;
  espeakPath?: string;
  /** Where texts lie while they are spoken. */
  jobsDirectory?: string;
  /** Where the engines run: they read what strangers say. */
  jail?: Jail;
  signal: AbortSignal;
}): Promise<Tts> {
  const { ffmpegPath = 'ffmpeg', espeakPath = 'espeak-ng', jobsDirectory, jail = Jail.OPEN, signal } = options;
  const [flite, espeak] = await Promise.all([
    working(() => createFlite({ ffmpegPath, jail, jobsDirectory }), signal),
    working(() => createEspeak({ espeakPath, jail, signal }), signal),
  ]);
  return combine({ flite, espeak });
}
