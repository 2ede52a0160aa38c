import type { AacEncoder } from '../encode/aac-encoder.ts';
import type { Sample } from '../isobmff/types.ts';
import { AAC_BLOCK, blocksReady } from '../timeline/axis.ts';
import { PcmAxis, type PcmPiece } from '../timeline/pcm-axis.ts';

/** Blocks encoded in one go: about two seconds, so that sessions take turns. */
const MAX_RUN_BLOCKS = 94;

/** A run costs five blocks of pre-roll and look-ahead beside its own: short ones are not worth it ahead of time. */
const MIN_RUN_BLOCKS = 32;

/** An AAC packet as a sample of the audio track. */
export function audioSample(data: Uint8Array): Sample {
  return { data, durationTicks: AAC_BLOCK, isSync: true, compositionOffsetTicks: 0 };
}

/** The packet of silence, made by the encoder itself. */
export async function encodeSilence(encoder: AacEncoder): Promise<Sample> {
  const [packet] = await encoder.encode(new PcmAxis().run(0, 1));
  return audioSample(packet ?? new Uint8Array());
}

/**
 * The sound of a session from PCM to packets: encodes ahead as PCM comes, and never encodes silence.
 */
export class SoundLane {
  readonly #encoder: AacEncoder;
  readonly #silence: Sample;
  readonly #onFailure: (error: unknown) => void;
  readonly #pcm: PcmAxis;
  readonly #packets = new Map<number, Sample>();
  #encoding: Promise<void> | undefined;
  #nextBlock: number;
  /** Counts truncations: packets of a run that was under way then may be of sound that was taken back. */
  #generation = 0;

  /** @param from - Where it goes on: the next block, and what is known of the sound. */
  constructor(
    encoder: AacEncoder,
    silence: Sample,
    onFailure: (error: unknown) => void,
    from?: { readonly block: number; readonly end: number; readonly pieces: readonly PcmPiece[] },
  ) {
    this.#pcm = new PcmAxis(from);
    this.#nextBlock = from?.block ?? 0;
    this.#encoder = encoder;
    this.#silence = silence;
    this.#onFailure = onFailure;
  }

  /** Sample up to which sound is known. */
  get end(): number {
    return this.#pcm.end;
  }

  append(pcm: Int16Array): void {
    this.#pcm.append(pcm);
    this.#encodeAhead();
  }

  silenceUntil(sample: number): void {
    if (sample > this.#pcm.end) this.#pcm.silenceUntil(sample);
  }

  /** Takes back the sound after `sample`, none of which was published. */
  truncate(sample: number): void {
    if (sample >= this.#pcm.end) return;
    this.#pcm.truncate(sample);
    this.#generation += 1;
    const settled = blocksReady(sample);
    for (const block of this.#packets.keys()) if (block >= settled) this.#packets.delete(block);
  }

  /** What is not silence of the sound that the next packets are made of, up to `sample`. */
  tail(sample: number): PcmPiece[] {
    return this.#pcm.tail(this.#nextBlock, sample);
  }

  /** True when everything from the next block on is silence. */
  get silent(): boolean {
    return this.#pcm.isSilentFrom(this.#nextBlock);
  }

  /** Leaps over silence that is not published. */
  leapTo(block: number): void {
    this.#nextBlock = block;
    this.#packets.clear();
    this.#pcm.forgetBefore(block);
  }

  isSilence(sample: Sample): boolean {
    return sample === this.#silence;
  }

  /** The next `count` packets; `undefined` when some are still to be encoded: wait for `ready()` then. */
  take(count: number): Sample[] | undefined {
    const samples: Sample[] = [];
    for (let block = this.#nextBlock; block < this.#nextBlock + count; block++) {
      const sample = this.#packets.get(block) ?? (this.#pcm.isSilent(block) ? this.#silence : undefined);
      if (!sample) return undefined;
      samples.push(sample);
    }
    for (let block = this.#nextBlock; block < this.#nextBlock + count; block++) this.#packets.delete(block);
    this.#nextBlock += count;
    this.#pcm.forgetBefore(this.#nextBlock);
    return samples;
  }

  /** Encodes what is missing among the next `count` packets. */
  async ready(count: number): Promise<void> {
    for (;;) {
      if (!this.#missing(this.#nextBlock + count)) return;
      await (this.#encoding ?? this.#encodeMissing(Math.max(this.#nextBlock + count, blocksReady(this.#pcm.end))));
    }
  }

  #encodeAhead(): void {
    if (this.#encoding) return;
    const end = blocksReady(this.#pcm.end);
    const missing = this.#missing(end);
    // Less than that is encoded when it is asked for, together with what has come by then.
    if (!missing || missing.count < MIN_RUN_BLOCKS) return;
    this.#encoding = this.#encodeMissing(end).finally(() => {
      this.#encoding = undefined;
      this.#encodeAhead();
    });
  }

  async #encodeMissing(to: number): Promise<void> {
    const missing = this.#missing(to);
    if (missing) await this.#encode(missing.first, missing.count);
  }

  /** The next run to encode among the blocks up to `to`: from the first that is missing to the last that is no silence. */
  #missing(to: number): { first: number; count: number } | undefined {
    let first = this.#nextBlock;
    while (first < to && (this.#packets.has(first) || this.#pcm.isSilent(first))) first += 1;
    let end = Math.min(to, first + MAX_RUN_BLOCKS);
    while (end > first && this.#pcm.isSilent(end - 1)) end -= 1;
    return end > first ? { first, count: end - first } : undefined;
  }

  async #encode(first: number, count: number): Promise<void> {
    const generation = this.#generation;
    let packets: Sample[];
    try {
      packets = (await this.#encoder.encode(this.#pcm.run(first, count))).map(audioSample);
    } catch (error) {
      // The stream never stops: a hole in the sound is told and filled with silence.
      this.#onFailure(error);
      packets = Array.from({ length: count }, () => this.#silence);
    }
    if (generation !== this.#generation) return;
    packets.forEach((packet, index) => {
      if (first + index >= this.#nextBlock) this.#packets.set(first + index, packet);
    });
  }
}
