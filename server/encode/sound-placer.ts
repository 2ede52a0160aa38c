/** Sound that decoded, on the axis of its chunk. Times in seconds. */
export type SoundCame = {
  /** When the first of it is heard. */
  readonly start: number;
  readonly end: number;
  /** Longest stretch in the middle that no sound came for. */
  readonly gap?: { readonly at: number; readonly seconds: number };
  /** Sound that came for a time that had some already, and was left out. */
  readonly droppedSeconds: number;
};

/**
 * Timestamps of containers are rounded (Matroska's to a millisecond) and drift: sound is put where it follows on what came before, until
 * it is this much off.
 */
const TOLERANCE_SECONDS = 0.1;

export type SoundPlacerOptions = {
  readonly audioRate: number;
  /** Samples of the axis that are not wanted, at its start. */
  readonly skipSamples: number;
  /** Length of what is wanted, in samples; what comes behind it is only counted. */
  readonly samples: number;
  /** Takes the wanted sound, in order and without a hole. */
  write(pcm: Int16Array): void;
};

/** Puts blocks of sound that say when they are heard on the axis of a chunk: silence where none comes, nothing twice. */
export class SoundPlacer {
  readonly #options: SoundPlacerOptions;
  readonly #toleranceSamples: number;
  #start: number | undefined;
  /** End of what came, on the axis. */
  #end = 0;
  #gap: { at: number; samples: number } | undefined;
  #droppedSamples = 0;

  constructor(options: SoundPlacerOptions) {
    this.#options = options;
    this.#toleranceSamples = TOLERANCE_SECONDS * options.audioRate;
  }

  /** What came so far; `undefined` before the first block. */
  get came(): SoundCame | undefined {
    const { audioRate } = this.#options;
    if (this.#start === undefined) return undefined;
    return {
      start: this.#start / audioRate,
      end: this.#end / audioRate,
      ...(this.#gap && { gap: { at: this.#gap.at / audioRate, seconds: this.#gap.samples / audioRate } }),
      droppedSeconds: this.#droppedSamples / audioRate,
    };
  }

  /** @param startSample - When the block is heard, in samples of the axis. */
  place(startSample: number, pcm: Int16Array): void {
    const lead = this.#start === undefined ? startSample : startSample - this.#end;
    const isInStep = this.#start !== undefined && Math.abs(lead) <= this.#toleranceSamples;
    const late = isInStep ? 0 : Math.max(0, lead);
    const early = isInStep ? 0 : Math.min(pcm.length, Math.max(0, -lead));
    if (this.#start !== undefined && late > (this.#gap?.samples ?? 0)) this.#gap = { at: this.#end, samples: late };
    this.#droppedSamples += early;
    if (early === pcm.length) return;
    this.#silence(late);
    this.#start ??= this.#end;
    this.#append(pcm.subarray(early));
  }

  /** Of a leap by hours, no more silence is made than is wanted. */
  #silence(samples: number): void {
    const { audioRate, skipSamples, samples: wanted } = this.#options;
    const made = Math.max(0, Math.min(samples, skipSamples + wanted - this.#end));
    const piece = new Int16Array(Math.min(made, audioRate));
    for (let left = made; left > 0; left -= piece.length) this.#append(piece.subarray(0, left));
    this.#end += samples - made;
  }

  #append(pcm: Int16Array): void {
    const { skipSamples, write } = this.#options;
    const skipped = Math.min(pcm.length, Math.max(0, skipSamples - this.#end));
    this.#end += pcm.length;
    if (skipped < pcm.length) write(pcm.subarray(skipped));
  }
}
