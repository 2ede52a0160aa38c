import { PlaybackClock } from '../playback-clock.ts';
import type { Playback, Player, Run, Stream } from '../player.ts';
import { standstills, withoutLateReadings } from '../standstills.ts';
import { countRepeats, faultOf, linesOf, missingPrograms, startProgram, versionOf } from './program.ts';

const BYTES_PER_SAMPLE = 2;
/** As in WebKitGTK, nothing but pictures and sound: no captions, no volume. */
const FLAGS = '0x3';

/** Both sinks keep time, so that a picture's line comes when the picture would be shown. */
function launchArgs(url: string): string[] {
  return [
    'playbin3',
    `uri=${url}`,
    `flags=${FLAGS}`,
    'video-sink=checksumsink sync=true',
    'audio-sink=audioconvert ! audio/x-raw,format=S16LE,channels=1 ! fdsink fd=3 sync=true',
  ];
}

/** Media time in seconds of a line of checksumsink, such as `0:00:16.240000000 eaae5a0f...`. */
export function pictureTime(line: string): number | undefined {
  const [, hours, minutes, seconds] = /^(\d+):(\d{2}):(\d{2}\.\d+) [0-9a-f]{40}$/.exec(line) ?? [];
  return seconds === undefined ? undefined : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** We ask for none: it is not among our flags. */
const NO_VOLUME = 'No volume control found';

/** What gst-launch complains of on stderr, by how bad it is. */
export function gstreamerComplaints(stderr: string): { errors: string[]; warnings: string[] } {
  const of = (kind: string): string[] => {
    const lines = stderr.matchAll(new RegExp(`^${kind}: (?:from element \\S+: )?(.+)$`, 'gm'));
    return countRepeats([...lines].map(([, text = '']) => text).filter((text) => text !== NO_VOLUME));
  };
  return { errors: of('ERROR'), warnings: of('WARNING') };
}

async function play(url: string, stream: Stream, { seconds, signal }: Run): Promise<Playback> {
  using clock = new PlaybackClock(stream.whole === undefined ? seconds : undefined);
  const child = startProgram({ command: 'gst-launch-1.0', args: launchArgs(url), extraPipes: 1 }, signal);
  // Never with -e: on a live stream it waits for an end that does not come.
  void clock.enough.then(() => child.stop());
  let bytes = 0;
  child.readable(3).on('data', (pcm: Buffer) => {
    bytes += pcm.length;
  });
  let frames = 0;
  for await (const line of linesOf(child.readable(1))) {
    const time = pictureTime(line);
    if (time === undefined) continue;
    // The first picture is shown while the pipeline still waits for its buffers: playing begins with the second.
    if (++frames > 1) {
      clock.started();
      clock.playheadAt(time);
    }
  }
  clock.stop();
  const fault = await faultOf(child);
  const version = `GStreamer ${await versionOf('gst-launch-1.0')}`;
  const { errors, warnings } = gstreamerComplaints(child.stderrTail);
  return {
    version: url === stream.url ? version : `${version}, without captions`,
    ...(clock.startedMs !== undefined && { startedMs: clock.startedMs }),
    seconds: clock.seconds,
    frames,
    ...(stream.audioRate > 0 && { sound: { samples: bytes / BYTES_PER_SAMPLE, measured: 'decoded' as const } }),
    stalls: standstills(withoutLateReadings(clock.trace)),
    errors: errors.length === 0 && fault !== undefined ? [fault] : errors,
    warnings,
  };
}

const missing = (): string | undefined => missingPrograms('gst-launch-1.0');

export const gstreamer: Player = {
  id: 'gstreamer',
  title: 'GStreamer',
  missing,
  play: (stream, run) => play(stream.url, stream, run),
};

export const gstreamerWithoutCaptions: Player = {
  id: 'gstreamer-without-captions',
  title: 'GStreamer, without captions',
  note: 'plays the media playlist: see what is known of GStreamer with captions',
  missing,
  play: (stream, run) => play(stream.mediaUrl, stream, run),
};
