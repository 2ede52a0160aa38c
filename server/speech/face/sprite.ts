import { type Canvas, createCanvas } from '@napi-rs/canvas';
import { DESIGN_SIZE, type Pen } from './face-paint.ts';

/** What was painted once, and where it belongs in design pixels. */
export type Sprite = {
  readonly canvas: Canvas;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/** Room around the design square, for what a leaning head brings into the picture. */
const MARGIN = 24;

/**
 * Pixels of a sprite for each pixel of the picture, per axis: 2 keep edges as sharp in every position as when they are
 * drawn there; pictures of 1,000 pixels and more do with 1, so that a sprite is never above 5 MB at 1080p.
 */
export function spriteScale(pictureScale: number): number {
  return pictureScale * Math.min(2, Math.max(1, 2 / pictureScale));
}

type Box = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };

/** Smallest box around all that is not clear; one clear pixel at the left and top when there is nothing. */
function inkBox(pen: Pen, side: number): Box {
  const pixels = new Uint32Array(pen.getImageData(0, 0, side, side).data.buffer);
  let [left, top, right, bottom] = [side, side, 0, 0];
  for (let y = 0; y < side; y++) {
    const row = pixels.subarray(y * side, (y + 1) * side);
    const first = row.findIndex((value) => value !== 0);
    if (first < 0) continue;
    top = Math.min(top, y);
    bottom = y + 1;
    left = Math.min(left, first);
    right = Math.max(right, row.findLastIndex((value) => value !== 0) + 1);
  }
  return right === 0 ? { left: 0, top: 0, right: 1, bottom: 1 } : { left, top, right, bottom };
}

/** Paints sprites in any number that share one scratch canvas. `scale`: pixels of a sprite per design pixel. */
export function createSpriteMaker(scale: number): (paint: (pen: Pen) => void) => Sprite {
  const side = Math.ceil((DESIGN_SIZE + 2 * MARGIN) * scale);
  const scratch = createCanvas(side, side);
  const pen = scratch.getContext('2d');
  return (paint) => {
    pen.resetTransform();
    pen.clearRect(0, 0, side, side);
    pen.scale(scale, scale);
    pen.translate(MARGIN, MARGIN);
    paint(pen);
    const { left, top, right, bottom } = inkBox(pen, side);
    const canvas = createCanvas(right - left, bottom - top);
    canvas.getContext('2d').drawImage(scratch, -left, -top);
    return {
      canvas,
      x: left / scale - MARGIN,
      y: top / scale - MARGIN,
      width: (right - left) / scale,
      height: (bottom - top) / scale,
    };
  };
}

export function drawSprite(pen: Pen, { canvas, x, y, width, height }: Sprite): void {
  pen.drawImage(canvas, x, y, width, height);
}
