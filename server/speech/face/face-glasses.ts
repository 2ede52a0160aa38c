import { bothSides, CENTER_X, fill, linear, type Pen, stroke } from './face-paint.ts';
import type { Glasses } from './look.ts';

const LENS = { x: 42, y: 226, halfWidth: 34, halfHeight: 28 } as const;

function traceLens(pen: Pen, glasses: Glasses): void {
  const { x, y, halfWidth, halfHeight } = LENS;
  // A round lens is as high as it is wide.
  const half = halfHeight + (halfWidth - halfHeight) * glasses.round;
  const radius = 12 + (halfWidth - 12) * glasses.round;
  pen.roundRect(x - halfWidth, y - half + 2, halfWidth * 2, half * 2, Math.min(radius, half));
}

/** The frame over both eyes, with a reflection in each lens. */
export function paintGlasses(pen: Pen, glasses: Glasses): void {
  bothSides(pen, (side) => {
    fill(pen, glasses.tint, () => traceLens(pen, glasses));
    pen.save();
    pen.beginPath();
    traceLens(pen, glasses);
    pen.clip();
    const shine = linear(pen, 42 - side * 34, 190, 42 + side * 20, 262, [
      [0, 'rgba(255,255,255,0.34)'],
      [0.3, 'rgba(255,255,255,0.1)'],
      [0.31, 'rgba(255,255,255,0)'],
      [1, 'rgba(255,255,255,0)'],
    ]);
    fill(pen, shine, () => pen.rect(0, 180, 90, 90));
    pen.restore();
    stroke(pen, 'rgba(60,30,20,0.2)', glasses.width, () => {
      pen.translate(0, 2.4);
      traceLens(pen, glasses);
      pen.translate(0, -2.4);
    });
    stroke(pen, glasses.frame, glasses.width, () => traceLens(pen, glasses));
    stroke(pen, glasses.frame, glasses.width, () => {
      pen.moveTo(LENS.x + LENS.halfWidth, 220);
      pen.lineTo(91, 216);
    });
    stroke(pen, 'rgba(255,255,255,0.28)', 1, () => {
      pen.moveTo(28, 199 - 4 * glasses.round);
      pen.lineTo(56, 199 - 4 * glasses.round);
    });
  });
  stroke(pen, glasses.frame, glasses.width, () => {
    pen.moveTo(CENTER_X - 9, 222);
    pen.quadraticCurveTo(CENTER_X, 214, CENTER_X + 9, 222);
  });
}
