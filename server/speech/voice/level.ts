import { integratedLoudness } from './loudness.ts';
import type { Sound } from './speech.ts';

/** What speech on the web is level with: podcasts and streams, in LUFS. */
const TARGET = -16;
/** -1.5 dBFS: between the samples the signal may be higher by as much as is left to -1 dBTP. */
const CEILING = 32_767 * 10 ** (-1.5 / 20);
/** Quiet speech is lifted by 24 dB at most, so that noise alone stays noise. */
const MAX_GAIN = 10 ** (24 / 20);
/** The limiter sees a peak that long before, and lets go within as much again, in seconds. */
const LOOK_AHEAD = 0.004;
const RELEASE = 0.06;
/** What the limiter takes off the peaks it gives back to the rest: three rounds leave less than 0.5 LU. */
const ROUNDS = 3;
/** Nearer to the target than this, in LU, is near enough. */
const NEAR = 0.25;

/**
 * Speech as loud as all speech here: -16 LUFS, peaks held below -1 dBTP by a limiter that looks ahead. One gain for all of the sound: its
 * own ups and downs stay.
 */
export function level(sound: Sound): Sound {
  const { pcm, audioRate } = sound;
  const peak = peakOf(pcm);
  let gain = gainFor(integratedLoudness(sound), 1);
  let out = amplified(pcm, gain);
  for (let round = 0; round < ROUNDS && peak * gain > CEILING; round++) {
    out = limited(pcm, gain, audioRate);
    const loudness = integratedLoudness({ pcm: out, audioRate });
    if (TARGET - loudness < NEAR) break;
    // The limiter takes some of each gain back.
    gain = gainFor(loudness, gain * 10 ** ((TARGET - loudness) / 40));
  }
  return { pcm: out, audioRate };
}

function gainFor(loudness: number, gain: number): number {
  return Number.isFinite(loudness) ? Math.min(MAX_GAIN, gain * 10 ** ((TARGET - loudness) / 20)) : gain;
}

function peakOf(pcm: Int16Array): number {
  let peak = 0;
  for (const sample of pcm) if (Math.abs(sample) > peak) peak = Math.abs(sample);
  return peak;
}

function amplified(pcm: Int16Array, gain: number): Int16Array {
  const out = new Int16Array(pcm.length);
  for (let at = 0; at < pcm.length; at++) out[at] = Math.round((pcm[at] as number) * gain);
  return out;
}

/** Amplified, each peak above the ceiling turned down smoothly before it comes. */
function limited(pcm: Int16Array, gain: number, audioRate: number): Int16Array {
  const ahead = Math.max(1, Math.round(LOOK_AHEAD * audioRate));
  const wanted = leastAhead(pcm, gain, ahead);
  const release = 1 - Math.exp(-1 / (RELEASE * audioRate));
  const out = new Int16Array(pcm.length);
  let held = wanted[0] ?? 1;
  // The mean of what was held over the look-ahead: no step, and at a peak all of it is held already.
  let sum = ahead * held;
  const window = new Float64Array(ahead).fill(held);
  let slot = 0;
  for (let at = 0; at < pcm.length; at++) {
    const target = wanted[at] as number;
    held = target < held ? target : held + (target - held) * release;
    sum += held - (window[slot] as number);
    window[slot] = held;
    slot = slot + 1 === ahead ? 0 : slot + 1;
    out[at] = Math.round((pcm[at] as number) * gain * Math.min(1, sum / ahead));
  }
  return out;
}

/** For each sample the least factor that it, or any of the `ahead` from it on, needs to stay below the ceiling. */
function leastAhead(pcm: Int16Array, gain: number, ahead: number): Float64Array {
  const least = new Float64Array(pcm.length).fill(1);
  for (let at = 0; at < pcm.length; at++) {
    const loud = Math.abs(pcm[at] as number) * gain;
    if (loud <= CEILING) continue;
    const factor = CEILING / loud;
    for (let before = at; before >= 0 && before > at - ahead; before--) {
      if ((least[before] as number) > factor) least[before] = factor;
    }
  }
  return least;
}
