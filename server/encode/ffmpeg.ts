import { dirname, join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import ffmpeg from 'fluent-ffmpeg';
import { StreamError } from '../errors.ts';
import { Jail } from '../lib/jail.ts';
import { type OwnedProcess, stopOnAbort } from '../lib/owned-process.ts';
import { startProcess } from '../lib/start-process.ts';
import { UNTRUSTED_INPUT } from './chunk-arguments.ts';
import type { MediaProbe } from './types.ts';

/** The one place that knows fluent-ffmpeg: capabilities, and files made from files. The hot path runs processes itself. */

/** Eight streams with some tags are 20 kB of JSON. */
const MAX_PROBE_CHARACTERS = 2 ** 21;
/** How long is waited for descriptors and processes when the machine has none. */
const ROOM_LIMIT_MS = 60_000;
let ffmpegPath = 'ffmpeg';
let ffprobePath = 'ffprobe';
let probesIn: Jail = Jail.OPEN;

/** Uses this ffmpeg, and the ffprobe beside it; a bare name is looked up on PATH. @param jail - Where foreign media is read. */
export function useFfmpeg(path: string, jail: Jail): void {
  ffmpeg.setFfmpegPath(path);
  ffmpegPath = path;
  probesIn = jail;
  ffprobePath = path.includes('/') ? join(dirname(path), 'ffprobe') : 'ffprobe';
}

/** Names of the encoders this ffmpeg was built with. @throws {StreamError} `ENCODER_MISSING`. */
export function availableEncoders(): Promise<ReadonlySet<string>> {
  return new Promise((resolve, reject) => {
    ffmpeg().getAvailableEncoders((error, encoders) => {
      if (error) reject(new StreamError('ENCODER_MISSING', `ffmpeg does not run: ${error.message}`, { cause: error }));
      else resolve(new Set(Object.keys(encoders)));
    });
  });
}

/**
 * What ffprobe says of a file, as JSON: fluent-ffmpeg's own reader takes lines of a title for fields, and can't end ffprobe.
 *
 * @throws {StreamError} `MEDIA_UNSUPPORTED`, `ENCODER_MISSING`, or `ABORTED` when the signal aborts; ffprobe is gone then.
 */
export async function probeWithFfmpeg(path: string, signal: AbortSignal): Promise<MediaProbe> {
  return toProbe(await runFfprobe(path, signal));
}

async function runFfprobe(path: string, signal: AbortSignal): Promise<ffmpeg.FfprobeData> {
  // Inside it is what it is outside: a link of the sender's making there is none.
  const absolute = resolve(path);
  const args = ['-v', 'error', '-of', 'json', '-show_streams', '-show_format', ...UNTRUSTED_INPUT, `file:${absolute}`];
  const program = probesIn.start({ command: ffprobePath, args, files: [absolute] });
  const ffprobe = await startProcess(program, { signal, limitMs: ROOM_LIMIT_MS });
  const release = stopOnAbort(ffprobe, signal);
  const text = readAll(ffprobe);
  try {
    await ffprobe.done;
    return JSON.parse(await text) as ffmpeg.FfprobeData;
  } catch (error) {
    if (signal.aborted || (error instanceof StreamError && error.code === 'ENCODER_MISSING')) throw error;
    // The last line is the verdict; the path in it is ours, not the sender's.
    const line = ffprobe.stderrTail.split('\n').at(-1)?.replace(`file:${absolute}: `, '');
    throw new StreamError('MEDIA_UNSUPPORTED', `not media that can be read: ${line || 'ffprobe failed'}`, {
      cause: error,
    });
  } finally {
    release();
  }
}

/** Standard output up to a bound: a file may hold any number of tags. */
async function readAll(child: OwnedProcess): Promise<string> {
  let text = '';
  child.readable(1).setEncoding('utf8');
  child.readable(1).on('data', (piece: string) => {
    text += piece;
    if (text.length > MAX_PROBE_CHARACTERS) child.stop(undefined, 0);
  });
  await child.done.catch(() => undefined);
  return text;
}

function toProbe(data: ffmpeg.FfprobeData): MediaProbe {
  const find = (kind: string) =>
    data.streams.find((stream) => stream.codec_type === kind && stream.disposition?.attached_pic !== 1);
  const video = find('video');
  const audio = find('audio');
  const span = (stream: ffmpeg.FfprobeStream) => {
    const start = finite(stream.start_time) ?? finite(data.format.start_time) ?? 0;
    const length = finite(stream.duration);
    // The file's length counts from the file's start, not from the stream's.
    const end =
      length === undefined
        ? (finite(data.format.start_time) ?? 0) + (finite(data.format.duration) ?? 0)
        : start + length;
    if (end <= start) throw new StreamError('MEDIA_UNSUPPORTED', 'the media does not say how long it is');
    return { start, end };
  };
  return {
    container: data.format.format_name ?? 'unknown',
    ...(video && {
      video: {
        codec: video.codec_name ?? 'unknown',
        width: video.width ?? 0,
        height: video.height ?? 0,
        ...span(video),
      },
    }),
    ...(audio && {
      audio: {
        codec: audio.codec_name ?? 'unknown',
        sampleRate: finite(audio.sample_rate) ?? 48_000,
        ...span(audio),
        exact: (audio.codec_name ?? '').startsWith('pcm'),
      },
    }),
  };
}

/** ffprobe writes N/A where it does not know. */
function finite(value: unknown): number | undefined {
  const number = typeof value === 'string' ? Number.parseFloat(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

export type RemuxOptions = {
  readonly signal: AbortSignal;
  /** A WebVTT file that becomes a track of its own, and its language (BCP 47). */
  readonly captions?: { readonly path: string; readonly language: string };
};

/**
 * Writes media that is already coded into one MP4 with its index in front, without encoding anything.
 *
 * @param input - A whole fragmented MP4, as a stream.
 * @throws {StreamError} `ENCODER_FAILED`, `ABORTED`.
 */
export async function remuxToFile(input: Readable, outputPath: string, options: RemuxOptions): Promise<void> {
  const { signal, captions } = options;
  const command = ffmpeg().input(input).inputFormat('mp4');
  if (captions) command.input(captions.path).inputFormat('webvtt');
  command
    .outputOptions('-c', 'copy', ...(captions ? captionTrack(captions.language) : []))
    .outputOptions('-movflags', '+faststart', '-map_metadata', '-1')
    .format('mp4')
    .output(outputPath);
  try {
    const patience = { signal, limitMs: ROOM_LIMIT_MS };
    const remux = await startProcess({ command: ffmpegPath, args: ['-v', 'error', ...argumentsOf(command)] }, patience);
    const release = stopOnAbort(remux, signal);
    try {
      const fed = pipeline(input, remux.stdin);
      // ffmpeg's own account of a failure says more than that its input could not be written.
      fed.catch((error: unknown) => remux.stop(new StreamError('ENCODER_FAILED', String(error), { cause: error })));
      await remux.done;
      await fed;
    } finally {
      release();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StreamError(
      signal.aborted ? 'ABORTED' : 'ENCODER_FAILED',
      `the recording could not be written: ${reason}`,
      { cause: error },
    );
  }
}

/**
 * The command line that fluent-ffmpeg makes. It is not started by fluent-ffmpeg, which throws out of a callback, where nothing can catch
 * it, when the system has no pipes left.
 */
function argumentsOf(command: ffmpeg.FfmpegCommand): string[] {
  return (command as unknown as { _getArguments(): string[] })._getArguments();
}

/** The second input as timed text that is shown unless the viewer wants it otherwise. */
function captionTrack(language: string): string[] {
  const code = languageCode(language);
  return [
    ...['-map', '0', '-map', '1', '-c:s', 'mov_text', '-disposition:s:0', 'default'],
    ...['-metadata:s:s:0', `language=${code}`],
  ];
}

/** ISO 639-2/T codes of languages that have a shorter one, as MP4 wants them (ISO/IEC 14496-12 8.4.2): the ones with most speakers. */
const LANGUAGE_CODES: Readonly<Record<string, string>> = Object.fromEntries(
  (
    'am amh,ar ara,az aze,bg bul,bn ben,ca cat,cs ces,cy cym,da dan,de deu,el ell,en eng,eo epo,es spa,et est,eu eus,fa fas,fi fin,' +
    'fr fra,ga gle,gl glg,gu guj,he heb,hi hin,hr hrv,hu hun,hy hye,id ind,is isl,it ita,ja jpn,ka kat,kk kaz,km khm,kn kan,ko kor,' +
    'la lat,lt lit,lv lav,mk mkd,ml mal,mn mon,mr mar,ms msa,my mya,nb nob,ne nep,nl nld,nn nno,no nor,pa pan,pl pol,ps pus,pt por,' +
    'ro ron,ru rus,si sin,sk slk,sl slv,so som,sq sqi,sr srp,sv swe,sw swa,ta tam,te tel,th tha,tl tgl,tr tur,uk ukr,ur urd,uz uzb,' +
    'vi vie,yo yor,zh zho,zu zul'
  )
    .split(',')
    .map((pair) => pair.split(' ')),
);

/** @returns `und` for a language without a code of three letters that we know. */
function languageCode(tag: string): string {
  const primary = tag.split('-')[0]?.toLowerCase() ?? '';
  if (primary.length === 3 && /^[a-z]+$/.test(primary)) return primary;
  return LANGUAGE_CODES[primary] ?? 'und';
}
