/** Length of one block, of which the loudest sample is kept, in seconds. */
export const BLOCK_SECONDS = 0.01;
/** -60 dB of full scale: below it are noise of resampling and of another encoder on the way, above it is speech. */
const AUDIBLE_PEAK = 0.001;
/** Sound may come out this much earlier or later than the rest of it: the blocks of the two sides do not begin together. */
const JITTER_BLOCKS = 2;
/** A player that plays all of a stream begins at its beginning, give or take how early or late its meter begins. */
const MAX_SHIFT_BLOCKS = 5 / BLOCK_SECONDS;
/** Less sound than this is a click: its share would say nothing. */
const MIN_AUDIBLE_BLOCKS = 0.2 / BLOCK_SECONDS;

/** The loudest sample of each 10 ms of mono PCM; the last block may be shorter. */
export function peaksOf(pcm: Float32Array, audioRate: number): number[] {
  const blockSamples = Math.round(audioRate * BLOCK_SECONDS);
  const peaks: number[] = [];
  for (let start = 0; start < pcm.length; start += blockSamples) {
    let peak = 0;
    for (const sample of pcm.subarray(start, start + blockSamples)) peak = Math.max(peak, Math.abs(sample));
    peaks.push(peak);
  }
  return peaks;
}

const audible = (peaks: readonly number[]): Uint8Array =>
  Uint8Array.from(peaks, (peak) => Number(peak >= AUDIBLE_PEAK));

function widened(flags: Uint8Array): Uint8Array {
  return flags.map((_, index) =>
    Number(flags.subarray(Math.max(0, index - JITTER_BLOCKS), index + JITTER_BLOCKS + 1).includes(1)),
  );
}

type Comparison = { readonly due: number; readonly got: number; readonly equal: number };

/** Blocks that sound in the media, those of them that were heard, and those that are as they should be, with what was heard laid upon `shift`. */
function compare(media: Uint8Array, heard: Uint8Array, around: Uint8Array, shift: number): Comparison {
  const from = Math.max(0, shift);
  const to = Math.min(media.length, shift + heard.length);
  let [due, got, equal] = [0, 0, 0];
  for (let block = from; block < to; block++) {
    const sounds = media[block] ?? 0;
    due += sounds;
    got += sounds & (around[block - shift] ?? 0);
    if (sounds === heard[block - shift]) equal++;
  }
  return { due, got, equal };
}

/**
 * How much of a stream's sound came out of a player, for players that do not count samples: both sides are laid upon each other
 * where they fit best, and the blocks that sound in the stream are looked for in what was heard.
 *
 * @param heard - Peaks of what came out, from the first picture on.
 * @param media - Peaks of the stream.
 * @param isWhole - The player was to play all of `media`; else a part of it, wherever that lies.
 * @returns 0 to 1; `undefined` when there was nothing to be heard.
 */
export function heardShare(heard: readonly number[], media: readonly number[], isWhole: boolean): number | undefined {
  const mediaFlags = audible(media);
  const heardFlags = audible(heard);
  const around = widened(heardFlags);
  const first = isWhole ? -MAX_SHIFT_BLOCKS : 0;
  const last = isWhole ? MAX_SHIFT_BLOCKS : Math.max(0, media.length - heard.length);
  let best: Comparison = { due: 0, got: 0, equal: -1 };
  for (let shift = first; shift <= last; shift++) {
    const comparison = compare(mediaFlags, heardFlags, around, shift);
    if (comparison.equal > best.equal) best = comparison;
  }
  const due = isWhole ? mediaFlags.reduce((sum, flag) => sum + flag, 0) : best.due;
  return due < MIN_AUDIBLE_BLOCKS ? undefined : best.got / due;
}
