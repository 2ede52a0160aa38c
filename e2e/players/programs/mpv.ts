import { join } from 'node:path';
import { PlaybackClock } from '../playback-clock.ts';
import type { Playback, Player, Run, Stream } from '../player.ts';
import { standstills, withoutLateReadings } from '../standstills.ts';
import { HARMLESS } from './ffmpeg.ts';
import { MpvConnection } from './mpv-connection.ts';
import { countRepeats, faultOf, missingPrograms, startProgram, versionOf } from './program.ts';

/**
 * Filters whose metadata count what passes them: mpv's own frame number is an estimate, and its encoding mode, which could write
 * every frame, pads the sound and does not keep time. idet counts each picture as one of three kinds.
 */
const PICTURE_COUNTER = 'pictures:lavfi=[idet]';
const SAMPLE_COUNTER =
  'samples:lavfi=[astats=metadata=1:reset=0:measure_perchannel=none:measure_overall=Number_of_samples]';

function playArgs(url: string, socketPath: string): string[] {
  const quiet = ['--no-config', '--input-terminal=no', '--quiet', '--ytdl=no', '--msg-level=all=warn'];
  // It stays at the last picture, so that it can be asked.
  const outputs = ['--vo=null', '--ao=null', '--keep-open=yes'];
  const counters = [`--vf=@${PICTURE_COUNTER}`, `--af=@${SAMPLE_COUNTER}`];
  return [...quiet, ...outputs, ...counters, `--input-ipc-server=${socketPath}`, '--', url];
}

/** Pictures that idet saw, from its metadata as mpv tells them. */
export function countedPictures(metadata: unknown): number {
  const values = Object.entries((metadata ?? {}) as Record<string, string>);
  const kinds = values.filter(([key]) => /^lavfi\.idet\.repeated\.(neither|top|bottom)$/.test(key));
  return kinds.reduce((sum, [, value]) => sum + Math.round(Number(value)), 0);
}

/** Samples that astats saw. */
export function countedSamples(metadata: unknown): number {
  return Number((metadata as Record<string, string> | undefined)?.['lavfi.astats.Overall.Number_of_samples'] ?? 0);
}

/** Lines of mpv's log on warning level, without colour and progress. */
export function mpvComplaints(log: string): string[] {
  const lines = log.split('\n').map((line) => line.trim());
  return countRepeats(
    lines.filter((line) => /^\[[\w/-]+\] /.test(line) && !HARMLESS.some((pattern) => pattern.test(line))),
  );
}

/** Notes each move of the playhead; resolves at the end of the stream. */
function follow(mpv: MpvConnection, clock: PlaybackClock): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  mpv.observe('time-pos', (time) => {
    if (typeof time !== 'number') return;
    clock.started();
    clock.playheadAt(time);
  });
  mpv.observe('eof-reached', (reached) => {
    if (reached === true) resolve();
  });
  return promise;
}

async function play(stream: Stream, { seconds, dir, signal }: Run): Promise<Playback> {
  const socketPath = join(dir, 'mpv.sock');
  using clock = new PlaybackClock(stream.whole === undefined ? seconds : undefined);
  const child = startProgram({ command: 'mpv', args: playArgs(stream.url, socketPath), env: { HOME: dir } }, signal);
  let log = '';
  child.readable(1).on('data', (text: Buffer) => {
    log += text.toString();
  });
  const gone = faultOf(child);
  using mpv = await MpvConnection.open(socketPath, signal);
  if (mpv) await Promise.race([follow(mpv, clock), clock.enough, gone]);
  clock.stop();
  const [pictures, samples] = await Promise.all([mpv?.get('vf-metadata/pictures'), mpv?.get('af-metadata/samples')]);
  const dropped = Number((await mpv?.get('frame-drop-count')) ?? 0);
  child.stop();
  const fault = await gone;
  return {
    version: `mpv ${await versionOf('mpv')}`,
    ...(clock.startedMs !== undefined && { startedMs: clock.startedMs }),
    seconds: clock.seconds,
    frames: countedPictures(pictures),
    ...(stream.audioRate > 0 && { sound: { samples: countedSamples(samples), measured: 'decoded' as const } }),
    stalls: standstills(withoutLateReadings(clock.trace)),
    errors: fault === undefined ? [] : [`${fault} ${log}`.trim()],
    warnings: [...mpvComplaints(log), ...(dropped > 1 ? [`${dropped} pictures shown too late`] : [])],
  };
}

export const mpv: Player = { id: 'mpv', title: 'mpv', missing: () => missingPrograms('mpv'), play };
