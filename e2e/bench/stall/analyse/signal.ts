/** The signal's steps from sample to sample: voices, which are strongest where all voices are alike, count for less. */
export function emphasised(pcm: Int16Array): Float32Array {
  const steps = new Float32Array(pcm.length);
  for (let index = 1; index < pcm.length; index++) steps[index] = (pcm[index] ?? 0) - (pcm[index - 1] ?? 0);
  return steps;
}

/** Averages of neighbouring samples, fewer by `factor`. */
export function decimated(signal: Float32Array, factor: number): Float32Array {
  const fewer = new Float32Array(Math.floor(signal.length / factor));
  for (let index = 0; index < fewer.length; index++) {
    let sum = 0;
    for (let at = 0; at < factor; at++) sum += signal[index * factor + at] ?? 0;
    fewer[index] = sum / factor;
  }
  return fewer;
}

/** Mean power of a stretch; what lies outside of the signal counts as silence. */
export function power(signal: ArrayLike<number>, start: number, length: number): number {
  let sum = 0;
  for (let index = 0; index < length; index++) sum += (signal[start + index] ?? 0) ** 2;
  return sum / length;
}

/** Normalised correlation of two stretches, from -1 to 1; 0 where one of them is silent or outside of its signal. */
export function similarity(a: Float32Array, aStart: number, b: Float32Array, bStart: number, length: number): number {
  if (aStart < 0 || bStart < 0 || aStart + length > a.length || bStart + length > b.length) return 0;
  let [product, aPower, bPower] = [0, 0, 0];
  for (let index = 0; index < length; index++) {
    const [left, right] = [a[aStart + index] as number, b[bStart + index] as number];
    product += left * right;
    aPower += left * left;
    bPower += right * right;
  }
  return aPower === 0 || bPower === 0 ? 0 : product / Math.sqrt(aPower * bPower);
}

/** Where in `signal` a pattern fits best. */
export function bestFit(pattern: Float32Array, signal: Float32Array): { readonly at: number; readonly fit: number } {
  const length = pattern.length;
  const patternPower = power(pattern, 0, length) * length;
  let [at, fit] = [0, 0];
  let signalPower = power(signal, 0, length) * length;
  for (let lag = 0; lag + length <= signal.length; lag++) {
    let product = 0;
    for (let index = 0; index < length; index++)
      product += (pattern[index] as number) * (signal[lag + index] as number);
    const here = product / Math.sqrt(patternPower * Math.max(signalPower, 1e-9));
    if (here > fit) [at, fit] = [lag, here];
    signalPower += (signal[lag + length] ?? 0) ** 2 - (signal[lag] as number) ** 2;
  }
  return { at, fit };
}
