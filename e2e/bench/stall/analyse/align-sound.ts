import { bestFit, decimated, emphasised, power, similarity } from './signal.ts';

/** A sentence's sound as it was made: mono, 16 bit signed. */
export type KnownSound = { readonly clip: number; readonly pcm: Int16Array };

/** A stretch of the recording in which one sentence is heard without a break. In samples. */
export type SoundRun = {
  readonly clip: number;
  /** Where it begins in the recording, and in the sentence. */
  readonly heardAt: number;
  readonly start: number;
  readonly length: number;
};

/** Stretches that are compared, in samples: 10 ms, and 2 ms at the ends of a run. */
const BLOCK = 480;
const FINE_BLOCK = 96;
/** A stretch that is looked for: 60 ms. */
const PATTERN = 2_880;
const COARSE = 4;
/** Where it is looked for first: the first 100 ms of every sentence. */
const BEGINNING = PATTERN + 4_800;
/** Coding leaves 0.7 and more of 1; another place gives less than 0.3. */
const SAME = 0.5;
const SAME_FINE = 0.35;
const COARSE_FIT = 0.3;
/** A run ends when so many blocks one after the other are not its own: coding blurs single ones. */
const FOREIGN_BLOCKS = 3;
/** Below -54 dBFS nothing of a sentence is heard: its noise has -32. */
const SILENT_POWER = (32_768 * 10 ** (-54 / 20)) ** 2;

type Known = { readonly clip: number; readonly signal: Float32Array; readonly coarse: Float32Array };
type Place = { readonly known: Known; readonly start: number };

/** Finds which sentence is heard when, to the sample, by the noise under its speech. */
class Aligner {
  readonly #pcm: Int16Array;
  readonly #heard: Float32Array;
  readonly #known: readonly Known[];
  readonly runs: SoundRun[] = [];

  constructor(pcm: Int16Array, sounds: readonly KnownSound[]) {
    this.#pcm = pcm;
    this.#heard = emphasised(pcm);
    this.#known = sounds.map(({ clip, pcm: own }) => {
      const signal = emphasised(own);
      return { clip, signal, coarse: decimated(signal, COARSE) };
    });
  }

  align(): readonly SoundRun[] {
    for (let at = 0; at + PATTERN <= this.#heard.length; ) {
      if (power(this.#pcm, at, BLOCK) < SILENT_POWER) {
        at += BLOCK;
        continue;
      }
      const place = this.#find(at);
      at = place === undefined ? at + BLOCK : Math.max(at + BLOCK, this.#follow(at, place));
    }
    return this.runs;
  }

  /** What is heard from here on: most often the beginning of some sentence, else the sentence at hand, the next ones, or any. */
  #find(at: number): Place | undefined {
    const pattern = decimated(this.#heard.subarray(at, at + PATTERN), COARSE);
    const beginnings = this.#known.map((known) => ({ ...known, coarse: known.coarse.subarray(0, BEGINNING / COARSE) }));
    const latest = this.#known.findIndex(({ clip }) => clip === this.runs.at(-1)?.clip);
    const near = this.#known.slice(Math.max(0, latest), latest + 3);
    const far = this.#known.filter((known) => !near.includes(known));
    for (const candidates of [beginnings, near, far]) {
      const place = this.#bestOf(candidates, pattern, at);
      if (place !== undefined) return place;
    }
    return undefined;
  }

  #bestOf(candidates: readonly Known[], pattern: Float32Array, heardAt: number): Place | undefined {
    let best: { place: Place; fit: number } | undefined;
    for (const known of candidates) {
      const { at, fit } = bestFit(pattern, known.coarse);
      if (fit < Math.max(COARSE_FIT, best?.fit ?? 0)) continue;
      const place = this.#refine(known, at * COARSE, heardAt);
      if (place !== undefined) best = { place, fit };
    }
    return best?.place;
  }

  /** To the sample, if it is the same at full rate, too. */
  #refine(known: Known, about: number, heardAt: number): Place | undefined {
    let [start, fit] = [0, 0];
    for (let candidate = about - 2 * COARSE; candidate <= about + 2 * COARSE; candidate++) {
      const here = similarity(this.#heard, heardAt, known.signal, candidate, PATTERN);
      if (here > fit) [start, fit] = [candidate, here];
    }
    return fit < SAME ? undefined : { known, start };
  }

  /** Follows a run to its end, adds it, and returns where in the recording it ends. */
  #follow(heardAt: number, { known, start }: Place): number {
    const offset = heardAt - start;
    const isSame = (from: number, length: number, limit: number): boolean =>
      similarity(this.#heard, from + offset, known.signal, from, length) >= limit;
    let end = start;
    for (let at = start, foreign = 0; at + BLOCK <= known.signal.length && foreign < FOREIGN_BLOCKS; at += BLOCK) {
      foreign = isSame(at, BLOCK, SAME) ? 0 : foreign + 1;
      if (foreign === 0) end = at + BLOCK;
    }
    // Half a block of its own is enough to be taken for it.
    while (end - FINE_BLOCK > start && !isSame(end - FINE_BLOCK, FINE_BLOCK, SAME_FINE)) end -= FINE_BLOCK;
    while (end + FINE_BLOCK <= known.signal.length && isSame(end, FINE_BLOCK, SAME_FINE)) end += FINE_BLOCK;
    // What is left is shorter than what can be compared.
    if (known.signal.length - end < FINE_BLOCK) end = known.signal.length;
    const earliest = Math.max(0, this.#endOfLast() - offset);
    let begin = Math.max(start, earliest);
    while (begin + FINE_BLOCK < end && !isSame(begin, FINE_BLOCK, SAME_FINE)) begin += FINE_BLOCK;
    while (begin - FINE_BLOCK >= earliest && isSame(begin - FINE_BLOCK, FINE_BLOCK, SAME_FINE)) begin -= FINE_BLOCK;
    if (begin < FINE_BLOCK) begin = 0;
    this.runs.push({ clip: known.clip, heardAt: begin + offset, start: begin, length: end - begin });
    return end + offset;
  }

  #endOfLast(): number {
    const last = this.runs.at(-1);
    return last === undefined ? 0 : last.heardAt + last.length;
  }
}

/**
 * Finds the sentences in a recording of what was heard.
 *
 * @param pcm - The recording, at the sentences' own rate: mono, 16 bit signed.
 * @returns Runs in the order they were heard; within a run nothing is missing, repeated or inserted.
 */
export function alignSound(pcm: Int16Array, sounds: readonly KnownSound[]): readonly SoundRun[] {
  return new Aligner(pcm, sounds).align();
}
