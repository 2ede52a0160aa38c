import { expect } from 'vitest';
import { FragmentReader } from '../isobmff/fragment-reader.ts';
import { AAC_BLOCK, FRAME_TICKS } from '../timeline/axis.ts';
import { AUDIO_TRACK_ID, VIDEO_TRACK_ID } from './inits.ts';
import { SAMPLES_PER_FRAME, singleEncode, snr } from './join-media.ts';
import { readResource } from './read-resource.ts';
import type { Session } from './session.ts';

/** How well a stream is the one signal that its pieces were cut from: for tests. */

/** Everything that a session lists, as one file. */
export async function download(session: Session): Promise<Buffer> {
  const playlist = session.output.playlist('v0');
  const maps = new Set(playlist?.segments.map((segment) => segment.mapUri));
  expect(maps).toEqual(new Set(['init0.mp4']));
  const uris = ['init0.mp4', ...(playlist?.segments ?? []).map((segment) => segment.uri)];
  const resources = await Promise.all(uris.map((uri) => readResource(session.output.resource('v0', uri))));
  return Buffer.concat(resources.filter((bytes) => bytes !== undefined));
}

/** Fails on any hole or overlap of decode times; returns the number of frames and audio blocks. */
export function readAxes(bytes: Uint8Array): { frames: number; blocks: number } {
  const reader = new FragmentReader();
  const ends = new Map([
    [VIDEO_TRACK_ID, 0n],
    [AUDIO_TRACK_ID, 0n],
  ]);
  for (const event of reader.push(bytes)) {
    if (event.type === 'init') continue;
    for (const track of event.fragment.tracks) {
      expect(track.baseMediaDecodeTime).toBe(ends.get(track.trackId));
      expect(track.samples.every((sample) => sample.compositionOffsetTicks === 0)).toBe(true);
      const ticks = track.samples.reduce((sum, sample) => sum + sample.durationTicks, 0);
      ends.set(track.trackId, track.baseMediaDecodeTime + BigInt(ticks));
    }
  }
  reader.end();
  const [video = 0n, audio = 0n] = [ends.get(VIDEO_TRACK_ID), ends.get(AUDIO_TRACK_ID)];
  return { frames: Number(video) / FRAME_TICKS, blocks: Number(audio) / AAC_BLOCK };
}

/** Differences from a single encode, in dB: at the joins that have no filler between them, and over each clip's inside. */
export type Differences = { readonly joins: readonly number[]; readonly insides: readonly number[] };

/**
 * @param signal - All of it, and the lengths of its pieces in frames.
 * @param placed - The frame that each piece starts at in the stream.
 * @param sound - The stream, as a player decodes it.
 */
export async function differences(
  signal: { readonly pcm: Int16Array; readonly lengths: readonly number[] },
  placed: readonly number[],
  sound: Float32Array,
): Promise<Differences> {
  const { lengths } = signal;
  const starts = lengths.map((_, index) => lengths.slice(0, index).reduce((sum, length) => sum + length, 0));
  const singles = new Map<number, Float32Array>();
  const joins: number[] = [];
  const insides: number[] = [];
  for (const [index, start] of starts.entries()) {
    const shift = ((placed[index] ?? 0) - start) * SAMPLES_PER_FRAME;
    const phase = shift % AAC_BLOCK;
    const single = singles.get(phase) ?? (await singleEncode(signal.pcm, phase));
    singles.set(phase, single);
    const between = (from: number, to: number) =>
      snr(signal.pcm, sound, from, to, shift) - snr(signal.pcm, single, from, to);
    const sample = start * SAMPLES_PER_FRAME;
    const end = sample + (lengths[index] ?? 0) * SAMPLES_PER_FRAME;
    insides.push(between(sample + 4 * AAC_BLOCK, end - 4 * AAC_BLOCK));
    const follows = index > 0 && placed[index] === (placed[index - 1] ?? 0) + (lengths[index - 1] ?? 0);
    if (follows) joins.push(between(sample - AAC_BLOCK, sample + AAC_BLOCK));
  }
  return { joins, insides };
}

export function tableLine(signal: string, pacing: string, found: readonly number[]): string {
  const sorted = found.toSorted((a, b) => a - b);
  const cells = [sorted[sorted.length >> 1] ?? 0, sorted[0] ?? 0].map((db) => `${db.toFixed(2).padStart(7)} dB`);
  return `${signal.padEnd(8)} ${pacing.padEnd(5)} ${String(found.length).padStart(2)} joins  median ${cells[0]}  worst ${cells[1]}`;
}
