import { bothSides, fill, fillEllipse, glow, linear, type Pen, radial, stroke, within } from './face-paint.ts';
import type { FacePose } from './face-pose.ts';
import type { Eyes, PersonLook, Skin } from './look.ts';

/** Eye corners in design pixels, x counted from the middle of the face. */
const EYE = { inner: 20, outer: 63, y: 226, x: 41 } as const;

/** One eye now: `control` is the height of the upper lid's control point. */
type Lids = { readonly control: number; readonly rest: number; readonly lower: number; readonly corner: number };

/** The closed lid rests on the lower lid. */
function lidsOf({ upper, lower, slant }: Eyes, blink: number): Lids {
  const rest = EYE.y - upper;
  return { rest, control: rest + blink * (upper + lower - 1), lower: EYE.y + lower, corner: EYE.y - slant };
}

function traceUpper(pen: Pen, { corner }: Lids, control: number): void {
  pen.moveTo(EYE.inner, EYE.y + 3);
  pen.bezierCurveTo(EYE.inner + 9, control - 1, EYE.outer - 14, control - 4, EYE.outer, corner);
}

function traceOpening(pen: Pen, lids: Lids): void {
  traceUpper(pen, lids, lids.control);
  const lower = Math.max(lids.lower, lids.control);
  pen.bezierCurveTo(EYE.outer - 8, lower, EYE.inner + 12, lower + 1, EYE.inner, EYE.y + 3);
  pen.closePath();
}

function paintEyeball(pen: Pen, eyes: Eyes, x: number, y: number, side: -1 | 1): void {
  pen.fillStyle = linear(pen, 0, EYE.y - 18, 0, EYE.y + 12, [
    [0, '#d9d3d6'],
    [0.35, '#fbf8f6'],
    [1, '#f3eeec'],
  ]);
  pen.fillRect(EYE.inner - 4, EYE.y - 26, EYE.outer - EYE.inner + 8, 46);
  fillEllipse(pen, eyes.rim, x, y, 13.2, 13.2);
  const iris = radial(pen, x, y + 4, 14, [
    [0, eyes.iris[0]],
    [0.5, eyes.iris[1]],
    [1, eyes.iris[2]],
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
function paintLid(pen: Pen, skin: Skin, lids: Lids): void {
  if (lids.control <= lids.rest) return;
  const paint = linear(pen, 0, lids.rest, 0, EYE.y + 10, [
    [0, skin.lids[0]],
    [1, skin.lids[1]],
  ]);
  fill(pen, paint, () => {
    traceUpper(pen, lids, lids.rest);
    pen.bezierCurveTo(EYE.outer - 14, lids.control - 4, EYE.inner + 9, lids.control - 1, EYE.inner, EYE.y + 3);
    pen.closePath();
  });
}

function paintLashes(pen: Pen, { lashes }: Eyes, lids: Lids): void {
  const { weight, color } = lashes;
  const { control, corner, rest } = lids;
  fill(pen, color, () => {
    traceUpper(pen, lids, control);
    pen.lineTo(EYE.outer + 6 * weight, corner - 5 * weight + (control - rest) * 0.1);
    pen.bezierCurveTo(
      EYE.outer - 12,
      control - 4 - 5.5 * weight,
      EYE.inner + 8,
      control - 1 - 4 * weight,
      EYE.inner - 1,
      EYE.y + 3,
    );
    pen.closePath();
  });
}

/** The shade of the eye socket: it does not move with the lids. */
export function paintSockets(pen: Pen, { skin }: PersonLook): void {
  bothSides(pen, () => glow(pen, skin.crease, 0.3, EYE.x, EYE.y - 9, 34, 22));
}

function paintEye(pen: Pen, { skin, eyes }: PersonLook, side: -1 | 1, pose: FacePose): void {
  const lids = lidsOf(eyes, pose.blink);
  const top = lids.rest - EYE.y + 18.5;
  if (pose.blink < 0.97) {
    const x = EYE.x + side * (pose.turn * 0.5 + pose.gazeX);
    within(
      pen,
      () => traceOpening(pen, lids),
      () => paintEyeball(pen, eyes, x, EYE.y - 1.5 + pose.gazeY, side),
    );
  }
  paintLid(pen, skin, lids);
  stroke(pen, `rgba(${skin.crease},${0.45 - pose.blink * 0.33})`, 1.6, () => {
    pen.moveTo(EYE.inner + 5, EYE.y - 11 + top);
    pen.bezierCurveTo(
      EYE.inner + 14,
      EYE.y - 24 + top,
      EYE.outer - 12,
      EYE.y - 26 + top,
      EYE.outer + 2,
      EYE.y - 11 + top,
    );
  });
  stroke(pen, `rgba(${skin.crease},0.4)`, 1.3, () => {
    pen.moveTo(EYE.inner + 8, EYE.y + 11);
    pen.bezierCurveTo(EYE.inner + 18, EYE.y + 15, EYE.outer - 12, EYE.y + 14, EYE.outer - 3, EYE.y + 6);
  });
  paintLashes(pen, eyes, lids);
}

function paintBrow(pen: Pen, { brows }: Eyes, raise: number): void {
  const y = 192 - raise * 8;
  const { weight, arch } = brows;
  fill(pen, brows.color, () => {
    pen.moveTo(20, y + 4.5 - 1.5 * weight);
    pen.bezierCurveTo(33, y - 1 - 4 * weight * arch, 53, y - 4 - 4 * weight * arch - raise * 2, 71, y + 6);
    pen.bezierCurveTo(55, y - 2 + weight - raise * 2, 37, y + 0.5 + 1.5 * weight, 21, y + 5 + 3.5 * weight);
    pen.bezierCurveTo(18, y + 4 + 3.5 * weight, 18, y + 4.5, 20, y + 4.5 - 1.5 * weight);
    pen.closePath();
  });
}

/** Both eyes, their lids and the eyebrows. */
export function paintEyes(pen: Pen, person: PersonLook, pose: FacePose): void {
  bothSides(pen, (side) => {
    paintEye(pen, person, side, pose);
    paintBrow(pen, person.eyes, pose.brow);
  });
}
