import { pipeline } from 'node:stream/promises';
import { ffmpegPath } from '../../../scripts/setup/programs.mjs';
import { PlaybackClock } from '../playback-clock.ts';
import type { Playback, Player, Run, Stream } from '../player.ts';
import { countDecoded, countingArgs, ffmpegWarnings } from './ffmpeg.ts';
import { countRepeats, faultOf, missingPrograms, startProgram, versionOf } from './program.ts';

/** Lines of Streamlink's log (level `warning`) without their prefix. */
export function streamlinkWarnings(stderr: string): string[] {
  const lines = stderr.split('\n').map((line) => /^\[[^\]]+\]\[(?:warning|error)\] (.*)$/.exec(line)?.[1]);
  return countRepeats(lines.filter((line) => line !== undefined));
}

/** Streamlink fetches, ffmpeg counts what comes out of it. */
async function play(stream: Stream, { seconds, dir, signal }: Run): Promise<Playback> {
  using clock = new PlaybackClock(undefined);
  // It stops at the end of the segment in which the time is up.
  const limit = stream.whole === undefined ? ['--hls-duration', `${seconds}`] : [];
  const args = ['--loglevel', 'warning', ...limit, '--stdout', stream.url, 'best'];
  const env = { HOME: dir, XDG_CACHE_HOME: dir };
  const fetcher = startProgram({ command: 'streamlink', args, env }, signal);
  const counter = startProgram(
    { command: ffmpegPath() ?? 'ffmpeg', args: countingArgs('pipe:0', undefined), extraPipes: 1 },
    signal,
  );
  const [{ frames, samples }] = await Promise.all([
    countDecoded(counter, clock),
    // When one of the two dies, the other one's pipe breaks: both say why below.
    pipeline(fetcher.readable(1), counter.stdin).catch(() => fetcher.stop()),
  ]);
  // What comes out of a fetcher that failed is not the counter's fault.
  const [fetchFault, countFault] = [await faultOf(fetcher), await faultOf(counter)];
  const fault = fetchFault ?? countFault;
  return {
    version: `Streamlink ${await versionOf('streamlink')}`,
    ...(clock.startedMs !== undefined && { startedMs: clock.startedMs }),
    seconds: stream.whole?.duration ?? seconds,
    frames,
    ...(stream.audioRate > 0 && { sound: { samples, measured: 'decoded' as const } }),
    errors: fault === undefined ? [] : [fault],
    warnings:
      fault === undefined ? [...streamlinkWarnings(fetcher.stderrTail), ...ffmpegWarnings(counter.stderrTail)] : [],
  };
}

export const streamlink: Player = {
  id: 'streamlink',
  title: 'Streamlink',
  missing: () => missingPrograms('streamlink'),
  play,
};
