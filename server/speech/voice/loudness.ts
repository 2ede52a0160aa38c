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

/** Mean squares of the K-weighted signal, one for each step; the last may be shorter. One loop over plain numbers: all streams wait for it. */
function stepPowers({ pcm, audioRate }: Sound): Float64Array {
  const [[a0, a1, a2, a3, a4], [b0, b1, b2, b3, b4]] = kWeighting(audioRate);
  const stepSamples = Math.round(STEP * audioRate);
  const powers = new Float64Array(Math.ceil(pcm.length / stepSamples));
  let x1 = 0;
  let x2 = 0;
  let y1 = 0;
  let y2 = 0;
  let z1 = 0;
  let z2 = 0;
  for (let step = 0; step < powers.length; step++) {
    const end = Math.min(pcm.length, (step + 1) * stepSamples);
    let sum = 0;
    for (let at = step * stepSamples; at < end; at++) {
      const x = (pcm[at] as number) / 32_768;
      const y = a0 * x + a1 * x1 + a2 * x2 - a3 * y1 - a4 * y2;
      const z = b0 * y + b1 * y1 + b2 * y2 - b3 * z1 - b4 * z2;
      x2 = x1;
      x1 = x;
      y2 = y1;
      y1 = y;
      z2 = z1;
      z1 = z;
      sum += z * z;
    }
    powers[step] = sum / stepSamples;
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
  const blocks = Array.from({ length: count }, (_, start) => mean([...steps.subarray(start, start + perBlock)]));
  const heard = blocks.filter((power) => loudnessOf(power) > ABSOLUTE_GATE);
  if (heard.length === 0) return Number.NEGATIVE_INFINITY;
  const gate = loudnessOf(mean(heard)) - RELATIVE_GATE;
  return loudnessOf(mean(heard.filter((power) => loudnessOf(power) > gate)));
}
