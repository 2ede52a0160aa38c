import { bothSides, COLORS, fill, fillEllipse, glow, linear, type Pen, radial, stroke, within } from './face-paint.ts';

/** Eye corners and lids in design pixels, x counted from the middle of the face. */
const EYE = { inner: 20, outer: 63, y: 226, upper: 18.5, lower: 12, x: 41 } as const;

/** Height of the upper lid's control point: the closed lid rests on the lower lid. */
function lidControl(blink: number): number {
  return EYE.y - EYE.upper + blink * (EYE.upper + EYE.lower - 1);
}

function traceUpper(pen: Pen, control: number): void {
  pen.moveTo(EYE.inner, EYE.y + 3);
  pen.bezierCurveTo(EYE.inner + 9, control - 1, EYE.outer - 14, control - 4, EYE.outer, EYE.y - 2);
}

function traceOpening(pen: Pen, control: number): void {
  traceUpper(pen, control);
  const lower = Math.max(EYE.y + EYE.lower, control);
  pen.bezierCurveTo(EYE.outer - 8, lower, EYE.inner + 12, lower + 1, EYE.inner, EYE.y + 3);
  pen.closePath();
}

function paintEyeball(pen: Pen, side: -1 | 1, turn: number): void {
  const x = EYE.x + side * turn * 0.5;
  const y = EYE.y - 1.5;
  pen.fillStyle = linear(pen, 0, EYE.y - 18, 0, EYE.y + 12, [
    [0, '#d9d3d6'],
    [0.35, '#fbf8f6'],
    [1, '#f3eeec'],
  ]);
  pen.fillRect(EYE.inner - 4, EYE.y - 26, EYE.outer - EYE.inner + 8, 46);
  fillEllipse(pen, '#2b4a3c', x, y, 13.2, 13.2);
  const iris = radial(pen, x, y + 4, 14, [
    [0, '#a9cf8f'],
    [0.5, '#5f9a70'],
    [1, '#33604d'],
  ]);
  fillEllipse(pen, iris, x, y, 12, 12);
  fillEllipse(pen, '#14110f', x, y, 5.8, 5.8);
  pen.fillStyle = linear(pen, 0, EYE.y - 17, 0, EYE.y - 4, [
    [0, 'rgba(40,20,20,0.5)'],
    [1, 'rgba(40,20,20,0)'],
  ]);
  pen.fillRect(EYE.inner - 4, EYE.y - 26, EYE.outer - EYE.inner + 8, 24);
  // Light comes from the viewer's left for both eyes, whichever way this side is mirrored.
  fillEllipse(pen, 'rgba(255,255,255,0.95)', x - side * 4.2, y - 4.6, 3.4, 3.6);
  fillEllipse(pen, 'rgba(255,255,255,0.55)', x + side * 4.4, y + 4.4, 1.9, 1.9);
}

/** Skin of the upper lid between its resting edge and where it is now. */
function paintLid(pen: Pen, control: number): void {
  const rest = lidControl(0);
  if (control <= rest) return;
  const skin = linear(pen, 0, rest, 0, EYE.y + 10, [
    [0, '#ebb797'],
    [1, '#f0c2a1'],
  ]);
  fill(pen, skin, () => {
    traceUpper(pen, rest);
    pen.bezierCurveTo(EYE.outer - 14, control - 4, EYE.inner + 9, control - 1, EYE.inner, EYE.y + 3);
    pen.closePath();
  });
}

function paintLashes(pen: Pen, control: number): void {
  fill(pen, COLORS.line, () => {
    traceUpper(pen, control);
    pen.lineTo(EYE.outer + 6, EYE.y - 7 + (control - lidControl(0)) * 0.1);
    pen.bezierCurveTo(EYE.outer - 12, control - 9.5, EYE.inner + 8, control - 5, EYE.inner - 1, EYE.y + 3);
    pen.closePath();
  });
}

function paintEye(pen: Pen, side: -1 | 1, blink: number, turn: number): void {
  const control = lidControl(blink);
  glow(pen, '150,76,54', 0.3, EYE.x, EYE.y - 9, 34, 22);
  if (blink < 0.97) {
    within(
      pen,
      () => traceOpening(pen, control),
      () => paintEyeball(pen, side, turn),
    );
  }
  paintLid(pen, control);
  stroke(pen, `rgba(150,78,58,${0.45 - blink * 0.33})`, 1.6, () => {
    pen.moveTo(EYE.inner + 5, EYE.y - 11);
    pen.bezierCurveTo(EYE.inner + 14, EYE.y - 24, EYE.outer - 12, EYE.y - 26, EYE.outer + 2, EYE.y - 11);
  });
  stroke(pen, 'rgba(150,78,58,0.4)', 1.3, () => {
    pen.moveTo(EYE.inner + 8, EYE.y + 11);
    pen.bezierCurveTo(EYE.inner + 18, EYE.y + 15, EYE.outer - 12, EYE.y + 14, EYE.outer - 3, EYE.y + 6);
  });
  paintLashes(pen, control);
}

function paintBrow(pen: Pen, raise: number): void {
  const y = 192 - raise * 8;
  fill(pen, '#5c3a2d', () => {
    pen.moveTo(20, y + 3);
    pen.bezierCurveTo(33, y - 5, 53, y - 8 - raise * 2, 71, y + 6);
    pen.bezierCurveTo(55, y - 1 - raise * 2, 37, y + 2, 21, y + 8.5);
    pen.bezierCurveTo(18, y + 7.5, 18, y + 4.5, 20, y + 3);
    pen.closePath();
  });
}

/** Both eyes, their lids and the eyebrows. */
export function paintEyes(pen: Pen, look: { blink: number; brow: number; turn: number }): void {
  bothSides(pen, (side) => {
    paintEye(pen, side, look.blink, look.turn);
    paintBrow(pen, look.brow);
  });
}
