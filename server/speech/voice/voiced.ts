/** Seconds; where something is heard. */
export type Stretch = { readonly start: number; readonly end: number };

/** Loudness is looked at in steps of this many seconds. */
const STEP = 0.01;
/** Shorter silences are closures of `p`, `t`, `k` and the like, inside words. */
const MIN_PAUSE = 0.07;
/** Clicks this short, alone between pauses, are no speech. */
const MIN_VOICED = 0.02;
/** Of the loud parts' level: below is a pause, unless the floor of noise is louder. */
const PAUSE_SHARE = 0.02;
const MAX_PAUSE_SHARE = 0.12;
const ABOVE_NOISE = 2.5;
/** Of the loudest step. */
const HEARD_SHARE = 0.1;

/** Root mean square of every step of `stepSamples`. */
export function stepEnergies(pcm: Int16Array, stepSamples: number): Float64Array {
  const energies = new Float64Array(Math.ceil(pcm.length / stepSamples));
  for (let at = 0; at < pcm.length; at++) {
    const sample = pcm[at] ?? 0;
    const step = Math.floor(at / stepSamples);
    energies[step] = (energies[step] ?? 0) + (sample * sample) / stepSamples;
  }
  return energies.map(Math.sqrt);
}

/** Below this a step is silent: relative to the loud parts, and above the floor of noise as far as there is one. */
function pauseThreshold(energies: Float64Array): number {
  const sorted = energies.toSorted();
  // Of what is sound at all: one word in a long silence is loud too. Not the peak, which may be a click.
  const heard = sorted.filter((energy) => energy > (sorted.at(-1) ?? 0) * HEARD_SHARE);
  const loud = heard[Math.floor(heard.length * 0.8)] ?? 0;
  const floor = sorted[Math.floor(sorted.length * 0.05)] ?? 0;
  return Math.min(Math.max(loud * PAUSE_SHARE, floor * ABOVE_NOISE), loud * MAX_PAUSE_SHARE);
}

/** The stretches of sound between pauses, in order; the whole when nothing is heard. Steps of 10 ms. */
export function voicedStretches(pcm: Int16Array, audioRate: number): Stretch[] {
  const stepSamples = Math.max(1, Math.round(audioRate * STEP));
  const step = stepSamples / audioRate;
  const duration = pcm.length / audioRate;
  const energies = stepEnergies(pcm, stepSamples);
  const threshold = pauseThreshold(energies);
  const stretches: { start: number; end: number }[] = [];
  for (const [index, energy] of energies.entries()) {
    if (energy <= threshold) continue;
    const start = index * step;
    const end = Math.min(duration, start + step);
    const last = stretches.at(-1);
    if (last !== undefined && start - last.end < MIN_PAUSE) last.end = end;
    else stretches.push({ start, end });
  }
  const heard = stretches.filter(({ start, end }) => end - start >= MIN_VOICED);
  return heard.length > 0 ? heard : [{ start: 0, end: duration }];
}
