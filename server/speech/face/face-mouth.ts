import { CENTER_X, fill, fillEllipse, glow, linear, type Pen, stroke, within } from './face-paint.ts';
import type { MouthShape } from './ipa.ts';
import type { PersonLook } from './look.ts';

/** The lips' lines in design pixels: `half` from the middle to a corner, y of corners, inner and outer edges. */
type Lips = { half: number; corner: number; top: number; innerTop: number; innerBottom: number; bottom: number };

const MOUTH_Y = 304;

function lipsFor(shape: MouthShape, full: number): Lips {
  const { open, wide, teeth, bite, press } = shape;
  const round = Math.max(0, -wide);
  const gap = (open * 27 + teeth * 5 * (1 - open)) * (1 - press) * (1 - 0.55 * bite) + bite * 3.5;
  // Pressed lips turn inwards; a bitten lower lip goes up and in.
  const thin = full * (1 - 0.34 * press);
  return {
    half: 35 + Math.max(0, wide) * 6 - round * 12 - open * 4 + press * 1.5,
    corner: MOUTH_Y - 7 + gap * 0.22 + round * 4 + press * 1.5,
    top: MOUTH_Y + 1 - 9 * thin - open * 3 - round * 2 - bite * 1.5,
    innerTop: MOUTH_Y + 1 - gap * 0.12 - bite * 1.5,
    innerBottom: MOUTH_Y + 1 + gap * 0.88,
    bottom: MOUTH_Y + 1 + 12.5 * thin * (1 - 0.3 * bite) + gap * 0.92 + round * 2.5,
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

function paintInside(pen: Pen, lips: Lips, { teeth, bite, tongue }: MouthShape): void {
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
  if (tongue > 0.05 && depth > 3) {
    fillEllipse(
      pen,
      `rgba(214,112,110,${Math.min(1, tongue * 1.3)})`,
      CENTER_X,
      biteY + 1.5,
      lips.half * 0.4,
      2 + depth * 0.2,
    );
  }
  if (teeth > 0.02 && bite < 0.5) {
    pen.globalAlpha = Math.min(1, teeth * 1.2);
    fill(pen, '#f1eae5', () => {
      pen.roundRect(CENTER_X - lips.half * 0.58, lips.innerBottom - depth * 0.34, lips.half * 1.16, 16, 5);
    });
    pen.globalAlpha = 1;
  }
}

/** Lips, and teeth and tongue when they part. */
export function paintMouth(pen: Pen, { lips: colors, skin, beard }: PersonLook, shape: MouthShape): void {
  const lips = lipsFor(shape, colors.full);
  glow(pen, skin.shade, 0.32, CENTER_X, lips.bottom + 7, 26, 8);
  if (beard === undefined) glow(pen, skin.light, 0.4 * skin.shine, CENTER_X, lips.top - 6, 9, 7);
  if (lips.innerBottom - lips.innerTop > 0.2) {
    within(
      pen,
      () => traceInner(pen, lips),
      () => paintInside(pen, lips, shape),
    );
  }
  const upper = linear(pen, 0, lips.top, 0, lips.innerTop + 2, [
    [0, colors.base],
    [1, colors.dark],
  ]);
  fill(pen, upper, () => traceUpperLip(pen, lips));
  const lower = linear(pen, 0, lips.innerBottom, 0, lips.bottom + 4, [
    [0, colors.base],
    [0.4, colors.light],
    [1, colors.base],
  ]);
  fill(pen, lower, () => traceLowerLip(pen, lips));
  const gloss = 0.55 * skin.shine;
  glow(pen, '255,236,230', gloss, CENTER_X - 4, lips.bottom - 6 + (lips.innerBottom - lips.corner) * 0.24, 14, 3.4);
  stroke(pen, colors.line, 1.6, () => {
    const reach = lips.half - 2;
    const x = CENTER_X;
    pen.moveTo(x - reach, lips.corner);
    pen.bezierCurveTo(x - reach * 0.5, lips.innerTop + 1, x - 9, lips.innerTop, x, lips.innerTop + 1.2);
    pen.bezierCurveTo(x + 9, lips.innerTop, x + reach * 0.5, lips.innerTop + 1, x + reach, lips.corner);
  });
  for (const side of [-1, 1]) glow(pen, skin.shade, 0.34, CENTER_X + side * (lips.half + 1), lips.corner, 7, 6);
}
