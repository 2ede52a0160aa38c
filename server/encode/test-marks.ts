import { expect } from 'vitest';
import type { EncodedChunk } from './encoded-chunk.ts';
import { decoded, type Lab, rawClip, SMALL } from './test-media.ts';
import type { FillerClip } from './types.ts';

/** For tests: media with marks that are found again in what becomes of it. */

export const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'];
/** Of the pictures that are encoded. */
export const SIDE = SMALL.width;

/** Four seconds; at each full second a flash and a beep, which begin with the frame. */
export function cardIn(lab: Lab): string {
  return lab.make('card.mp4', [...flashes(4), ...beeps(4), ...X264, '-g', '25', '-bf', '2', '-c:a', 'aac']);
}

/** A gray second. */
export async function fillerIn(lab: Lab): Promise<FillerClip> {
  const { video, init } = await lab.encodeSource({ kind: 'clip', clip: rawClip(25) }, 25);
  return { id: 'x', segmentFrames: [25], video, init: init.filter((track) => track !== undefined) };
}

export const flashes = (seconds: number) => [
  ...['-f', 'lavfi', '-i'],
  `color=0x303030:s=160x120:r=25:d=${seconds},drawbox=enable='lt(mod(t\\,1)\\,0.1)':color=white:t=fill`,
];
export const beeps = (seconds: number, rate = 48_000) => [
  ...['-f', 'lavfi', '-i'],
  `aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t\\,1)\\,0.1)':s=${rate}:d=${seconds}`,
];

/** Seconds at which pictures become bright. */
export function flashesOf(chunk: EncodedChunk): number[] {
  const gray = decoded(chunk);
  const isBright = (frame: number) => (gray[frame * SIDE * SIDE + (SIDE / 2) * SIDE + SIDE / 2] ?? 0) > 150;
  return Array.from({ length: chunk.frames }, (_, frame) => frame)
    .filter((frame) => isBright(frame) && !(frame > 0 && isBright(frame - 1)))
    .map((frame) => frame / SMALL.fps);
}

/** Seconds at which sound begins behind a tenth of a second of silence. */
export function beepsOf(chunk: EncodedChunk): number[] {
  const found: number[] = [];
  let quiet = 4_800;
  for (const [at, value] of chunk.sound().entries()) {
    if (Math.abs(value) < 2_000) {
      quiet += 1;
      continue;
    }
    if (quiet >= 4_800) found.push(at / SMALL.audioRate);
    quiet = 0;
  }
  return found;
}

export function expectNear(actual: readonly number[], expected: readonly number[], tolerance = 0.045): void {
  const isNear =
    actual.length === expected.length &&
    expected.every((value, at) => Math.abs(value - (actual[at] ?? Number.NaN)) <= tolerance);
  expect(isNear ? expected : actual).toEqual(expected);
}

export const codesOf = (chunk: EncodedChunk) => chunk.differences.map(({ code }) => code);

/** RGB of a picture at some points, of the middle frame. */
export function colours(chunk: EncodedChunk, points: Readonly<Record<string, readonly [x: number, y: number]>>) {
  const rgb = decoded(chunk, 'rgb24');
  const start = Math.floor(chunk.frames / 2) * SIDE * SIDE * 3;
  return Object.fromEntries(
    Object.entries(points).map(([name, [x, y]]) => {
      const at = start + (y * SIDE + x) * 3;
      return [name, [...rgb.subarray(at, at + 3)]];
    }),
  );
}

export function expectColours(
  actual: Record<string, number[]>,
  expected: Record<string, readonly number[]>,
  tolerance = 12,
) {
  for (const [name, rgb] of Object.entries(expected)) {
    for (const [channel, value] of rgb.entries()) {
      expect(Math.abs((actual[name]?.[channel] ?? -999) - value), `${name} is ${actual[name]}`).toBeLessThanOrEqual(
        tolerance,
      );
    }
  }
}
