import { paintBeard } from './face-beard.ts';
import {
  bothSides,
  CENTER_X,
  fill,
  fillEllipse,
  glow,
  linear,
  type Pen,
  radial,
  stroke,
  within,
} from './face-paint.ts';
import type { FaceShape, PersonLook, Skin } from './look.ts';

/** Outline of the face; `jaw` is how far the chin is down, in design pixels. */
function traceFace(pen: Pen, face: FaceShape, jaw: number): void {
  const { cheek, chin } = face;
  const bottom = face.bottom + jaw;
  const jawY = face.bottom - 25 + jaw * 0.7;
  // The outline turns at the jaw without a corner, however wide that is.
  const above = Math.min(cheek + 2, face.jaw + 0.87 * (face.bottom - 321));
  pen.moveTo(CENTER_X - cheek, 205);
  pen.bezierCurveTo(CENTER_X - cheek - 1, 258, CENTER_X - above, 296 + jaw * 0.3, CENTER_X - face.jaw, jawY);
  pen.bezierCurveTo(CENTER_X - face.jaw + 18, bottom - 6, CENTER_X - chin, bottom, CENTER_X, bottom);
  pen.bezierCurveTo(CENTER_X + chin, bottom, CENTER_X + face.jaw - 18, bottom - 6, CENTER_X + face.jaw, jawY);
  pen.bezierCurveTo(CENTER_X + above, 296 + jaw * 0.3, CENTER_X + cheek + 1, 258, CENTER_X + cheek, 205);
  pen.bezierCurveTo(CENTER_X + cheek - 1, 130, 308, 96, CENTER_X, 96);
  pen.bezierCurveTo(204, 96, CENTER_X - cheek + 1, 130, CENTER_X - cheek, 205);
  pen.closePath();
}

function paintEars(pen: Pen, { skin, face, earrings }: PersonLook): void {
  const x = face.cheek + 2;
  bothSides(pen, (side) => {
    fillEllipse(pen, side < 0 ? skin.ears[0] : skin.ears[1], x, 238, 13, 25);
    stroke(pen, `rgba(${skin.line},0.5)`, 2, () => {
      pen.moveTo(x + 5, 224);
      pen.bezierCurveTo(x + 11, 236, x + 7, 250, x, 254);
    });
    if (earrings === 'pearl') {
      fillEllipse(pen, '#e9d6ac', x + 5, 266, 3.8, 3.8);
      fillEllipse(pen, '#fffaf0', x + 5 - side, 264.8, 1.5, 1.5);
    }
    if (earrings === 'hoop') {
      const gold = linear(pen, x - 10, 262, x + 18, 296, [
        [0, '#fbe3a0'],
        [0.5, '#d9a441'],
        [1, '#9a6a1c'],
      ]);
      stroke(pen, gold, 3.4, () => pen.ellipse(x + 4, 280, 12, 16, 0, 0, Math.PI * 2));
    }
  });
}

function paintAge(pen: Pen, skin: Skin, age: number): void {
  if (age === 0) return;
  bothSides(pen, () => {
    stroke(pen, `rgba(${skin.line},${0.34 * age})`, 2, () => {
      pen.moveTo(24, 274);
      pen.bezierCurveTo(34, 280, 42, 290, 46, 304);
    });
    for (const [y, reach] of [
      [222, 74],
      [229, 77],
      [236, 75],
    ] as const) {
      stroke(pen, `rgba(${skin.line},${0.26 * age})`, 1.3, () => {
        pen.moveTo(67, y + (y - 229) * 0.1);
        pen.lineTo(reach, y + (y - 229) * 0.6);
      });
    }
    stroke(pen, `rgba(${skin.line},${0.24 * age})`, 1.4, () => {
      pen.moveTo(27, 245);
      pen.bezierCurveTo(36, 251, 48, 251, 58, 245);
    });
  });
}

function paintShading(pen: Pen, { skin, face }: PersonLook, jaw: number): void {
  const { light, shine, shade } = skin;
  const side = face.cheek - 93;
  glow(pen, light, 0.75 * shine, 236, 160, 74, 52);
  glow(pen, skin.deep, 0.42, CENTER_X + 20, 104, 110, 46);
  glow(pen, shade, 0.34, 352 + side, 270, 54, 104);
  glow(pen, shade, 0.24, 160 - side, 280, 40, 88);
  glow(pen, shade, 0.3, CENTER_X, face.bottom + 9 + jaw, 84, 30);
  glow(pen, light, 0.5 * shine, CENTER_X, face.bottom - 19 + jaw, 24, 13);
  for (const x of [198, 314]) glow(pen, skin.blush, 0.27, x, 272 + jaw * 0.15, 33, 23);
  glow(pen, light, 0.4 * shine, 196, 256, 18, 9);
  glow(pen, light, 0.3 * shine, 314, 256, 18, 9);
  paintAge(pen, skin, face.age);
}

/** Ears and the face without features, with the chin `jaw` design pixels down. */
export function paintHead(pen: Pen, person: PersonLook, jaw: number): void {
  const { skin, face, beard } = person;
  paintEars(pen, person);
  const paint = linear(pen, 170, 110, 344, 350, [
    [0, skin.face[0]],
    [0.45, skin.face[1]],
    [1, skin.face[2]],
  ]);
  fill(pen, paint, () => traceFace(pen, face, jaw));
  within(
    pen,
    () => traceFace(pen, face, jaw),
    () => {
      paintShading(pen, person, jaw);
      if (beard !== undefined) paintBeard(pen, beard, face, jaw);
    },
  );
}

/** Shadow side, bridge, tip and nostrils. */
export function paintNose(pen: Pen, { skin, face }: PersonLook): void {
  const { light, shine, crease } = skin;
  pen.save();
  pen.translate(CENTER_X, 0);
  pen.scale(face.nose, 1);
  pen.translate(-CENTER_X, 0);
  glow(pen, crease, 0.28, 268, 248, 13, 34);
  glow(pen, light, 0.7 * shine, 253, 240, 7, 30);
  glow(pen, crease, 0.4, 257, 280, 24, 9);
  const tip = radial(pen, 254, 264, 15, [
    [0, `rgba(${light},${0.85 * shine})`],
    [0.5, `rgba(${light},${0.4 * shine})`],
    [1, `rgba(${light},0)`],
  ]);
  fillEllipse(pen, tip, 255, 266, 15, 12);
  bothSides(pen, () => {
    stroke(pen, `rgba(${skin.line},0.55)`, 2, () => {
      pen.moveTo(14, 266);
      pen.bezierCurveTo(18, 271, 16, 277, 11, 277);
    });
    fill(pen, `rgba(${skin.line},0.7)`, () => pen.ellipse(7, 277.5, 4.6, 1.9, -0.25, 0, Math.PI * 2));
  });
  pen.restore();
}
