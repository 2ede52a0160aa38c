import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { StreamError } from '../../errors.ts';
import { type Jail, SOUND_DATA_BYTES } from '../../lib/jail.ts';
import { OwnedProcess, stopOnAbort } from '../../lib/owned-process.ts';
import { Slots } from '../../lib/slots.ts';
import type { Sound } from './speech.ts';
import { readWav } from './wav.ts';

/** How bytes are to be read: by one of ffmpeg's demuxers, or as samples of this form. */
export type SoundFormat =
  | { readonly demuxers: readonly string[] }
  | { readonly raw: string; readonly audioRate: number; readonly channels: number };

export type SoundDecoder = {
  /**
   * Turns sound that a server sent into samples.
   *
   * @throws {StreamError} `SPEECH_FAILED`, kind `wrong_answer`, for what ffmpeg can't read; `ABORTED`.
   */
  decode(bytes: Buffer, format: SoundFormat, signal: AbortSignal): Promise<Sound>;
};

export type SoundDecoderTools = {
  readonly ffmpegPath: string;
  /** Where foreign media is read. */
  readonly jail: Promise<Jail>;
  /** For bytes that can't be decoded from a pipe. */
  readonly temporaryDirectory: string;
};

/** Longer than any sentence; what comes after is not decoded. */
const MAX_DURATION = 241;
/** Such a sentence at the highest rate, and its header. */
const MAX_OUTPUT_BYTES = MAX_DURATION * 48_000 * 2 + 4096;
/** A minute of MP3 takes 0.1 s. */
const TIME_LIMIT_MS = 10_000;
/** Of one piece of memory: a header that claims a gigabyte fails. */
const MAX_PIECE_BYTES = 64 * 1024 * 1024;
/** At once, of all sessions. */
const PARALLEL = Math.max(2, availableParallelism());
const RATES = '8000|11025|12000|16000|22050|24000|32000|44100|48000';

function inputOptions(format: SoundFormat): string[] {
  if ('raw' in format)
    return [
      ...['-format_whitelist', format.raw, '-f', format.raw],
      ...['-ar', `${format.audioRate}`, '-ac', `${format.channels}`],
    ];
  const [only, ...others] = format.demuxers;
  const forced = only !== undefined && others.length === 0 ? ['-f', only] : [];
  return ['-format_whitelist', format.demuxers.join(','), ...forced, '-max_streams', '8', '-probesize', '5000000'];
}

/** @param path - Of a file; absent: the bytes come on standard input. */
function decoderArguments(format: SoundFormat, path: string | undefined): string[] {
  const input = path === undefined ? 'pipe:0' : `file:${path}`;
  return [
    ...['-v', 'error', '-max_alloc', `${MAX_PIECE_BYTES}`, '-protocol_whitelist', path === undefined ? 'pipe' : 'file'],
    ...[...inputOptions(format), '-threads', '1', '-t', `${MAX_DURATION}`, '-i', input],
    ...['-map', '0:a:0', '-filter_threads', '1', '-af', `aformat=sample_fmts=s16:sample_rates=${RATES}`],
    ...['-ac', '1', '-t', `${MAX_DURATION}`, '-c:a', 'pcm_s16le', '-f', 'wav', 'pipe:1'],
  ];
}

/** Whether it may say at its end where its sound is: it can't be read from a pipe. */
function needsFile(format: SoundFormat): boolean {
  return 'demuxers' in format && format.demuxers.includes('mov');
}

/** ffmpeg, in the jail, within bounds of time, memory and output. */
export function createSoundDecoder({ ffmpegPath, jail, temporaryDirectory }: SoundDecoderTools): SoundDecoder {
  const slots = new Slots(PARALLEL);
  const run = async (format: SoundFormat, input: Input, signal: AbortSignal): Promise<Sound> => {
    const { path, bytes } = input;
    const program = {
      command: ffmpegPath,
      args: decoderArguments(format, path),
      files: path === undefined ? [] : [path],
      memoryBytes: SOUND_DATA_BYTES,
    };
    const ffmpeg = new OwnedProcess({ ...(await jail).start(program), failure: 'SPEECH_FAILED' });
    const release = stopOnAbort(ffmpeg, signal);
    const late = unreadable(`ffmpeg took longer than ${TIME_LIMIT_MS} ms`);
    const limit = setTimeout(() => ffmpeg.stop(late, 0), TIME_LIMIT_MS);
    try {
      return readWav(await outputOf(ffmpeg, bytes));
    } finally {
      clearTimeout(limit);
      release();
    }
  };
  return {
    decode: async (bytes, format, signal) => {
      const giveBack = await slots.take(signal);
      try {
        if (!needsFile(format)) return await run(format, { bytes }, signal);
        return await withFile(temporaryDirectory, bytes, (path) => run(format, { path }, signal));
      } catch (error) {
        throw failureOf(error, signal);
      } finally {
        giveBack();
      }
    },
  };
}

type Input = { readonly bytes?: Buffer; readonly path?: string };

async function withFile<T>(folder: string, bytes: Buffer, use: (path: string) => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true });
  const directory = await mkdtemp(join(folder, 'sound-'));
  try {
    const path = join(directory, 'sound');
    await writeFile(path, bytes);
    return await use(path);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function outputOf(ffmpeg: OwnedProcess, input: Buffer | undefined): Promise<Buffer> {
  const output: Buffer[] = [];
  let sizeBytes = 0;
  ffmpeg.stdin.end(input);
  ffmpeg.readable(1).on('data', (bytes: Buffer) => {
    sizeBytes += bytes.length;
    if (sizeBytes <= MAX_OUTPUT_BYTES) output.push(bytes);
    else ffmpeg.stop(unreadable(`it is longer than ${MAX_DURATION} s`), 0);
  });
  await ffmpeg.done;
  return Buffer.concat(output);
}

function unreadable(reason: string): StreamError {
  return new StreamError('SPEECH_FAILED', reason, { kind: 'wrong_answer' });
}

function failureOf(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return new StreamError('ABORTED', 'decoding was aborted', { cause: error });
  if (!(error instanceof StreamError) || error.code !== 'SPEECH_FAILED' || error.kind !== undefined) return error;
  // The last line is the verdict, up to the path, which is ours.
  const line =
    error.message
      .split('\n')
      .at(-1)
      ?.replace(/(?:file:\S*\/sound|pipe:0): /, '') ?? '';
  return new StreamError('SPEECH_FAILED', line, { cause: error, kind: 'wrong_answer' });
}
