import { dirname, join, resolve } from 'node:path';
import { StreamError } from '../errors.ts';
import { Jail } from '../lib/jail.ts';
import type { MemoryBudget } from '../lib/memory-budget.ts';
import { type OwnedProcess, stopOnAbort } from '../lib/owned-process.ts';
import { startProcess } from '../lib/start-process.ts';
import { SAFE_DEMUXERS, UNTRUSTED_INPUT } from './chunk-arguments.ts';
import { FfprobeReport } from './ffprobe-report.ts';
import type { MediaProbe } from './types.ts';

/** Of what it reads, ffprobe decodes some pictures of each stream. */
const MEMORY_BYTES = 512 * 2 ** 20;
/** How long it may take. */
export type ProbeLimits = { readonly cpuSeconds: number; readonly ms: number };
/**
 * Reading headers and listing packets takes milliseconds of processor time: a file that takes this long was made to. The clock counts
 * little, since the machine may be busy.
 */
const LIMITS: ProbeLimits = { cpuSeconds: 5, ms: 60_000 };
/** As the system and shells tell that the processor time is over: SIGXCPU is 24. */
const OUT_OF_TIME = /^[^:]* ended with (?:SIGXCPU|exit code 152):/;
/** A line for each packet and stream, and not much in it. */
const MAX_LINE = 16_384;

/** What is asked for: `FfprobeReport` reads it. */
const ENTRIES = [
  'packet=stream_index,pts_time,dts_time,duration_time,flags',
  'stream=index,codec_type,codec_name,width,height,pix_fmt,sample_rate,channels,field_order,color_transfer,color_primaries',
  'stream_disposition=default,attached_pic,timed_thumbnails',
  'stream_tags=alpha_mode',
  'stream_side_data=displaymatrix',
  'format=format_name,start_time,duration',
].join(':');

/** How long is waited for descriptors and processes when the machine has none. */
const ROOM_LIMIT_MS = 60_000;
let ffprobePath = 'ffprobe';
let probesIn: Jail = Jail.OPEN;
let memory: MemoryBudget | undefined;

/** Uses the ffprobe beside this ffmpeg; a bare name is looked up on PATH. @param jail - Where foreign media is read. */
export function useFfprobe(ffmpegPath: string, jail: Jail, budget: MemoryBudget): void {
  probesIn = jail;
  memory = budget;
  ffprobePath = ffmpegPath.includes('/') ? join(dirname(ffmpegPath), 'ffprobe') : 'ffprobe';
}

/**
 * What ffprobe says of a file, with the times of all its packets: what a header says of lengths is not asked.
 *
 * @throws {StreamError} `MEDIA_UNSUPPORTED`, `ENCODER_MISSING`, or `ABORTED` when the signal aborts; ffprobe is gone then.
 */
export async function probeWithFfprobe(path: string, signal: AbortSignal, limits = LIMITS): Promise<MediaProbe> {
  const share = await memory?.take(MEMORY_BYTES, signal);
  try {
    return (await runFfprobe(path, signal, limits)).probe();
  } finally {
    share?.giveBack();
  }
}

async function runFfprobe(path: string, signal: AbortSignal, { cpuSeconds, ms }: ProbeLimits): Promise<FfprobeReport> {
  // Inside it is what it is outside: a link of the sender's making there is none.
  const absolute = resolve(path);
  const args = ['-v', 'error', '-of', 'compact', '-show_entries', ENTRIES, ...UNTRUSTED_INPUT, `file:${absolute}`];
  const request = { command: ffprobePath, args, files: [absolute], memoryBytes: MEMORY_BYTES, cpuSeconds };
  const ffprobe = await startProcess(probesIn.start(request), { signal, limitMs: ROOM_LIMIT_MS });
  const release = stopOnAbort(ffprobe, signal);
  const late = new StreamError('MEDIA_UNSUPPORTED', `the media could not be read within ${ms} ms`);
  const limit = setTimeout(() => ffprobe.stop(late, 0), ms);
  const report = new FfprobeReport();
  const reading = readLines(ffprobe, report);
  try {
    await ffprobe.done;
    await reading;
    return report;
  } catch (error) {
    if (signal.aborted || error === late || (error instanceof StreamError && error.code === 'ENCODER_MISSING'))
      throw error;
    const isOutOfTime = error instanceof StreamError && OUT_OF_TIME.test(error.message);
    const reason = isOutOfTime
      ? `looking into it takes more than ${cpuSeconds} s`
      : verdictOf(ffprobe.stderrTail, absolute);
    throw new StreamError('MEDIA_UNSUPPORTED', `not media that can be read: ${reason}`, { cause: error });
  } finally {
    clearTimeout(limit);
    release();
  }
}

/** Why ffprobe gave up, by the end of what it said; the path in that is ours, not the sender's. */
function verdictOf(stderr: string, path: string): string {
  if (/not on whitelist/.test(stderr)) return `its container is none of ${SAFE_DEMUXERS.replaceAll(',', ', ')}`;
  if (/Cannot allocate memory/.test(stderr)) return `its header takes more than ${MEMORY_BYTES} bytes of memory`;
  return stderr.split('\n').at(-1)?.replace(`file:${path}: `, '') || 'ffprobe failed';
}

/** Never rejects: `done` says what was wrong. */
async function readLines(child: OwnedProcess, report: FfprobeReport): Promise<void> {
  let rest = '';
  child.readable(1).setEncoding('utf8');
  child.readable(1).on('data', (piece: string) => {
    const lines = (rest + piece).split('\n');
    rest = (lines.pop() ?? '').slice(0, MAX_LINE);
    for (const line of lines) report.line(line);
  });
  await child.done.catch(() => undefined);
}
