import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ffprobePath } from '../../scripts/setup/programs.mjs';
import type { ListedMedia } from '../support/hls-client.ts';
import type { Stream, StreamKind, WholeStream } from './player.ts';
import { fetchFirstMedia, peaksOfFile, writeSegments } from './segment-files.ts';

const run = promisify(execFile);

/** A stream with more than this is watched for a while, and not to its end: each player needs as long as it lasts. */
const MAX_WHOLE_SECONDS = 120;
/** For all of a stream's facts; a server that has no playlist yet is asked again for so long. */
const LIMIT_MS = 60_000;
/** ffprobe's JSON has 100 bytes a packet: 120 s are one megabyte. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** What ffprobe says of one file. */
export type ProbedMedia = {
  readonly frames: number;
  readonly frameRate: number;
  readonly audioPackets: number;
  readonly audioBytes: number;
  readonly samples: number;
  readonly audioRate: number;
};

/** The playlist's kind. RFC 8216bis 4.4.3.4, 4.4.3.5: what has an end tag is whole, what is EVENT only grows. */
export function kindOf({ ended, text }: Pick<ListedMedia, 'ended' | 'text'>): StreamKind {
  if (ended) return 'ended';
  return /^#EXT-X-PLAYLIST-TYPE:EVENT/m.test(text) ? 'asap' : 'live';
}

type Probe = {
  readonly streams?: readonly { readonly codec_type?: string; r_frame_rate?: string; sample_rate?: string }[];
  readonly packets?: readonly { readonly codec_type?: string; size?: string; duration_time?: string }[];
};

/** ISO/IEC 14496-3: every packet of an AAC stream decodes to as many samples. ffprobe 5.1 does not give the duration of each one. */
function samplesPerPacket(durations: readonly (string | undefined)[], audioRate: number): number {
  const known = durations.find((duration) => Number(duration) > 0);
  return known === undefined ? 0 : Math.round(Number(known) * audioRate);
}

/** Reads ffprobe's JSON of streams and packets. @throws {Error} when there is no video. */
export function readProbe(json: string): ProbedMedia {
  const { streams = [], packets = [] } = JSON.parse(json) as Probe;
  const video = streams.find((stream) => stream.codec_type === 'video');
  const [numerator, denominator] = (video?.r_frame_rate ?? '').split('/').map(Number);
  const frameRate = (numerator ?? Number.NaN) / (denominator ?? 1);
  if (!(frameRate > 0)) throw new Error('the stream has no pictures: there is nothing to see in a player');
  const audioRate = Number(streams.find((stream) => stream.codec_type === 'audio')?.sample_rate ?? 0);
  const audio = packets.filter((packet) => packet.codec_type === 'audio');
  const durations = audio.map(({ duration_time }) => duration_time);
  return {
    frames: packets.filter((packet) => packet.codec_type === 'video').length,
    frameRate,
    audioPackets: audio.length,
    audioBytes: audio.reduce((sum, { size }) => sum + Number(size), 0),
    samples: audio.length * samplesPerPacket(durations, audioRate),
    audioRate,
  };
}

async function probe(file: string, signal: AbortSignal): Promise<ProbedMedia> {
  const entries = 'stream=codec_type,r_frame_rate,sample_rate:packet=codec_type,size,duration_time';
  const args = ['-v', 'error', '-show_entries', entries, '-of', 'json', file];
  const { stdout } = await run(ffprobePath() ?? 'ffprobe', args, { signal, maxBuffer: MAX_OUTPUT_BYTES });
  return readProbe(stdout);
}

async function countWhole(playlist: ListedMedia, dir: string, signal: AbortSignal) {
  const file = join(dir, 'whole.media');
  await writeSegments(playlist.segments, file, signal);
  const probed = await probe(file, signal);
  const peaks = probed.audioPackets > 0 ? await peaksOfFile(file, signal) : [];
  const { frames, audioPackets, audioBytes, samples } = probed;
  const duration = playlist.segments.reduce((sum, segment) => sum + segment.duration, 0);
  return { probed, whole: { duration, frames, audioPackets, audioBytes, samples, peaks } satisfies WholeStream };
}

/**
 * Finds out what a URL has to play, from its playlists and its segments.
 *
 * @param dir - A folder for the segments.
 * @throws {Error} When there is no playlist, no segment, or nothing to see in it.
 */
export async function describeStream(url: string, dir: string, signal?: AbortSignal): Promise<Stream> {
  const limit = AbortSignal.any([AbortSignal.timeout(LIMIT_MS), ...(signal === undefined ? [] : [signal])]);
  const playlist = await fetchFirstMedia(url, limit);
  const last = playlist.segments.at(-1);
  if (last === undefined) throw new Error(`no complete media segment in ${playlist.url}`);
  const kind = kindOf(playlist);
  const mediaUrl = playlist.url;
  const duration = playlist.segments.reduce((sum, segment) => sum + segment.duration, 0);
  if (kind === 'ended' && duration <= MAX_WHOLE_SECONDS) {
    const { probed, whole } = await countWhole(playlist, dir, limit);
    return { url, mediaUrl, kind, frameRate: probed.frameRate, audioRate: probed.audioRate, whole };
  }
  const file = join(dir, 'segment.media');
  await writeSegments([last], file, limit);
  const { frameRate, audioRate } = await probe(file, limit);
  return { url, mediaUrl, kind, frameRate, audioRate };
}
