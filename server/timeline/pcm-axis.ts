import { StreamError } from '../errors.ts';
import { AAC_BLOCK, HOLD_BACK_BLOCKS } from './axis.ts';

/** Blocks fed to the encoder ahead of the first wanted one, so that its overlap is the signal's own. */
export const PRE_ROLL_BLOCKS = 2;

/** The input of one encode: PCM of `PRE_ROLL_BLOCKS + count + HOLD_BACK_BLOCKS` blocks for the packets of `count` blocks. */
export type BlockRun = { readonly firstBlock: number; readonly count: number; readonly pcm: Int16Array };

/** Sound from sample `start` of an axis on. */
export type PcmPiece = { readonly start: number; readonly pcm: Int16Array };

/**
 * The sound of a session on its sample axis: append-only at the end, forgotten at the front as packets are made.
 * Silence is counted, not stored, so an idle session holds no PCM.
 */
export class PcmAxis {
  /** Pieces of sound in order; what lies between and around them is silence. */
  #pieces: { start: number; pcm: Int16Array }[] = [];
  #end: number;

  /** @param from - Where it goes on: what is known of its end. */
  constructor(from?: { readonly end: number; readonly pieces: readonly PcmPiece[] }) {
    this.#end = from?.end ?? 0;
    this.#pieces = (from?.pieces ?? []).map((piece) => ({ ...piece }));
  }

  /** Sample after the last known one. */
  get end(): number {
    return this.#end;
  }

  append(pcm: Int16Array): void {
    if (pcm.length === 0) return;
    this.#pieces.push({ start: this.#end, pcm });
    this.#end += pcm.length;
  }

  /** @throws {StreamError} `TIMELINE_BROKEN` when `sample` lies before the end. */
  silenceUntil(sample: number): void {
    if (sample < this.#end)
      throw new StreamError('TIMELINE_BROKEN', `sound is known to sample ${this.#end}, not ${sample}`);
    this.#end = sample;
  }

  /** What is not silence of the sound that packets from `block` on are made of, up to `sample`. */
  tail(block: number, sample: number): PcmPiece[] {
    const from = (block - PRE_ROLL_BLOCKS) * AAC_BLOCK;
    return this.#pieces
      .filter(({ start, pcm }) => start < sample && start + pcm.length > from)
      .map(({ start, pcm }) => {
        const first = Math.max(start, from);
        return { start: first, pcm: pcm.slice(first - start, Math.min(pcm.length, sample - start)) };
      });
  }

  /** Forgets what comes after `sample`: that sound will not be published. */
  truncate(sample: number): void {
    this.#end = Math.min(this.#end, sample);
    this.#pieces = this.#pieces.filter((piece) => piece.start < this.#end);
    const last = this.#pieces.at(-1);
    if (last && last.start + last.pcm.length > this.#end) last.pcm = last.pcm.subarray(0, this.#end - last.start);
  }

  /** Forgets what no packet from `block` on needs any more. */
  forgetBefore(block: number): void {
    const keepFrom = (block - PRE_ROLL_BLOCKS) * AAC_BLOCK;
    if (this.#pieces.length > 0) {
      this.#pieces = this.#pieces.filter((piece) => piece.start + piece.pcm.length > keepFrom);
    }
  }

  /** True when the packet of `block` is that of pure silence: its window, what overlaps it and the look-ahead are all silent. */
  isSilent(block: number): boolean {
    const from = (block - 1) * AAC_BLOCK;
    const to = (block + 1 + HOLD_BACK_BLOCKS) * AAC_BLOCK;
    return this.#pieces.every((piece) => piece.start >= to || piece.start + piece.pcm.length <= from);
  }

  /** True when this packet and all later ones are those of silence. */
  isSilentFrom(block: number): boolean {
    return this.#pieces.every((piece) => piece.start + piece.pcm.length <= (block - 1) * AAC_BLOCK);
  }

  /** The encoder's input for the packets of `count` blocks; before the axis and after its end there is silence. */
  run(firstBlock: number, count: number): BlockRun {
    const from = (firstBlock - PRE_ROLL_BLOCKS) * AAC_BLOCK;
    const pcm = new Int16Array((PRE_ROLL_BLOCKS + count + HOLD_BACK_BLOCKS) * AAC_BLOCK);
    for (const piece of this.#pieces) {
      const start = Math.max(from, piece.start);
      const end = Math.min(from + pcm.length, piece.start + piece.pcm.length);
      if (end > start) pcm.set(piece.pcm.subarray(start - piece.start, end - piece.start), start - from);
    }
    return { firstBlock, count, pcm };
  }
}
