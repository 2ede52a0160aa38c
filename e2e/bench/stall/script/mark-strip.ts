import { cellsOf, type FrameMark, markOf } from '../../../support/pattern.ts';

/** The cells of a frame's mark (see support/pattern.ts), in a strip over the top of the picture that leaves the face in sight. */
export const STRIP = { columns: 32, rows: 3 } as const;
/** Of the picture's width. */
export const STRIP_HEIGHT_RATIO = STRIP.rows / STRIP.columns;

/** The strip in 8 bit luma, `width` x `width * STRIP_HEIGHT_RATIO` pixels; grey without a mark. */
export function markStrip(mark: FrameMark | null, width: number): Buffer {
  const cellSize = width / STRIP.columns;
  const strip = Buffer.alloc(width * cellSize * STRIP.rows, 96);
  if (mark === null) return strip;
  const cells = cellsOf(mark);
  for (let y = 0; y < cellSize * STRIP.rows; y++) {
    for (let column = 0; column < STRIP.columns; column++) {
      const luma = cells[Math.floor(y / cellSize) * STRIP.columns + column];
      if (luma !== undefined) strip.fill(luma, y * width + column * cellSize, y * width + (column + 1) * cellSize);
    }
  }
  return strip;
}

/** @param lumas - One character per cell, its code the luma. */
export function markOfStrip(lumas: string): FrameMark | null {
  return markOf(Array.from(lumas, (cell) => cell.charCodeAt(0)));
}
