/**
 * The machine-readable mark on a test frame: 40 bits (marker 8, clip 8, frame 16, CRC 8), each drawn as two cells side by side,
 * black-white for 0 and white-black for 1, in the top part of the picture: 16 x 5 cells, 32 pixels each at 512 x 512.
 * A pair must differ clearly, the marker and the CRC must be right: no ordinary picture is taken for a mark.
 */
export const CELLS_PER_ROW = 16;
export const CELL_ROWS = 5;
/** The marks take the top 5/16 of the picture, whatever its size. */
export const MARK_HEIGHT_RATIO = CELL_ROWS / CELLS_PER_ROW;

const MARKER = 0xb2;
const WORD_BYTES = 5;
/** In luma steps of 0 to 255: black and white survive encoding and scaling far better than that. */
const MIN_CONTRAST = 96;

export type FrameMark = { readonly clip: number; readonly frame: number };

/** CRC-8, polynomial 0x07. */
function crc8(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? ((crc << 1) ^ 0x07) & 0xff : crc << 1;
  }
  return crc;
}

/**
 * The cells of a mark, row by row: 255 is white, 0 is black.
 *
 * @param mark - `clip` from 0 to 255, `frame` from 0 to 65535.
 */
export function cellsOf({ clip, frame }: FrameMark): Uint8Array {
  if (clip > 0xff || frame > 0xffff)
    throw new RangeError(`mark must fit 8 and 16 bits, got clip ${clip}, frame ${frame}`);
  const word = Uint8Array.of(MARKER, clip, frame >> 8, frame & 0xff, 0);
  word[4] = crc8(word.subarray(0, 4));
  const cells = new Uint8Array(CELLS_PER_ROW * CELL_ROWS);
  for (let bit = 0; bit < WORD_BYTES * 8; bit++) {
    const isOne = ((word[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
    cells[bit * 2 + (isOne ? 0 : 1)] = 255;
  }
  return cells;
}

/** Reads a mark from the luma of its cells; `null` when the picture carries none. */
export function markOf(cells: ArrayLike<number>): FrameMark | null {
  const word = new Uint8Array(WORD_BYTES);
  for (let bit = 0; bit < WORD_BYTES * 8; bit++) {
    const difference = (cells[bit * 2] ?? 0) - (cells[bit * 2 + 1] ?? 0);
    if (Math.abs(difference) < MIN_CONTRAST) return null;
    if (difference > 0) word[bit >> 3] = (word[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  }
  const [marker, clip = 0, high = 0, low = 0, crc] = word;
  if (marker !== MARKER || crc !== crc8(word.subarray(0, 4))) return null;
  return { clip, frame: (high << 8) | low };
}
