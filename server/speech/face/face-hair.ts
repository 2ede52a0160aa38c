import { CENTER_X, COLORS, fill, glow, linear, type Paint, type Pen, stroke, within } from './face-paint.ts';

function traceBack(pen: Pen): void {
  pen.moveTo(CENTER_X, 54);
  pen.bezierCurveTo(352, 52, 394, 122, 392, 214);
  pen.bezierCurveTo(391, 264, 402, 306, 392, 350);
  pen.bezierCurveTo(384, 384, 350, 396, 316, 388);
  pen.bezierCurveTo(300, 380, 212, 380, 196, 388);
  pen.bezierCurveTo(162, 396, 128, 384, 120, 350);
  pen.bezierCurveTo(110, 306, 121, 264, 120, 214);
  pen.bezierCurveTo(118, 122, 160, 52, CENTER_X, 54);
  pen.closePath();
}

/** The hair behind the head: a bob that ends above the shoulders. */
export function paintHairBack(pen: Pen): void {
  const paint = linear(pen, 130, 90, 380, 390, [
    [0, '#5a362a'],
    [0.5, COLORS.hair],
    [1, COLORS.hairDark],
  ]);
  fill(pen, paint, () => traceBack(pen));
  within(
    pen,
    () => traceBack(pen),
    () => {
      glow(pen, '20,8,6', 0.75, CENTER_X, 330, 118, 110);
      for (const [x, lean, alpha] of [
        [128, -5, 0.34],
        [138, -3, 0.24],
        [149, -1, 0.16],
        [376, 3, 0.16],
        [385, 6, 0.24],
      ] as const) {
        stroke(pen, strandPaint(pen, x, 230, x, 366, alpha), 2.4, () => {
          pen.moveTo(x, 230);
          pen.bezierCurveTo(x - lean, 280, x + lean * 1.6, 320, x + lean * 0.4, 366);
        });
      }
    },
  );
}

/** The big sweep from the parting over the viewer's right of the forehead. */
function traceSweep(pen: Pen): void {
  pen.moveTo(212, 92);
  pen.bezierCurveTo(228, 134, 300, 138, 338, 186);
  pen.bezierCurveTo(350, 204, 352, 232, 351, 262);
  pen.bezierCurveTo(360, 300, 358, 334, 344, 366);
  pen.bezierCurveTo(380, 352, 390, 304, 388, 256);
  pen.bezierCurveTo(396, 146, 360, 57, 262, 55);
  pen.bezierCurveTo(238, 58, 220, 72, 212, 92);
  pen.closePath();
}

/** The smaller lock on the other side of the parting, tucked behind the ear. */
function traceLock(pen: Pen): void {
  pen.moveTo(226, 74);
  pen.bezierCurveTo(216, 124, 180, 148, 169, 190);
  pen.bezierCurveTo(166, 204, 164, 216, 158, 226);
  pen.bezierCurveTo(150, 238, 140, 258, 138, 292);
  pen.bezierCurveTo(122, 270, 122, 240, 123, 214);
  pen.bezierCurveTo(122, 124, 164, 54, 256, 55);
  pen.bezierCurveTo(240, 58, 230, 66, 226, 74);
  pen.closePath();
}

const SWEEP_STRANDS = [
  [226, 84, 282, 118, 344, 136, 364, 226, 0.4],
  [232, 76, 304, 100, 362, 132, 374, 236, 0.3],
  [222, 94, 274, 128, 332, 150, 354, 214, 0.22],
  [246, 68, 330, 84, 378, 140, 382, 220, 0.2],
] as const;

const LOCK_STRANDS = [
  [218, 86, 190, 124, 152, 146, 148, 226, 0.34],
  [226, 76, 176, 100, 138, 146, 138, 226, 0.24],
  [220, 92, 200, 132, 162, 160, 156, 222, 0.2],
] as const;

/** Light along a strand, fading to nothing at both ends. */
function strandPaint(pen: Pen, x0: number, y0: number, x1: number, y1: number, alpha: number): Paint {
  return linear(pen, x0, y0, x1, y1, [
    [0, 'rgba(196,134,100,0)'],
    [0.4, `rgba(196,134,100,${alpha})`],
    [1, 'rgba(196,134,100,0)'],
  ]);
}

function paintStrands(pen: Pen, strands: typeof SWEEP_STRANDS | typeof LOCK_STRANDS): void {
  for (const [x, y, ax, ay, bx, by, ex, ey, alpha] of strands) {
    stroke(pen, strandPaint(pen, x, y, ex, ey, alpha), 2.4, () => {
      pen.moveTo(x, y);
      pen.bezierCurveTo(ax, ay, bx, by, ex, ey);
    });
  }
}

/** The hair in front of the forehead and beside the cheeks. */
export function paintHairFront(pen: Pen): void {
  const sweep = linear(pen, 220, 60, 380, 340, [
    [0, '#6d4333'],
    [0.35, '#5d3829'],
    [0.7, COLORS.hair],
    [1, COLORS.hairDark],
  ]);
  const lock = linear(pen, 230, 60, 130, 340, [
    [0, '#613a2c'],
    [0.4, '#6a4131'],
    [0.75, COLORS.hair],
    [1, '#38201a'],
  ]);
  fill(pen, lock, () => traceLock(pen));
  within(
    pen,
    () => traceLock(pen),
    () => {
      glow(pen, '206,146,110', 0.4, 158, 148, 50, 26);
      paintStrands(pen, LOCK_STRANDS);
    },
  );
  fill(pen, sweep, () => traceSweep(pen));
  within(
    pen,
    () => traceSweep(pen),
    () => {
      glow(pen, '206,146,110', 0.45, 322, 116, 70, 30);
      paintStrands(pen, SWEEP_STRANDS);
    },
  );
}
