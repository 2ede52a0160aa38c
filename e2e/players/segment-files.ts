import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ffmpegPath } from '../../scripts/setup/programs.mjs';
import {
  fetchBytes,
  fetchMediaPlaylist,
  fetchMultivariant,
  type ListedMedia,
  type ListedSegment,
} from '../support/hls-client.ts';
import { peaksOf } from './heard-sound.ts';

const run = promisify(execFile);
const PCM_RATE = 48_000;
/** Of a stream that goes on, this much of its beginning and of its end is enough to find what a player played in it. */
const RECENT_SECONDS = 60;

/** The media playlist behind a URL: its own, or that of the first variant stream. */
export async function fetchFirstMedia(url: string, signal: AbortSignal): Promise<ListedMedia> {
  const [variant] = await fetchMultivariant(url, signal);
  return await fetchMediaPlaylist(variant ?? url, signal);
}

/** Downloads segments into one file, their init segment first. @throws {Error} When they have more than one of those. */
export async function writeSegments(
  segments: readonly ListedSegment[],
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const maps = new Set(segments.map(({ mapUrl }) => mapUrl));
  if (maps.size > 1) throw new Error(`segments of ${maps.size} init segments can not be counted as one file`);
  const urls = [...maps, ...segments.map((segment) => segment.url)].filter((url) => url !== undefined);
  const parts: Uint8Array[] = [];
  for (const url of urls) parts.push(await fetchBytes(url, signal));
  await writeFile(file, Buffer.concat(parts));
}

/** Peaks of a media file's sound, mixed to mono. */
export async function peaksOfFile(file: string, signal: AbortSignal): Promise<number[]> {
  const pcmFile = `${file}.f32`;
  const args = ['-nostdin', '-v', 'quiet', '-y', '-i', file, '-vn', '-ac', '1', '-ar', `${PCM_RATE}`];
  await run(ffmpegPath() ?? 'ffmpeg', [...args, '-f', 'f32le', pcmFile], { signal });
  const { buffer, byteOffset, byteLength } = await readFile(pcmFile);
  return peaksOf(new Float32Array(buffer, byteOffset, Math.floor(byteLength / 4)), PCM_RATE);
}

/** As many segments as last for so long, in the order given. */
function lasting(segments: readonly ListedSegment[], seconds: number): ListedSegment[] {
  let left = seconds;
  const taken: ListedSegment[] = [];
  for (const segment of segments) {
    if (left <= 0) break;
    left -= segment.duration;
    taken.push(segment);
  }
  return taken;
}

/** Peaks of what a stream without an end lists now: its beginning, where it is listed, and its end. */
export async function peaksOfStream(url: string, dir: string, signal: AbortSignal): Promise<number[]> {
  const { segments } = await fetchFirstMedia(url, signal);
  const newest = lasting(segments.toReversed(), RECENT_SECONDS).toReversed();
  const oldest = newest.length < segments.length ? [lasting(segments, RECENT_SECONDS)] : [];
  const peaks: number[][] = [];
  for (const part of [...oldest, newest]) {
    const file = join(dir, 'listed.media');
    await writeSegments(part, file, signal);
    peaks.push(await peaksOfFile(file, signal));
  }
  return peaks.flat();
}
