import { CENTER_X, fill, linear, type Pen, paintPieces, spot, within } from './face-paint.ts';
import type { PersonLook } from './look.ts';

function traceNeck(pen: Pen): void {
  pen.moveTo(217, 300);
  pen.bezierCurveTo(218, 350, 218, 374, 200, 392);
  pen.bezierCurveTo(226, 424, 286, 424, 312, 392);
  pen.bezierCurveTo(294, 374, 294, 350, 295, 300);
  pen.closePath();
}

function paintNeck(pen: Pen, { skin, face }: PersonLook): void {
  pen.save();
  pen.translate(CENTER_X, 0);
  pen.scale(face.neck, 1);
  pen.translate(-CENTER_X, 0);
  const paint = linear(pen, 214, 0, 300, 0, [
    [0, skin.neck[0]],
    [0.4, skin.neck[1]],
    [0.75, skin.neck[2]],
    [1, skin.neck[3]],
  ]);
  fill(pen, paint, () => traceNeck(pen));
  within(
    pen,
    () => traceNeck(pen),
    () => {
      spot(pen, [skin.deep, 0.55, CENTER_X, 338, 78, 46]);
      spot(pen, [skin.deep, 0.22, CENTER_X + 26, 372, 40, 46]);
    },
  );
  pen.restore();
}

/** Neck, shoulders and clothes. They do not turn with the head. */
export function paintBody(pen: Pen, person: PersonLook): void {
  paintNeck(pen, person);
  paintPieces(pen, person.clothes);
}
