import { chown } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnedProcess } from '../../../server/lib/owned-process.ts';
import { PlaybackClock } from '../playback-clock.ts';
import type { Playback, Player, Run, Stream } from '../player.ts';
import { standstills } from '../standstills.ts';
import { countRepeats, faultOf, linesOf, missingPrograms, startProgram, versionOf } from './program.ts';

/** VLC refuses to run as root; this is `nobody`. */
const NOBODY = 65_534;
const POLL_MS = 100;
/** VLC refreshes its statistics four times a second, and notes what was shown when the next picture is decoded. */
const RESOLUTION_MS = 500;
const SAMPLES_PER_AAC_PACKET = 1024;
/** Answers to `status`: the last picture stands, once the end is reached; nothing is played, before it begins or when it can not. */
const PAUSED_AT_END = /^(?:> )?\( state paused \)/;
const STOPPED = /^(?:> )?\( state stopped \)/;
/** So many answers in a row that nothing is played, three seconds' worth, and nothing will be. */
const MAX_STOPPED = 30;

/** VLC's statistics of one moment. */
export type VlcStats = {
  readonly decodedVideo: number;
  readonly displayed: number;
  readonly lostFrames: number;
  readonly decodedAudio: number;
  readonly playedBuffers: number;
  readonly lostBuffers: number;
  readonly corrupted: number;
};

const NO_STATS: VlcStats = {
  decodedVideo: 0,
  displayed: 0,
  lostFrames: 0,
  decodedAudio: 0,
  playedBuffers: 0,
  lostBuffers: 0,
  corrupted: 0,
};
const NAMES: Readonly<Record<string, keyof VlcStats>> = {
  'video decoded': 'decodedVideo',
  'frames displayed': 'displayed',
  'frames lost': 'lostFrames',
  'audio decoded': 'decodedAudio',
  'buffers played': 'playedBuffers',
  'buffers lost': 'lostBuffers',
  'demux corrupted': 'corrupted',
};

/** The statistics with what one line of the answer to `stats` says, such as `| frames displayed :      345`. */
export function withStatsLine(stats: VlcStats, line: string): VlcStats {
  const [, name, value] = /^\| ([a-z ]+?) *: +(\d+)\s*$/.exec(line) ?? [];
  const key = NAMES[name ?? ''];
  return key === undefined ? stats : { ...stats, [key]: Number(value) };
}

/**
 * Pictures or AAC packets that were decoded. VLC 3 counts each twice: once when the decoder took the packet, once when it gave the
 * picture (`DecoderDecode` and `DecoderQueueVideo` in src/input/decoder.c), and once more at the end.
 */
export const decodedOnce = (count: number): number => Math.floor(count / 2);

function playArgs(url: string): string[] {
  const control = ['-I', 'rc', '--rc-fake-tty', '--no-color', '--no-video-title-show', '--play-and-pause'];
  return [...control, '--vout=dummy', '--aout=dummy', url];
}

const isRoot = (): boolean => process.getuid?.() === 0;

/** The command line that runs VLC as somebody it accepts. */
function vlcCommand(args: readonly string[]): [command: string, ...args: string[]] {
  if (!isRoot()) return ['cvlc', ...args];
  return ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', 'cvlc', ...args];
}

/** Asks for state and statistics again and again, until VLC is gone. */
async function poll(child: OwnedProcess): Promise<void> {
  const stdin: Writable = child.stdin;
  while (!child.exited && stdin.writable) {
    stdin.write('status\nstats\n');
    await sleep(POLL_MS);
  }
}

/** What VLC's log says went wrong, but for interfaces it has no use for here. */
export function vlcErrors(stderr: string): string[] {
  const lines = stderr.split('\n').map((line) => /^\[[0-9a-f]+\] (.* error: .*)$/.exec(line)?.[1]);
  return countRepeats(lines.filter((line) => line !== undefined && !/interface/.test(line)).map((line) => line ?? ''));
}

/** Follows the statistics to the end of the stream, or for as long as the clock says. @returns The last ones. */
async function follow(child: OwnedProcess, clock: PlaybackClock, frameRate: number): Promise<VlcStats> {
  let stats = NO_STATS;
  let stopped = 0;
  for await (const line of linesOf(child.readable(1))) {
    if (PAUSED_AT_END.test(line)) {
      clock.stop();
      // What was decoded last is in statistics that come after this.
      void sleep(RESOLUTION_MS).then(() => child.stop());
    }
    if (STOPPED.test(line) && ++stopped > MAX_STOPPED) child.stop();
    const before = stats.displayed;
    stats = withStatsLine(stats, line);
    if (stats.displayed > 0) clock.started();
    if (stats.displayed !== before) clock.playheadAt(stats.displayed / frameRate);
  }
  clock.stop();
  return stats;
}

async function play(stream: Stream, { seconds, dir, signal }: Run): Promise<Playback> {
  if (isRoot()) await chown(dir, NOBODY, NOBODY);
  using clock = new PlaybackClock(stream.whole === undefined ? seconds : undefined);
  const [command, ...args] = vlcCommand(playArgs(stream.url));
  const env = { HOME: dir, XDG_RUNTIME_DIR: dir, XDG_CACHE_HOME: dir };
  const child = startProgram({ command, args, env }, signal);
  void clock.enough.then(() => child.stop());
  const [stats] = await Promise.all([follow(child, clock, stream.frameRate), poll(child)]);
  const fault = await faultOf(child);
  const lost = [
    [stats.lostFrames, 'pictures shown too late'],
    [stats.lostBuffers, 'audio buffers lost'],
    [stats.corrupted, 'packets corrupted'],
  ] as const;
  const complaints = vlcErrors(child.stderrTail);
  const hasPlayed = clock.startedMs !== undefined;
  const isWhole = stream.whole !== undefined;
  // At the end the last second of pictures is decoded and not yet noted as shown.
  const frames = isWhole ? decodedOnce(stats.decodedVideo) : stats.displayed;
  const packets = isWhole ? decodedOnce(stats.decodedAudio) : stats.playedBuffers;
  return {
    version: `VLC ${await versionOf(...vlcCommand(['--version']))}`,
    ...(clock.startedMs !== undefined && { startedMs: clock.startedMs }),
    seconds: clock.seconds,
    frames,
    ...(stream.audioRate > 0 && { sound: { samples: packets * SAMPLES_PER_AAC_PACKET, measured: 'decoded' as const } }),
    stalls: standstills(clock.trace, RESOLUTION_MS),
    errors: [...(fault === undefined ? [] : [fault]), ...(hasPlayed ? [] : complaints)],
    warnings: [
      ...(hasPlayed ? complaints : []),
      ...lost.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`),
    ],
  };
}

export const vlc: Player = {
  id: 'vlc',
  title: 'VLC',
  missing: () => missingPrograms('cvlc', ...(isRoot() ? ['setpriv'] : [])),
  play,
};
