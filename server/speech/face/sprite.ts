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
 * Pixels of a sprite per design pixel: half as many again as the picture has, so that edges stay sharp wherever they
 * come to lie between pixels. Pictures of 800 pixels and more do with as many, and no sprite is above 5 MB at 1080p.
 */
export function spriteScale(pictureScale: number): number {
  return Math.max(pictureScale, Math.min(1.5, pictureScale * 1.5));
}

type Box = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };

/** Smallest box around all that is not clear; one clear pixel at the left and top when there is nothing. */
function inkBox(pen: Pen, side: number): Box {
  const pixels = new Uint32Array(pen.getImageData(0, 0, side, side).data.buffer);
  let [left, top, right, bottom] = [side, side, 0, 0];
  for (let y = 0; y < side; y++) {
    let first = 0;
    while (first < side && pixels[y * side + first] === 0) first++;
    if (first === side) continue;
    let last = side - 1;
    while (pixels[y * side + last] === 0) last--;
    top = Math.min(top, y);
    bottom = y + 1;
    left = Math.min(left, first);
    right = Math.max(right, last + 1);
  }
  return right === 0 ? { left: 0, top: 0, right: 1, bottom: 1 } : { left, top, right, bottom };
}

export type SpriteMaker = {
  /** Paints a sprite as small as what `paint` paints. */
  make(paint: (pen: Pen) => void): Sprite;
  /** Paints a sprite with the place and size of another; quicker than to look for its own. */
  makeLike(other: Sprite, paint: (pen: Pen) => void): Sprite;
};

/** `scale`: pixels of a sprite per design pixel. */
export function createSpriteMaker(scale: number): SpriteMaker {
  const side = Math.ceil((DESIGN_SIZE + 2 * MARGIN) * scale);
  return {
    make(paint) {
      const scratch = createCanvas(side, side);
      const pen = scratch.getContext('2d');
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
    },
    makeLike(other, paint) {
      const canvas = createCanvas(other.canvas.width, other.canvas.height);
      const pen = canvas.getContext('2d');
      pen.scale(scale, scale);
      pen.translate(-other.x, -other.y);
      paint(pen);
      return { ...other, canvas };
    },
  };
}

export function drawSprite(pen: Pen, { canvas, x, y, width, height }: Sprite): void {
  pen.drawImage(canvas, x, y, width, height);
}
