import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import ffmpeg from 'fluent-ffmpeg';
import { StreamError } from '../errors.ts';
import { stopOnAbort } from '../lib/owned-process.ts';
import { startProcess } from '../lib/start-process.ts';

/** The one place that knows fluent-ffmpeg: capabilities, and files made from files. The hot path runs processes itself. */

/** How long is waited for descriptors and processes when the machine has none. */
const ROOM_LIMIT_MS = 60_000;
let ffmpegPath = 'ffmpeg';

/** Uses this ffmpeg; a bare name is looked up on PATH. */
export function useFfmpeg(path: string): void {
  ffmpeg.setFfmpegPath(path);
  ffmpegPath = path;
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
