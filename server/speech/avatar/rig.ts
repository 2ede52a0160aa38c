import type { RawClip } from '../../encode/types.ts';
import type { AvatarJob, Speech } from '../providers.ts';
import type { Idle } from './idle-media.ts';

/** Small and slow, for tests. */
export const PICTURE = { width: 128, height: 128, fps: 10 };
export const PICTURE_BYTES = PICTURE.width * PICTURE.height * 4;

/** A gliding tone that comes and goes. */
export function speechOf(seconds: number): Speech {
  const audioRate = 16_000;
  const tone = (at: number) => 9000 * Math.sin(at / 12) * Math.sin(at / 2500) ** 2;
  return { pcm: Int16Array.from({ length: Math.round(seconds * audioRate) }, (_, at) => tone(at)), audioRate };
}

let lastId = 0;

export function jobOf(seconds: number, options: Partial<AvatarJob> = {}): AvatarJob {
  const id = `job-${process.pid}-${++lastId}`;
  const signal = new AbortController().signal;
  return { id, text: 'Hello, “world”.', speech: speechOf(seconds), picture: PICTURE, signal, ...options };
}

export const NO_IDLE: Idle = {
  idle: () => {
    throw new Error('not used here');
  },
  idleLook: () => 'none',
};

/** Reads a clip to its end. */
export async function picturesOf(clip: RawClip | undefined): Promise<Uint8Array[]> {
  if (!clip) throw new Error('there is no clip');
  return await Array.fromAsync(clip.pictures);
}

/** Whether two pictures are the same to the byte. */
export const isSame = (one: Uint8Array | undefined, other: Uint8Array | undefined): boolean =>
  one !== undefined && other !== undefined && Buffer.compare(one, other) === 0;
