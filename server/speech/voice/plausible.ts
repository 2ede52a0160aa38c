/** As much is looked at, in this many places: seconds of any speech. */
const PLACES = 8;
const PLACE_SAMPLES = 32_768;

/**
 * How samples compare with speech. White noise has a roughness of 2, and bytes that are no samples come out as white noise at half of full
 * scale (rms 0.58). Speech has 0.04 to 0.6, a whisper up to 2.6 at 8 kHz, all at an rms below 0.25.
 */
export type Plausibility = {
  /** Energy of the steps from sample to sample, by the energy of the samples. */
  readonly roughness: number;
  /** The same of the samples' lower bytes alone, which are noise in any sound that is not very quiet. */
  readonly lowRoughness: number;
  /** Of full scale. */
  readonly rms: number;
  /** Share of samples at full scale: a voice that is too loud for its format has many, bytes that are no samples hardly any. */
  readonly clipped: number;
};

/** As rough as noise, which has the same energy at all frequencies, and loud: a whisper may be rougher, and is not as loud. */
const ROUGH = 1.5;
const ROUGHER_THAN_NOISE = 2.2;
const LOUD = 0.25;
/** Louder than any voice: samples of 8 bit, A-law and µ-law taken for 16 bit. A tone may be as loud, but is smooth. */
const DEAFENING = 0.4;
const UNEVEN = 0.35;
const CLIPPING = 0.01;
const FULL_SCALE = 32_767;

export function plausibility(pcm: Int16Array): Plausibility {
  const [whole, low] = [new Energies(), new Energies()];
  let [clipped, count] = [0, 0];
  for (const [from, to] of placesIn(pcm.length)) {
    whole.begin();
    low.begin();
    for (let at = from; at < to; at++) {
      const sample = pcm[at] ?? 0;
      whole.add(sample);
      low.add(sample & 0xff);
      if (Math.abs(sample) >= FULL_SCALE) clipped += 1;
    }
    count += to - from;
  }
  const rms = whole.rms / FULL_SCALE;
  return { roughness: whole.roughness, lowRoughness: low.roughness, rms, clipped: clipped / Math.max(1, count) };
}

/** Whether samples are nothing that a voice can have said. */
export function isNoise({ roughness, lowRoughness, rms, clipped }: Plausibility): boolean {
  if (clipped >= CLIPPING) return false;
  if (rms >= DEAFENING) return roughness >= UNEVEN || lowRoughness < ROUGH;
  return rms >= LOUD && roughness >= ROUGH && roughness < ROUGHER_THAN_NOISE;
}

function placesIn(length: number): (readonly [from: number, to: number])[] {
  if (length <= PLACES * PLACE_SAMPLES) return [[0, length]];
  const span = Math.floor(length / PLACES);
  return Array.from({ length: PLACES }, (_, place) => [place * span, place * span + PLACE_SAMPLES]);
}

/** Energies of a run of numbers, less what a constant adds to them: that is not heard. */
class Energies {
  #energy = 0;
  #steps = 0;
  #sum = 0;
  #count = 0;
  #before: number | undefined;

  /** What comes next does not follow what came before. */
  begin(): void {
    this.#before = undefined;
  }

  add(value: number): void {
    const step = value - (this.#before ?? value);
    this.#energy += value * value;
    this.#steps += step * step;
    this.#sum += value;
    this.#count += 1;
    this.#before = value;
  }

  get rms(): number {
    return this.#count === 0 ? 0 : Math.sqrt(this.#varying / this.#count);
  }

  get roughness(): number {
    const varying = this.#varying;
    // Less than one step of rounding.
    return varying < this.#count ? 0 : this.#steps / varying;
  }

  get #varying(): number {
    return this.#count === 0 ? 0 : Math.max(0, this.#energy - this.#sum ** 2 / this.#count);
  }
}
