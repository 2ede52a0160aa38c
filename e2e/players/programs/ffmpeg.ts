import { ffmpegPath } from '../../../scripts/setup/programs.mjs';
import type { OwnedProcess } from '../../../server/lib/owned-process.ts';
import { PlaybackClock } from '../playback-clock.ts';
import type { Playback, Player, Run, Stream } from '../player.ts';
import { countRepeats, faultOf, linesOf, startProgram, versionOf } from './program.ts';

const BYTES_PER_SAMPLE = 2;

/**
 * What ffmpeg 5.1 says of any fMP4 playlist, which is no fault: it reads the init segment once more with each reload, leaves out
 * subtitles of a multivariant playlist, and opens a new connection where one was closed.
 */
export const HARMLESS = [
  /Found duplicated MOOV Atom/,
  /Last message repeated/,
  /Can't support the subtitle/,
  /keepalive request failed/,
];

/** Lines of ffmpeg's stderr (log level `warning`) that say something is wrong. */
export function ffmpegWarnings(stderr: string): string[] {
  const lines = stderr.split('\n').map((line) => line.replace(/^\[[^\]]* @ 0x[0-9a-f]+\] ?/, '').trim());
  return countRepeats(lines.filter((line) => line !== '' && !HARMLESS.some((pattern) => pattern.test(line))));
}

/** The number of frames in a line of `-progress`. */
export function progressFrames(line: string): number | undefined {
  const text = /^frame=\s*(\d+)$/.exec(line)?.[1];
  return text === undefined ? undefined : Number(text);
}

/** Decodes everything and counts it. Decode errors are fatal: a file that is cut off would end with exit code 0 otherwise. */
export function countingArgs(input: string, seconds: number | undefined): string[] {
  const limit = seconds === undefined ? [] : ['-t', `${seconds}`];
  const quiet = ['-nostdin', '-hide_banner', '-v', 'warning', '-xerror', '-err_detect', 'explode'];
  const pictures = ['-map', '0:v:0', ...limit, '-f', 'null', '-'];
  const sound = ['-map', '0:a:0?', ...limit, '-ac', '1', '-c:a', 'pcm_s16le', '-f', 's16le', 'pipe:3'];
  return [...quiet, '-progress', 'pipe:1', '-stats_period', '0.1', '-i', input, ...pictures, ...sound];
}

export type Counts = { frames: number; samples: number };

/** Counts what ffmpeg, started with `countingArgs`, decodes; resolves when its pipes are closed. */
export async function countDecoded(child: OwnedProcess, clock: PlaybackClock): Promise<Counts> {
  const counts = { frames: 0, bytes: 0 };
  child.readable(3).on('data', (pcm: Buffer) => {
    counts.bytes += pcm.length;
  });
  for await (const line of linesOf(child.readable(1))) {
    const frames = progressFrames(line);
    if (frames === undefined) continue;
    counts.frames = frames;
    if (frames > 0) clock.started();
  }
  await child.done.catch(() => undefined);
  clock.stop();
  return { frames: counts.frames, samples: Math.floor(counts.bytes / BYTES_PER_SAMPLE) };
}

async function play(stream: Stream, { seconds, signal }: Run): Promise<Playback> {
  const program = ffmpegPath() ?? 'ffmpeg';
  using clock = new PlaybackClock(undefined);
  const asked = stream.whole === undefined ? seconds : undefined;
  const child = startProgram({ command: program, args: countingArgs(stream.url, asked), extraPipes: 1 }, signal);
  const { frames, samples } = await countDecoded(child, clock);
  const fault = await faultOf(child);
  return {
    version: `ffmpeg ${await versionOf(program, '-version')}`,
    ...(clock.startedMs !== undefined && { startedMs: clock.startedMs }),
    seconds: stream.whole?.duration ?? seconds,
    frames,
    ...(stream.audioRate > 0 && { sound: { samples, measured: 'decoded' as const } }),
    errors: fault === undefined ? [] : [fault],
    warnings: fault === undefined ? ffmpegWarnings(child.stderrTail) : [],
  };
}

export const ffmpeg: Player = {
  id: 'ffmpeg',
  title: 'ffmpeg',
  missing: () => (ffmpegPath() === undefined ? 'not on PATH: ffmpeg' : undefined),
  play,
};
