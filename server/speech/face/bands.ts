import type { Speech } from '../voice/speech.ts';

/** Loudness of one picture's sound in four bands, as RMS with 1 = full scale. */
export type BandLevels = {
  /** Around 300 Hz: voice, closed vowels. */
  readonly low: number;
  /** Around 850 Hz: the first formant of open vowels. */
  readonly mid: number;
  /** Around 2,300 Hz: the second formant of spread vowels. */
  readonly front: number;
  /** Around 5,500 Hz: fricatives. */
  readonly hiss: number;
};

/**
 * RMS per picture of `speech` in one band: a second-order band pass (Audio EQ Cookbook, constant peak gain), twice, so
 * that the strong low band does not leak into the others. The first picture waits for this: one plain loop.
 */
function levelsInBand(speech: Speech, band: { hz: number; q: number }, fps: number, frames: number): Float64Array {
  const { pcm, audioRate } = speech;
  const omega = (2 * Math.PI * Math.min(band.hz, audioRate * 0.42)) / audioRate;
  const alpha = Math.sin(omega) / (2 * band.q);
  const gain = alpha / (1 + alpha);
  const a1 = (-2 * Math.cos(omega)) / (1 + alpha);
  const a2 = (1 - alpha) / (1 + alpha);
  const levels = new Float64Array(frames);
  let [x1, x2, y1, y2, z1, z2] = [0, 0, 0, 0, 0, 0];
  let at = 0;
  for (let frame = 0; frame < frames; frame++) {
    const end = Math.min(pcm.length, Math.ceil(((frame + 1) * audioRate) / fps));
    let sum = 0;
    for (; at < end; at++) {
      const x = (pcm[at] ?? 0) / 32_768;
      const y = gain * (x - x2) - a1 * y1 - a2 * y2;
      const z = gain * (y - y2) - a1 * z1 - a2 * z2;
      x2 = x1;
      x1 = x;
      y2 = y1;
      y1 = y;
      z2 = z1;
      z1 = z;
      sum += z * z;
    }
    levels[frame] = Math.sqrt((sum * fps) / audioRate);
  }
  return levels;
}

/** One entry per picture. */
export function bandLevels(speech: Speech, fps: number, frames: number): BandLevels[] {
  const low = levelsInBand(speech, { hz: 300, q: 0.9 }, fps, frames);
  const mid = levelsInBand(speech, { hz: 850, q: 1.1 }, fps, frames);
  const front = levelsInBand(speech, { hz: 2300, q: 1.2 }, fps, frames);
  const hiss = levelsInBand(speech, { hz: 5500, q: 1 }, fps, frames);
  return Array.from({ length: frames }, (_, at) => ({
    low: low[at] ?? 0,
    mid: mid[at] ?? 0,
    front: front[at] ?? 0,
    hiss: hiss[at] ?? 0,
  }));
}
