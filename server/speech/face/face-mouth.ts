import { CENTER_X, COLORS, fill, fillEllipse, glow, linear, type Pen, stroke, within } from './face-paint.ts';

/** The lips' lines in design pixels: `half` from the middle to a corner, y of corners, inner and outer edges. */
type Lips = { half: number; corner: number; top: number; innerTop: number; innerBottom: number; bottom: number };

const MOUTH_Y = 304;

function lipsFor(shape: { open: number; wide: number; teeth: number }): Lips {
  const { open, wide, teeth } = shape;
  const round = Math.max(0, -wide);
  const gap = open * 27 + teeth * 5 * (1 - open);
  return {
    half: 35 + Math.max(0, wide) * 6 - round * 12 - open * 4,
    corner: MOUTH_Y - 7 + gap * 0.22 + round * 4,
    top: MOUTH_Y - 8 - open * 3 - round * 2,
    innerTop: MOUTH_Y + 1 - gap * 0.12,
    innerBottom: MOUTH_Y + 1 + gap * 0.88,
    bottom: MOUTH_Y + 13.5 + gap * 0.92 + round * 2.5,
  };
}

/** Continues the path along the lower lip's inner edge, towards the viewer's right (1) or left (-1). */
function traceLowerEdge(pen: Pen, lips: Lips, way: -1 | 1): void {
  const x = CENTER_X;
  const reach = (lips.half - 3) * way;
  // A closed mouth's two inner edges are one line; they part within the first pixels of opening.
  const parted = Math.min(1, (lips.innerBottom - lips.innerTop) / 4);
  const low = lips.innerBottom + (lips.innerBottom - lips.corner) * 0.22;
  const sag = lips.innerTop + 1.6 + (low - lips.innerTop - 1.6) * parted;
  const bulge = reach * (0.5 + 0.28 * parted);
  const inner = 9 * way * (1 - parted) + reach * 0.42 * parted;
  pen.bezierCurveTo(x - bulge, sag, x - inner, sag, x, sag);
  pen.bezierCurveTo(x + inner, sag, x + bulge, sag, x + reach, lips.corner + 0.8);
}

function traceInner(pen: Pen, lips: Lips): void {
  const x = CENTER_X;
  const reach = lips.half - 3;
  pen.moveTo(x - reach, lips.corner + 0.8);
  pen.bezierCurveTo(x - reach * 0.5, lips.innerTop + 1, x - 9, lips.innerTop, x, lips.innerTop + 1.2);
  pen.bezierCurveTo(x + 9, lips.innerTop, x + reach * 0.5, lips.innerTop + 1, x + reach, lips.corner + 0.8);
  traceLowerEdge(pen, lips, -1);
  pen.closePath();
}

function traceUpperLip(pen: Pen, lips: Lips): void {
  const x = CENTER_X;
  const reach = lips.half - 3;
  pen.moveTo(x - lips.half, lips.corner);
  pen.bezierCurveTo(x - lips.half * 0.6, lips.top + 2.5, x - 13, lips.top - 1.8, x - 7, lips.top - 1);
  pen.quadraticCurveTo(x, lips.top + 3.4, x + 7, lips.top - 1);
  pen.bezierCurveTo(x + 13, lips.top - 1.8, x + lips.half * 0.6, lips.top + 2.5, x + lips.half, lips.corner);
  pen.lineTo(x + reach, lips.corner + 0.8);
  pen.bezierCurveTo(x + reach * 0.5, lips.innerTop + 1, x + 9, lips.innerTop, x, lips.innerTop + 1.2);
  pen.bezierCurveTo(x - 9, lips.innerTop, x - reach * 0.5, lips.innerTop + 1, x - reach, lips.corner + 0.8);
  pen.closePath();
}

function traceLowerLip(pen: Pen, lips: Lips): void {
  const x = CENTER_X;
  const reach = lips.half - 3;
  const belly = lips.bottom + (lips.innerBottom - lips.corner) * 0.24;
  pen.moveTo(x - reach, lips.corner + 0.8);
  traceLowerEdge(pen, lips, 1);
  pen.bezierCurveTo(x + reach * 0.82, belly - 3, x + reach * 0.42, belly, x, belly);
  pen.bezierCurveTo(x - reach * 0.42, belly, x - reach * 0.82, belly - 3, x - reach, lips.corner + 0.8);
  pen.closePath();
}

function paintInside(pen: Pen, lips: Lips, teeth: number): void {
  const depth = lips.innerBottom - lips.innerTop;
  pen.fillStyle = linear(pen, 0, lips.innerTop, 0, lips.innerBottom + 6, [
    [0, '#3a0f14'],
    [1, '#6b2026'],
  ]);
  pen.fillRect(CENTER_X - 50, lips.top - 6, 100, depth + 40);
  const tongueY = lips.innerBottom + 9 - depth * 0.12;
  fillEllipse(pen, '#c8615f', CENTER_X, tongueY, lips.half * 0.62, 6 + depth * 0.28);
  glow(pen, '240,150,140', 0.6, CENTER_X, tongueY - depth * 0.12, lips.half * 0.4, 4 + depth * 0.1);
  if (depth < 2.5) return;
  const biteY = lips.innerTop + (4.5 + depth * 0.17) * Math.min(1, (depth - 1.5) / 7) * (lips.half < 30 ? 0.55 : 1);
  fill(
    pen,
    linear(pen, 0, lips.innerTop, 0, biteY, [
      [0, '#dcd2cc'],
      [0.5, '#fffdfa'],
    ]),
    () => {
      pen.roundRect(CENTER_X - lips.half * 0.72, lips.innerTop - 8, lips.half * 1.44, biteY - lips.innerTop + 8, 6);
    },
  );
  if (teeth > 0.02) {
    pen.globalAlpha = Math.min(1, teeth * 1.2);
    fill(pen, '#f1eae5', () => {
      pen.roundRect(CENTER_X - lips.half * 0.58, lips.innerBottom - depth * 0.34, lips.half * 1.16, 16, 5);
    });
    pen.globalAlpha = 1;
  }
}

/** Lips, and teeth and tongue when they part. */
export function paintMouth(pen: Pen, shape: { open: number; wide: number; teeth: number }): void {
  const lips = lipsFor(shape);
  glow(pen, '170,84,62', 0.32, CENTER_X, lips.bottom + 7, 26, 8);
  glow(pen, '255,232,214', 0.4, CENTER_X, lips.top - 6, 9, 7);
  within(
    pen,
    () => traceInner(pen, lips),
    () => paintInside(pen, lips, shape.teeth),
  );
  fill(
    pen,
    linear(pen, 0, lips.top, 0, lips.innerTop + 2, [
      [0, COLORS.lip],
      [1, COLORS.lipDark],
    ]),
    () => traceUpperLip(pen, lips),
  );
  fill(
    pen,
    linear(pen, 0, lips.innerBottom, 0, lips.bottom + 4, [
      [0, COLORS.lip],
      [0.4, COLORS.lipLight],
      [1, COLORS.lip],
    ]),
    () => traceLowerLip(pen, lips),
  );
  glow(pen, '255,236,230', 0.55, CENTER_X - 4, lips.bottom - 6 + (lips.innerBottom - lips.corner) * 0.24, 14, 3.4);
  stroke(pen, 'rgba(92,28,32,0.7)', 1.6, () => {
    const reach = lips.half - 2;
    pen.moveTo(CENTER_X - reach, lips.corner);
    pen.bezierCurveTo(
      CENTER_X - reach * 0.5,
      lips.innerTop + 1,
      CENTER_X - 9,
      lips.innerTop,
      CENTER_X,
      lips.innerTop + 1.2,
    );
    pen.bezierCurveTo(
      CENTER_X + 9,
      lips.innerTop,
      CENTER_X + reach * 0.5,
      lips.innerTop + 1,
      CENTER_X + reach,
      lips.corner,
    );
  });
  for (const side of [-1, 1]) glow(pen, '160,78,60', 0.34, CENTER_X + side * (lips.half + 1), lips.corner, 7, 6);
}
