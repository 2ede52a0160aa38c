import { level } from './level.ts';
import type { Sound } from './speech.ts';
import { stepEnergies } from './voiced.ts';

/** Silence kept before and after, in seconds: sentences join with a natural pause, and the face has time to close its mouth. */
const LEAD = 0.08;
const TAIL = 0.25;
/** Loudness is looked at in steps of this many seconds. */
const STEP = 0.01;
/** Louder than this share of the loudest step is speech (-40 dB). */
const SPEECH_SHARE = 0.01;
const FADE = 0.008;
/** A louder sample than this (-60 dBFS) must exist, or nothing was said. */
const AUDIBLE = 33;

function peakOf(pcm: Int16Array): number {
  let peak = 0;
  for (const sample of pcm) peak = Math.max(peak, Math.abs(sample));
  return peak;
}

/** First sample of the first loud step, and the end of the last. */
function spokenRange(pcm: Int16Array, audioRate: number): { start: number; end: number } {
  const stepSamples = Math.max(1, Math.round(audioRate * STEP));
  const energies = stepEnergies(pcm, stepSamples);
  const threshold = Math.max(...energies) * SPEECH_SHARE;
  const first = energies.findIndex((energy) => energy > threshold);
  const last = energies.findLastIndex((energy) => energy > threshold);
  return { start: first * stepSamples, end: Math.min(pcm.length, (last + 1) * stepSamples) };
}

/**
 * Makes an engine's output fit to be joined: silence trimmed or added to exactly 80 ms before and 250 ms after the
 * words, faded at the cuts, level with all other speech. `undefined` when nothing can be heard.
 */
export function polish({ pcm, audioRate }: Sound): Sound | undefined {
  const peak = peakOf(pcm);
  if (peak < AUDIBLE) return undefined;
  const { start, end } = spokenRange(pcm, audioRate);
  const lead = Math.round(LEAD * audioRate);
  const tail = Math.round(TAIL * audioRate);
  const fade = Math.round(FADE * audioRate);
  const out = new Int16Array(lead + end - start + tail);
  // What the engine has around the words (breath, decay) is kept as far as it is there; the rest is silence.
  const from = Math.max(0, start - lead);
  const to = Math.min(pcm.length, end + tail);
  for (let at = from; at < to; at++) {
    const edge = Math.min(1, (at - from) / fade, (to - 1 - at) / fade);
    out[at - start + lead] = Math.round((pcm[at] ?? 0) * edge);
  }
  return level({ pcm: out, audioRate });
}
