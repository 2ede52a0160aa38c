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

/** Pixels per design pixel of the sketch in which a sprite's place is found. */
const SKETCH_SCALE = 0.5;
const SKETCH_SIDE = Math.ceil((DESIGN_SIZE + 2 * MARGIN) * SKETCH_SCALE);

type Box = Pick<Sprite, 'x' | 'y' | 'width' | 'height'>;

/** A box around all that `paint` paints, in design pixels; a small one when that is nothing. */
function boxOf(paint: (pen: Pen) => void): Box {
  const pen = createCanvas(SKETCH_SIDE, SKETCH_SIDE).getContext('2d');
  pen.scale(SKETCH_SCALE, SKETCH_SCALE);
  pen.translate(MARGIN, MARGIN);
  paint(pen);
  const pixels = new Uint32Array(pen.getImageData(0, 0, SKETCH_SIDE, SKETCH_SIDE).data.buffer);
  let [left, top, right, bottom] = [SKETCH_SIDE, SKETCH_SIDE, 0, 0];
  for (let at = 0; at < pixels.length; at++) {
    if (pixels[at] === 0) continue;
    const x = at % SKETCH_SIDE;
    const y = (at - x) / SKETCH_SIDE;
    left = Math.min(left, x);
    right = Math.max(right, x + 1);
    top = Math.min(top, y);
    bottom = y + 1;
  }
  if (right === 0) return { x: 0, y: 0, width: 1, height: 1 };
  // One pixel more on each side: the faintest edge is lost in a sketch.
  return {
    x: (left - 1) / SKETCH_SCALE - MARGIN,
    y: (top - 1) / SKETCH_SCALE - MARGIN,
    width: (right - left + 2) / SKETCH_SCALE,
    height: (bottom - top + 2) / SKETCH_SCALE,
  };
}

export type SpriteMaker = {
  /** Paints a sprite as small as what `paint` paints. */
  make(paint: (pen: Pen) => void): Sprite;
  /** Paints a sprite with the place and size of another, without looking for its own. */
  makeLike(other: Sprite, paint: (pen: Pen) => void): Sprite;
};

/** `scale`: pixels of a sprite per design pixel. */
export function createSpriteMaker(scale: number): SpriteMaker {
  const makeIn = ({ x, y, width, height }: Box, paint: (pen: Pen) => void): Sprite => {
    const canvas = createCanvas(Math.ceil(width * scale), Math.ceil(height * scale));
    const pen = canvas.getContext('2d');
    pen.scale(scale, scale);
    pen.translate(-x, -y);
    paint(pen);
    return { canvas, x, y, width: canvas.width / scale, height: canvas.height / scale };
  };
  return {
    make: (paint) => makeIn(boxOf(paint), paint),
    makeLike: makeIn,
  };
}

export function drawSprite(pen: Pen, { canvas, x, y, width, height }: Sprite): void {
  pen.drawImage(canvas, x, y, width, height);
}
