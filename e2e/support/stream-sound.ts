import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { downloadPresentation, fetchMultivariant } from './hls-client.ts';

/** All sound of a stream so far, complete segments only: sample 0 is media time 0. Mono. */
export type StreamSound = { readonly pcm: Int16Array; readonly audioRate: number };

/**
 * Downloads a stream that has not lost its first segment from its window yet, and decodes its sound.
 *
 * @param playlistUrl - Of the multivariant playlist.
 */
export async function streamSound(playlistUrl: string, audioRate: number): Promise<StreamSound> {
  const directory = await mkdtemp(join(tmpdir(), 'sound-'));
  try {
    const [media = ''] = await fetchMultivariant(playlistUrl);
    const file = join(directory, 'stream.mp4');
    const { mediaSequence } = await downloadPresentation(media, file);
    if (mediaSequence !== 0) throw new Error(`the stream begins with segment ${mediaSequence}: its start is gone`);
    const args = ['-v', 'error', '-i', file, '-map', '0:a', '-f', 's16le', '-ac', '1', '-ar', `${audioRate}`, 'pipe:1'];
    const ffmpeg = spawn(process.env.FFMPEG_PATH ?? 'ffmpeg', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [bytes, [code]] = await Promise.all([buffer(ffmpeg.stdout), once(ffmpeg, 'exit')]);
    if (code !== 0) throw new Error(`ffmpeg could not decode ${playlistUrl}: exit code ${code}`);
    return { pcm: new Int16Array(new Uint8Array(bytes).buffer, 0, bytes.length >> 1), audioRate };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** The largest step from one sample to the next between two media times in seconds. */
export function largestStep({ pcm, audioRate }: StreamSound, from: number, to: number): number {
  let largest = 0;
  const last = Math.min(pcm.length, Math.round(to * audioRate));
  for (let at = Math.max(1, Math.round(from * audioRate)); at < last; at++)
    largest = Math.max(largest, Math.abs((pcm[at] ?? 0) - (pcm[at - 1] ?? 0)));
  return largest;
}

/** The largest level between two media times in seconds. */
export function peak({ pcm, audioRate }: StreamSound, from: number, to: number): number {
  return pcm
    .subarray(Math.max(0, Math.round(from * audioRate)), Math.round(to * audioRate))
    .reduce((largest, sample) => Math.max(largest, Math.abs(sample)), 0);
}
