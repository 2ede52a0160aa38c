import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { StreamError } from '../../errors.ts';
import { Jail } from '../../lib/jail.ts';
import { makeJobDirectory } from '../../lib/job-directory.ts';
import { castFor } from './casting.ts';
import { run } from './run.ts';
import { MAX_OUTPUT_BYTES, type SpeechRequest, samplesFrom, TIME_LIMIT_MS, type Tts, type Voice } from './speech.ts';

export const FLITE_VOICES = ['slt', 'kal', 'kal16', 'awb', 'rms'] as const;
export type FliteVoice = (typeof FLITE_VOICES)[number];

const DEFAULT_VOICE: FliteVoice = 'slt';
/** `kal` speaks at 8,000 Hz, the others at 16,000; ffmpeg resamples to the one rate. */
const AUDIO_RATE = 16_000;
/** `kal` is `kal16` at half its rate: there is no reason to choose it. */
const OFFERED: readonly (Voice & { readonly name: FliteVoice })[] = [
  { name: 'slt', title: 'Woman, American', language: 'en-US' },
  { name: 'rms', title: 'Man, American', language: 'en-US' },
  { name: 'kal16', title: 'Robot, American', language: 'en-US' },
  { name: 'awb', title: 'Man, Scottish', language: 'en-GB' },
];
const TEXT_FILE = 'text.txt';
/** `slt` says 177 words a minute, more than one likes to follow: at this tempo 165. */
const TEMPO: Partial<Record<FliteVoice, number>> = { slt: 0.93, awb: 0.97 };

export function isFliteVoice(voice: string): voice is FliteVoice {
  return (FLITE_VOICES as readonly string[]).includes(voice);
}

function voiceOf({ voice, look }: Pick<SpeechRequest, 'voice' | 'look'>): FliteVoice {
  if (voice === undefined) return castFor(look)?.flite ?? DEFAULT_VOICE;
  if (isFliteVoice(voice)) return voice;
  throw new StreamError(
    'REQUEST_INVALID',
    `voice must be one of ${FLITE_VOICES.join(', ')}, got '${voice.slice(0, 40)}'`,
  );
}

/** Removes what flite's reader takes for more than words. */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[’‘]/gu, "'")
    .replace(/[“”<>[\]{}\\|`^~]/gu, ' ');
}

export type FliteOptions = {
  readonly ffmpegPath: string;
  /** Where texts lie while they are spoken. Default: the system's directory for temporary files. */
  readonly jobsDirectory?: string | undefined;
  /** Where it runs: it reads what strangers say. */
  readonly jail?: Jail;
};

/**
 * English speech from flite inside ffmpeg. No user text is in a command line or a filter string: it is in a file of a
 * fixed name, in a directory of its own that is the process's working directory.
 */
export function createFlite({ jail = Jail.OPEN, jobsDirectory = tmpdir(), ...options }: FliteOptions): Tts {
  const command = options.ffmpegPath.includes('/') ? resolve(options.ffmpegPath) : options.ffmpegPath;
  return {
    name: 'flite',
    voices: OFFERED,
    check: (request) => void voiceOf(request),
    async speak({ text, signal, ...request }) {
      const voice = voiceOf(request);
      const tempo = TEMPO[voice];
      const filter = `flite=textfile=${TEXT_FILE}:voice=${voice}${tempo === undefined ? '' : `,atempo=${tempo}`}`;
      const job = await makeJobDirectory(jobsDirectory);
      try {
        await writeFile(join(job.path, TEXT_FILE), plain(text), { mode: 0o600 });
        const input = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-f', 'lavfi', '-i', filter];
        const output = ['-f', 's16le', '-ac', '1', '-ar', String(AUDIO_RATE), 'pipe:1'];
        const bytes = await run({
          command,
          args: [...input, ...output],
          cwd: job.path,
          jail,
          signal,
          timeLimitMs: TIME_LIMIT_MS,
          maxOutputBytes: MAX_OUTPUT_BYTES,
        });
        return { pcm: samplesFrom(bytes), audioRate: AUDIO_RATE };
      } finally {
        await job.remove();
      }
    },
  };
}
