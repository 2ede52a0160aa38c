import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { StreamError } from '../../errors.ts';
import type { Jail } from '../../lib/jail.ts';
import type { Asr } from '../providers.ts';
import { run } from '../voice/run.ts';
import { kindOfRecording } from './recording-kind.ts';

/** Of sound; what comes after is not listened to. */
const MAX_DURATION = 60;
const TIME_LIMIT_MS = 90_000;
const MAX_OUTPUT_BYTES = 100_000;
const MAX_TEXT_LENGTH = 10_000;
const AUDIO_RATE = 16_000;
/** In seconds. */
const SILENCE_AFTER = 1;
/** Where Debian's pocketsphinx-en-us puts its model, and where builds from source do. */
const PLACES = ['/usr/share/pocketsphinx/model/en-us', '/usr/local/share/pocketsphinx/model/en-us'];
/** Names inside a model's directory. */
const MODEL = { hmm: 'en-us', lm: 'en-us.lm.bin', dict: 'cmudict-en-us.dict' };
/** What stands in a filter string by itself: a path of other characters is not used. */
const PLAIN_PATH = /^[\w./+-]+$/u;

export type PocketsphinxOptions = {
  readonly ffmpegPath: string;
  /** Holds `en-us/`, `en-us.lm.bin` and `cmudict-en-us.dict`. */
  readonly modelDirectory: string;
  /** ffmpeg's options before an input that came from outside (`UNTRUSTED_INPUT` of `encode/`). */
  readonly untrustedInput: readonly string[];
  /** Where foreign media is read. */
  readonly jail: Jail;
};

async function holdsModel(directory: string): Promise<boolean> {
  try {
    await Promise.all(Object.values(MODEL).map((name) => access(join(directory, name))));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return false;
    throw error;
  }
}

/** The first known place with a whole model. */
export async function findPocketsphinxModel(places: readonly string[] = PLACES): Promise<string | undefined> {
  for (const place of places) if (PLAIN_PATH.test(place) && (await holdsModel(place))) return place;
  return undefined;
}

/** The texts in what `ametadata=mode=print` wrote, in order: one for each utterance. */
export function recognised(metadata: string): string {
  const texts = Array.from(metadata.matchAll(/^lavfi\.asr\.text=(.*)$/gmu), ([, text]) => text?.trim() ?? '');
  return texts
    .filter((text) => text !== '')
    .join(' ')
    .slice(0, MAX_TEXT_LENGTH);
}

function failure(error: unknown): unknown {
  if (!(error instanceof StreamError) || error.code !== 'SPEECH_FAILED') return error;
  const isSilent = /matches no streams|does not contain any stream|Invalid data found/u.test(error.message);
  return new StreamError(isSilent ? 'MEDIA_UNSUPPORTED' : 'ASR_FAILED', error.message, { cause: error });
}

function filterFor(modelDirectory: string): string {
  if (!PLAIN_PATH.test(modelDirectory))
    throw new StreamError(
      'CONFIG_INVALID',
      `model directory must be letters, digits and ./+-_, got '${modelDirectory}'`,
    );
  const model = Object.entries(MODEL).map(([option, name]) => `${option}=${join(modelDirectory, name)}`);
  const input = `aresample=${AUDIO_RATE},aformat=sample_fmts=s16:channel_layouts=mono`;
  // af_asr.c tells an utterance at the silence after it, and not at the end of the input.
  const padded = `apad=pad_dur=${SILENCE_AFTER}`;
  return `${input},${padded},asr=rate=${AUDIO_RATE}:${model.join(':')},ametadata=mode=print:key=lavfi.asr.text:file=-`;
}

const QUIET = ['-hide_banner', '-nostdin', '-v', 'error', '-filter_threads', '1'];

/** Runs the filter on a moment of silence: a model that can't be read, or an ffmpeg without `asr`, is known before it is needed. */
export async function checkPocketsphinx(options: {
  ffmpegPath: string;
  modelDirectory: string;
  jail: Jail;
  signal: AbortSignal;
}): Promise<void> {
  const input = ['-f', 'lavfi', '-t', '0.1', '-i', 'anullsrc'];
  await run({
    command: commandOf(options.ffmpegPath),
    args: [...QUIET, ...input, '-af', filterFor(options.modelDirectory), '-f', 'null', '-'],
    files: [resolve(options.modelDirectory)],
    jail: options.jail,
    ...{ signal: options.signal, timeLimitMs: TIME_LIMIT_MS, maxOutputBytes: MAX_OUTPUT_BYTES },
  });
}

function commandOf(ffmpegPath: string): string {
  return ffmpegPath.includes('/') ? resolve(ffmpegPath) : ffmpegPath;
}

/**
 * English speech recognised by pocketsphinx inside ffmpeg (`asr` filter): no network, no key.
 *
 * Not measured: it was written without the model at hand. Its command line, the parsing of what it prints (from af_asr.c) and every
 * failure are tested; the test that speaks and listens runs where pocketsphinx-en-us is installed, and prints the word error rate.
 */
export function createPocketsphinxAsr({ ffmpegPath, modelDirectory, untrustedInput, jail }: PocketsphinxOptions): Asr {
  const filter = filterFor(modelDirectory);
  return {
    name: 'pocketsphinx',
    async transcribe({ path, language, signal }) {
      if (language !== undefined && !/^en(?:-|$)/iu.test(language))
        throw new StreamError(
          'ASR_UNAVAILABLE',
          `the embedded recognition knows English only, not '${language.slice(0, 40)}': set ASR_MODEL for more`,
        );
      await kindOfRecording(path);
      const recording = resolve(path);
      const input = [...untrustedInput, '-threads', '1', '-t', `${MAX_DURATION}`, '-i', `file:${recording}`];
      const output = ['-map', '0:a:0', '-af', filter, '-f', 'null', '-'];
      try {
        const bytes = await run({
          command: commandOf(ffmpegPath),
          args: [...QUIET, ...input, ...output],
          files: [recording, resolve(modelDirectory)],
          jail,
          ...{ signal, timeLimitMs: TIME_LIMIT_MS, maxOutputBytes: MAX_OUTPUT_BYTES },
        });
        return { text: recognised(bytes.toString('utf8')), language: 'en' };
      } catch (error) {
        throw failure(error);
      }
    },
  };
}
