import type { Sound } from './speech.ts';

/** Blocks of 400 ms, a new one every 100 ms (ITU-R BS.1770-4). */
const BLOCK = 0.4;
const STEP = 0.1;
/** Gates: blocks below -70 LUFS are silence; then those 10 LU below the mean of the rest are pauses. */
const ABSOLUTE_GATE = -70;
const RELATIVE_GATE = 10;
/** Loudness of a mean square of 1, of full scale. */
const OFFSET = -0.691;

type Biquad = readonly [b0: number, b1: number, b2: number, a1: number, a2: number];

/**
 * The two filters of K-weighting at any rate: a shelf for the head, and a high pass. BS.1770 gives their coefficients at 48 kHz; these
 * are the analogue prototypes they come from (as in libebur128).
 */
function kWeighting(audioRate: number): readonly [Biquad, Biquad] {
  const shelf = ((): Biquad => {
    const [frequency, gain, q] = [1681.974450955533, 3.999843853973347, 0.7071752369554196];
    const k = Math.tan((Math.PI * frequency) / audioRate);
    const vh = 10 ** (gain / 20);
    const vb = vh ** 0.4996667741545416;
    const a0 = 1 + k / q + k * k;
    return [
      (vh + (vb * k) / q + k * k) / a0,
      (2 * (k * k - vh)) / a0,
      (vh - (vb * k) / q + k * k) / a0,
      (2 * (k * k - 1)) / a0,
      (1 - k / q + k * k) / a0,
    ];
  })();
  const [frequency, q] = [38.13547087602444, 0.5003270373238773];
  const k = Math.tan((Math.PI * frequency) / audioRate);
  const a0 = 1 + k / q + k * k;
  return [shelf, [1, -2, 1, (2 * (k * k - 1)) / a0, (1 - k / q + k * k) / a0]];
}

/** Mean squares of the K-weighted signal, one for each step; the last may be shorter. */
function stepPowers({ pcm, audioRate }: Sound): Float64Array {
  const [shelf, highPass] = kWeighting(audioRate);
  const stepSamples = Math.round(STEP * audioRate);
  const powers = new Float64Array(Math.ceil(pcm.length / stepSamples));
  let [x1, x2, y1, y2, z1, z2] = [0, 0, 0, 0, 0, 0];
  for (let at = 0; at < pcm.length; at++) {
    const x = (pcm[at] ?? 0) / 32_768;
    const y = shelf[0] * x + shelf[1] * x1 + shelf[2] * x2 - shelf[3] * y1 - shelf[4] * y2;
    const z = highPass[0] * y + highPass[1] * y1 + highPass[2] * y2 - highPass[3] * z1 - highPass[4] * z2;
    [x2, x1, y2, y1, z2, z1] = [x1, x, y1, y, z1, z];
    const step = Math.floor(at / stepSamples);
    powers[step] = (powers[step] ?? 0) + (z * z) / stepSamples;
  }
  return powers;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const loudnessOf = (power: number): number => OFFSET + 10 * Math.log10(power);

/**
 * Integrated loudness in LUFS (ITU-R BS.1770-4, EBU R128). What is shorter than a block counts as one.
 *
 * @returns `-Infinity` for silence.
 */
export function integratedLoudness(sound: Sound): number {
  const steps = stepPowers(sound);
  const perBlock = Math.round(BLOCK / STEP);
  const count = Math.max(1, steps.length - perBlock + 1);
  const blocks = Array.from({ length: count }, (_, start) => {
    const block = [...steps.subarray(start, start + perBlock)];
    return mean(block);
  });
  const heard = blocks.filter((power) => loudnessOf(power) > ABSOLUTE_GATE);
  if (heard.length === 0) return Number.NEGATIVE_INFINITY;
  const gate = loudnessOf(mean(heard)) - RELATIVE_GATE;
  return loudnessOf(mean(heard.filter((power) => loudnessOf(power) > gate)));
}
