import {
  bothSides,
  CENTER_X,
  COLORS,
  fill,
  fillEllipse,
  glow,
  linear,
  type Pen,
  radial,
  stroke,
  within,
} from './face-paint.ts';

/** Outline of the face; `jaw` is how far the chin is down, in design pixels. */
function traceFace(pen: Pen, jaw: number): void {
  const chin = 351 + jaw;
  pen.moveTo(163, 205);
  pen.bezierCurveTo(162, 258, 172, 296 + jaw * 0.3, 198, 326 + jaw * 0.7);
  pen.bezierCurveTo(216, chin - 6, 236, chin, CENTER_X, chin);
  pen.bezierCurveTo(276, chin, 296, chin - 6, 314, 326 + jaw * 0.7);
  pen.bezierCurveTo(340, 296 + jaw * 0.3, 350, 258, 349, 205);
  pen.bezierCurveTo(348, 130, 308, 96, CENTER_X, 96);
  pen.bezierCurveTo(204, 96, 164, 130, 163, 205);
  pen.closePath();
}

function paintEars(pen: Pen): void {
  bothSides(pen, (side) => {
    fillEllipse(pen, side < 0 ? '#e9b190' : '#d89878', 95, 238, 13, 25);
    stroke(pen, 'rgba(160,84,60,0.5)', 2, () => {
      pen.moveTo(100, 224);
      pen.bezierCurveTo(106, 236, 102, 250, 95, 254);
    });
    if (side > 0) return;
    fillEllipse(pen, '#e9d6ac', 100, 266, 3.8, 3.8);
    fillEllipse(pen, '#fffaf0', 101, 264.8, 1.5, 1.5);
  });
}

function paintShading(pen: Pen, jaw: number): void {
  glow(pen, '255,238,220', 0.75, 236, 160, 74, 52);
  glow(pen, '120,50,30', 0.42, CENTER_X + 20, 104, 110, 46);
  glow(pen, '176,92,62', 0.34, 352, 270, 54, 104);
  glow(pen, '176,92,62', 0.24, 160, 280, 40, 88);
  glow(pen, '176,92,62', 0.3, CENTER_X, 360 + jaw, 84, 30);
  glow(pen, '255,226,206', 0.5, CENTER_X, 332 + jaw, 24, 13);
  glow(pen, '236,104,92', 0.27, 198, 272 + jaw * 0.15, 33, 23);
  glow(pen, '236,104,92', 0.27, 314, 272 + jaw * 0.15, 33, 23);
  glow(pen, '255,240,226', 0.4, 196, 256, 18, 9);
  glow(pen, '255,240,226', 0.3, 314, 256, 18, 9);
}

/** Ears and the face without features. */
export function paintHead(pen: Pen, jaw: number): void {
  paintEars(pen);
  const skin = linear(pen, 170, 110, 344, 350, [
    [0, COLORS.skinLight],
    [0.45, COLORS.skin],
    [1, COLORS.skinShade],
  ]);
  fill(pen, skin, () => traceFace(pen, jaw));
  within(
    pen,
    () => traceFace(pen, jaw),
    () => paintShading(pen, jaw),
  );
}

/** Shadow side, bridge, tip and nostrils. */
export function paintNose(pen: Pen): void {
  glow(pen, '188,104,76', 0.28, 268, 248, 13, 34);
  glow(pen, '255,240,226', 0.7, 253, 240, 7, 30);
  glow(pen, '188,96,70', 0.4, 257, 280, 24, 9);
  fillEllipse(
    pen,
    radial(pen, 254, 264, 15, [
      [0, 'rgba(255,236,220,0.85)'],
      [0.5, 'rgba(255,220,198,0.4)'],
      [1, 'rgba(255,214,190,0)'],
    ]),
    255,
    266,
    15,
    12,
  );
  bothSides(pen, () => {
    stroke(pen, 'rgba(160,84,60,0.55)', 2, () => {
      pen.moveTo(14, 266);
      pen.bezierCurveTo(18, 271, 16, 277, 11, 277);
    });
    fill(pen, 'rgba(128,60,44,0.62)', () => pen.ellipse(7, 277.5, 4.6, 1.9, -0.25, 0, Math.PI * 2));
  });
}
