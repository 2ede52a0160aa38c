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
  /** How the lower bytes go with the upper ones: 1 or -1, as each other; 0, as if they knew nothing of each other. */
  readonly bytesAlike: number;
  /** Of full scale. */
  readonly rms: number;
  /** Share of samples at full scale: a voice that is too loud for its format has many, bytes that are no samples hardly any. */
  readonly clipped: number;
};

/** As rough as noise, which has the same energy at all frequencies, and loud: a whisper may be rougher, and is not as loud. */
const ROUGH = 1.5;
const ROUGHER_THAN_NOISE = 2.2;
const LOUD = 0.25;
/**
 * Louder than any voice: samples of 8 bit, A-law and µ-law taken for 16 bit. A tone may be as loud, but is smooth, and what its lower bytes
 * do has little to do with the upper ones; where the two are neighbours in the sound, it has (0.58 and more in speech of 8 to 48 kHz).
 */
const DEAFENING = 0.4;
const UNEVEN = 0.35;
/** Smoother than any bytes of speech: there are few different samples in each of its waves, which may be alike by chance. */
const SMOOTH = 0.06;
const NEIGHBOURS = 0.5;
const CLIPPING = 0.01;
const FULL_SCALE = 32_767;

export function plausibility(pcm: Int16Array): Plausibility {
  const [whole, bytes] = [new Energies(), new Correlation()];
  let [clipped, count] = [0, 0];
  for (const [from, to] of placesIn(pcm.length)) {
    whole.begin();
    for (let at = from; at < to; at++) {
      const sample = pcm[at] ?? 0;
      whole.add(sample);
      bytes.add(sample & 0xff, (sample >> 8) & 0xff);
      if (Math.abs(sample) >= FULL_SCALE) clipped += 1;
    }
    count += to - from;
  }
  const rms = whole.rms / FULL_SCALE;
  return { roughness: whole.roughness, bytesAlike: bytes.value, rms, clipped: clipped / Math.max(1, count) };
}

/** Whether samples are nothing that a voice can have said. */
export function isNoise({ roughness, bytesAlike, rms, clipped }: Plausibility): boolean {
  if (clipped >= CLIPPING) return false;
  if (rms >= DEAFENING) return roughness >= UNEVEN || (roughness >= SMOOTH && bytesAlike >= NEIGHBOURS);
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

/** Pearson's, of pairs. */
class Correlation {
  #count = 0;
  #x = 0;
  #y = 0;
  #xx = 0;
  #yy = 0;
  #xy = 0;

  add(x: number, y: number): void {
    this.#count += 1;
    this.#x += x;
    this.#y += y;
    this.#xx += x * x;
    this.#yy += y * y;
    this.#xy += x * y;
  }

  get value(): number {
    const n = this.#count;
    const spread = (n * this.#xx - this.#x ** 2) * (n * this.#yy - this.#y ** 2);
    return spread <= 0 ? 0 : (n * this.#xy - this.#x * this.#y) / Math.sqrt(spread);
  }
}
