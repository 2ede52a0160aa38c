import { integratedLoudness } from './loudness.ts';
import type { Sound } from './speech.ts';

/** What speech on the web is level with: podcasts and streams, in LUFS. */
const TARGET = -16;
/** -1.5 dBFS: between the samples the signal may be higher by as much as is left to -1 dBTP. */
const CEILING = 10 ** (-1.5 / 20);
/** Quiet speech is lifted by 24 dB at most, so that noise alone stays noise. */
const MAX_GAIN = 10 ** (24 / 20);
/** The limiter sees a peak that long before, and lets go within as much again, in seconds. */
const LOOK_AHEAD = 0.004;
const RELEASE = 0.06;
/** What the limiter takes off the peaks it gives back to the rest: two rounds leave less than 0.2 LU. */
const ROUNDS = 3;

/**
 * Speech as loud as all speech here: -16 LUFS, peaks held below -1 dBTP by a limiter that looks ahead. One gain for all of the sound: its
 * own ups and downs stay.
 */
export function level(sound: Sound): Sound {
  const { pcm, audioRate } = sound;
  let gain = gainFor(integratedLoudness(sound), 1);
  let out = limited(pcm, gain, audioRate);
  for (let round = 1; round < ROUNDS; round++) {
    gain = gainFor(integratedLoudness({ pcm: out, audioRate }), gain);
    out = limited(pcm, gain, audioRate);
  }
  return { pcm: out, audioRate };
}

function gainFor(loudness: number, gain: number): number {
  return Number.isFinite(loudness) ? Math.min(MAX_GAIN, gain * 10 ** ((TARGET - loudness) / 20)) : gain;
}

/** Amplified, each peak above the ceiling turned down smoothly before it comes. */
function limited(pcm: Int16Array, gain: number, audioRate: number): Int16Array {
  const ahead = Math.max(1, Math.round(LOOK_AHEAD * audioRate));
  const wanted = heldMinimum(pcm, gain, ahead);
  const release = 1 - Math.exp(-1 / (RELEASE * audioRate));
  const out = new Int16Array(pcm.length);
  let held = wanted[0] ?? 1;
  // The mean of what was held over the look-ahead: no step, and at a peak all of it is held already.
  let sum = ahead * held;
  const window = new Float64Array(ahead).fill(held);
  for (let at = 0; at < pcm.length; at++) {
    const target = wanted[at] ?? 1;
    held = target < held ? target : held + (target - held) * release;
    sum += held - (window[at % ahead] ?? 1);
    window[at % ahead] = held;
    out[at] = Math.round((pcm[at] ?? 0) * gain * Math.min(1, sum / ahead));
  }
  return out;
}

/** For each sample the least factor that any of the next `ahead` samples needs to stay below the ceiling. */
function heldMinimum(pcm: Int16Array, gain: number, ahead: number): Float64Array {
  const ceiling = CEILING * 32_767;
  const needed = Float64Array.from(pcm, (sample) => Math.min(1, ceiling / Math.max(1, Math.abs(sample) * gain)));
  const least = new Float64Array(pcm.length);
  // Indices whose factors grow: the first is the least of the window.
  const queue: number[] = [];
  let first = 0;
  for (let at = pcm.length - 1; at >= 0; at--) {
    while (queue.length > first && (needed[queue.at(-1) ?? 0] ?? 1) >= (needed[at] ?? 1)) queue.pop();
    queue.push(at);
    if ((queue[first] ?? 0) > at + ahead - 1) first++;
    least[at] = needed[queue[first] ?? at] ?? 1;
  }
  return least;
}
