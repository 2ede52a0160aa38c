import { bothSides, CENTER_X, fill, linear, type Pen, stroke } from './face-paint.ts';
import type { Beard, FaceShape } from './look.ts';
import { seededRandom } from './random.ts';

/** The beard's inner edge from the ear to below the nose; the outer edge is the face's own outline. */
function traceBeard(pen: Pen, face: FaceShape, jaw: number): void {
  const low = face.bottom + jaw + 20;
  pen.moveTo(-face.cheek - 10, 232);
  pen.bezierCurveTo(-face.cheek + 10, 240, -face.cheek + 8, 268, -72, 284);
  pen.bezierCurveTo(-60, 296, -48, 300, -42, 296);
  pen.bezierCurveTo(-34, 284, -16, 281, 0, 287);
  pen.bezierCurveTo(16, 281, 34, 284, 42, 296);
  pen.bezierCurveTo(48, 300, 60, 296, 72, 284);
  pen.bezierCurveTo(face.cheek - 8, 268, face.cheek - 10, 240, face.cheek + 10, 232);
  pen.lineTo(face.cheek + 30, low);
  pen.lineTo(-face.cheek - 30, low);
  pen.closePath();
}

/** Short hairs, all over the beard and a little past its edge, so that it has no hard line. */
function paintHairs(pen: Pen, beard: Beard, face: FaceShape, jaw: number): void {
  const random = seededRandom(7);
  for (let count = 0; count < 620; count++) {
    const angle = (0.02 + 0.96 * random()) * Math.PI;
    const depth = 0.62 + 0.42 * random();
    const x = Math.cos(angle) * (face.cheek + 2) * depth;
    const y = 246 + Math.sin(angle) * (face.bottom - 244 + jaw) * depth;
    const near = Math.abs(x) < 44 && y < 326;
    if (near || y < 252 + (face.cheek - Math.abs(x)) * 1.1) continue;
    const rgb = random() < 0.4 ? beard.light : beard.rgb;
    stroke(pen, `rgba(${rgb},${0.25 + 0.3 * random()})`, 1.1, () => {
      pen.moveTo(x, y);
      pen.lineTo(x + (x > 0 ? -1 : 1) * (0.5 + 1.5 * random()), y + 4 + 3 * random());
    });
  }
}

/** A short full beard with a moustache, drawn inside the outline of the face. */
export function paintBeard(pen: Pen, beard: Beard, face: FaceShape, jaw: number): void {
  const scale = pen.getTransform().a;
  pen.save();
  pen.translate(CENTER_X, 0);
  for (const [blur, alpha] of [
    [3.4, 0.6],
    [1.1, 0.62],
  ] as const) {
    // A filter counts pixels of the canvas.
    pen.filter = `blur(${blur * scale}px)`;
    const paint = linear(pen, 0, 230, 0, face.bottom, [
      [0, `rgba(${beard.rgb},${alpha * 0.55})`],
      [0.4, `rgba(${beard.rgb},${alpha})`],
      [1, `rgba(${beard.rgb},${alpha})`],
    ]);
    fill(pen, paint, () => traceBeard(pen, face, jaw));
  }
  pen.filter = 'none';
  paintHairs(pen, beard, face, jaw);
  pen.translate(-CENTER_X, 0);
  bothSides(pen, () => {
    for (let at = 0; at < 11; at++) {
      stroke(pen, `rgba(${beard.light},0.3)`, 1.1, () => {
        pen.moveTo(3 + at * 3.4, 287 - at * 0.2);
        pen.quadraticCurveTo(6 + at * 3.6, 291, 7 + at * 3.9, 296 + at * 0.5);
      });
    }
  });
  pen.restore();
}
