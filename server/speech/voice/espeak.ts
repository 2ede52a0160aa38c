import { StreamError } from '../../errors.ts';
import { Jail } from '../../lib/jail.ts';
import { castFor } from './casting.ts';
import { run } from './run.ts';
import {
  MAX_OUTPUT_BYTES,
  type Speech,
  type SpeechRequest,
  samplesFrom,
  TIME_LIMIT_MS,
  type Tts,
  type Voice,
} from './speech.ts';

/** A language tag, perhaps with a variant: never a path or an option. */
const VOICE = /^[a-z]{2,3}(?:-[a-z0-9]{1,8}){0,3}(?:\+[a-z][a-z0-9]{0,11})?$/u;
/**
 * espeak-ng has its own names for these, the best first. Its `cmn` (1.51) spells Chinese characters out as English letters and
 * numbers; the one for pinyin reads them.
 */
const RENAMED: Readonly<Record<string, readonly string[]>> = {
  zh: ['cmn-latn-pinyin', 'cmn'],
  cmn: ['cmn-latn-pinyin'],
  no: ['nb'],
  en: ['en-us'],
  iw: ['he'],
  in: ['id'],
  tl: ['en-us'],
};
/** Words a minute to ask for, so that 175 at most are said: some languages have shorter words. espeak-ng's own default is 175. */
const SPEEDS: Readonly<Record<string, number>> = { en: 152, fr: 132, es: 158, it: 165, pt: 158 };
const SPEED = 165;
const WAV_HEADER_BYTES = 44;
/** Four minutes of phonemes come to less. */
const MAX_LISTING_BYTES = 200_000;

/** Languages to offer, of those that are there. Japanese is not: espeak-ng can't read kanji. */
const OFFERED: readonly Voice[] = [
  { name: 'en-us', title: 'English (US)', language: 'en-US' },
  { name: 'en-gb', title: 'English (UK)', language: 'en-GB' },
  { name: 'de', title: 'German', language: 'de' },
  { name: 'fr-fr', title: 'French', language: 'fr' },
  { name: 'es', title: 'Spanish (Spain)', language: 'es-ES' },
  { name: 'es-419', title: 'Spanish (Latin America)', language: 'es-419' },
  { name: 'it', title: 'Italian', language: 'it' },
  { name: 'pt-br', title: 'Portuguese (Brazil)', language: 'pt-BR' },
  { name: 'pt', title: 'Portuguese (Portugal)', language: 'pt-PT' },
  { name: 'nl', title: 'Dutch', language: 'nl' },
  { name: 'pl', title: 'Polish', language: 'pl' },
  { name: 'sv', title: 'Swedish', language: 'sv' },
  { name: 'ru', title: 'Russian', language: 'ru' },
  { name: 'tr', title: 'Turkish', language: 'tr' },
  { name: 'ar', title: 'Arabic', language: 'ar' },
  { name: 'hi', title: 'Hindi', language: 'hi' },
  { name: 'ko', title: 'Korean', language: 'ko' },
  { name: 'cmn-latn-pinyin', title: 'Chinese (Mandarin)', language: 'zh' },
];

/**
 * In the jail nothing is written, and who tries is ended (SIGXFSZ). espeak-ng tries before it speaks: whatever it is asked for, it begins
 * with PulseAudio, which takes 64 MB of shared memory. Ignored, the signal is an error of that call, and it goes on without.
 */
const WITHOUT_SIGNAL = ['-c', 'trap "" XFSZ; exec "$0" "$@"'];

export type Espeak = Tts & {
  /**
   * The phonemes of a text, as `parseIpa` reads them.
   * @throws {StreamError} `REQUEST_INVALID`, `SPEECH_FAILED`, `ABORTED`.
   */
  phonemesOf(request: SpeechRequest & { readonly signal: AbortSignal }): Promise<string>;
};

/** Languages in the output of `espeak-ng --voices`: its second column. */
export function parseVoices(listing: string): ReadonlySet<string> {
  const rows = listing.split('\n').slice(1);
  const languages = rows.map((row) => row.trim().split(/\s+/u)[1]?.toLowerCase() ?? '');
  return new Set(languages.filter((language) => VOICE.test(language)));
}

/** The nearest voice for a tag: its own name, itself, its first part, or a region's. */
function nearest(tag: string, known: ReadonlySet<string>): string | undefined {
  const base = tag.split('-')[0] ?? tag;
  const exact = [...(RENAMED[tag] ?? []), tag, ...(RENAMED[base] ?? []), base, `${base}-${base}`];
  return exact.find((name) => known.has(name)) ?? [...known].find((name) => name.startsWith(`${base}-`));
}

function voiceOf(request: SpeechRequest, known: ReadonlySet<string>): string {
  const subject = request.voice === undefined ? 'language' : 'voice';
  const asked = (request.voice ?? request.language ?? 'en').toLowerCase();
  const [tag = '', variant] = asked.split('+');
  const voice = VOICE.test(asked) ? nearest(tag, known) : undefined;
  if (voice === undefined) {
    throw new StreamError('REQUEST_INVALID', `${subject} must be one that espeak-ng has, got '${asked.slice(0, 40)}'`);
  }
  const wanted = variant ?? (request.voice === undefined ? castFor(request.look)?.espeakVariant : undefined);
  return wanted === undefined ? voice : `${voice}+${wanted}`;
}

/** `[[` begins phoneme names in espeak-ng's input: it is taken apart. */
function plain(text: string): string {
  return text.replace(/\[(?=\[)/gu, '[ ');
}

/** Canonical 44-byte header as `--stdout` writes it; its length fields say "unknown" and are not read. */
function parseWav(bytes: Buffer): Speech {
  if (bytes.length < WAV_HEADER_BYTES || bytes.toString('latin1', 0, 4) !== 'RIFF') {
    throw new StreamError('SPEECH_FAILED', `espeak-ng gave ${bytes.length} bytes that are no WAV file`);
  }
  return { audioRate: bytes.readUInt32LE(24), pcm: samplesFrom(bytes.subarray(WAV_HEADER_BYTES)) };
}

/** Speech in many languages from espeak-ng; the text goes in through standard input. */
export async function createEspeak({
  jail = Jail.OPEN,
  ...options
}: {
  espeakPath: string;
  jail?: Jail;
  signal: AbortSignal;
}): Promise<Espeak> {
  const command = 'sh';
  const program = [...WITHOUT_SIGNAL, options.espeakPath];
  const bounds = { jail, timeLimitMs: TIME_LIMIT_MS, maxOutputBytes: MAX_LISTING_BYTES };
  const listing = await run({ ...bounds, command, args: [...program, '--voices'], signal: options.signal });
  const known = parseVoices(listing.toString('utf8'));
  const ask = (request: SpeechRequest & { signal: AbortSignal }, args: readonly string[], maxOutputBytes: number) =>
    run({
      command,
      args: [...program, ...args, '--stdin', '-b', '1', '-v', voiceOf(request, known)],
      input: plain(request.text),
      jail,
      signal: request.signal,
      timeLimitMs: TIME_LIMIT_MS,
      maxOutputBytes,
    });
  return {
    name: 'espeak-ng',
    voices: OFFERED.filter(({ name }) => known.has(name)),
    check: (request) => void voiceOf(request, known),
    speak: async (request) => {
      const speed = SPEEDS[voiceOf(request, known).split('-')[0] ?? ''] ?? SPEED;
      return parseWav(await ask(request, ['--stdout', '-s', String(speed)], MAX_OUTPUT_BYTES));
    },
    phonemesOf: async (request) => (await ask(request, ['-q', '--ipa', '--sep=_'], MAX_LISTING_BYTES)).toString('utf8'),
  };
}
