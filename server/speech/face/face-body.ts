import { bothSides, CENTER_X, COLORS, fill, glow, linear, type Pen, stroke, within } from './face-paint.ts';

function traceShoulders(pen: Pen): void {
  pen.moveTo(58, 530);
  pen.bezierCurveTo(62, 462, 96, 436, 150, 420);
  pen.bezierCurveTo(186, 409, 206, 402, 214, 390);
  pen.bezierCurveTo(236, 408, 276, 408, 298, 390);
  pen.bezierCurveTo(306, 402, 326, 409, 362, 420);
  pen.bezierCurveTo(416, 436, 450, 462, 454, 530);
  pen.closePath();
}

function traceNeck(pen: Pen): void {
  pen.moveTo(217, 300);
  pen.bezierCurveTo(218, 350, 218, 374, 200, 392);
  pen.bezierCurveTo(226, 424, 286, 424, 312, 392);
  pen.bezierCurveTo(294, 374, 294, 350, 295, 300);
  pen.closePath();
}

function paintNeck(pen: Pen): void {
  const skin = linear(pen, 214, 0, 300, 0, [
    [0, '#d99d7c'],
    [0.4, '#eebb99'],
    [0.75, '#e6ae8c'],
    [1, '#cc8d6d'],
  ]);
  fill(pen, skin, () => traceNeck(pen));
  within(
    pen,
    () => traceNeck(pen),
    () => {
      glow(pen, '120,55,38', 0.55, CENTER_X, 338, 78, 46);
      glow(pen, '120,55,38', 0.22, CENTER_X + 26, 372, 40, 46);
    },
  );
}

/** The ribbed roll collar: a band that follows the neck's roundness. */
function paintCollar(pen: Pen): void {
  const trace = () => {
    pen.moveTo(206, 381);
    pen.bezierCurveTo(226, 400, 286, 400, 306, 381);
    pen.bezierCurveTo(313, 389, 317, 399, 318, 408);
    pen.bezierCurveTo(290, 433, 222, 433, 194, 408);
    pen.bezierCurveTo(195, 399, 199, 389, 206, 381);
    pen.closePath();
  };
  const wool = linear(pen, 194, 0, 318, 0, [
    [0, COLORS.jumperDark],
    [0.35, COLORS.jumperLight],
    [0.7, COLORS.jumper],
    [1, COLORS.jumperDark],
  ]);
  glow(pen, '8,34,42', 0.5, CENTER_X, 420, 86, 24);
  fill(pen, wool, trace);
  within(pen, trace, () => {
    for (let rib = -9; rib <= 9; rib++) {
      const top = CENTER_X + rib * 5.6;
      const foot = CENTER_X + rib * 7.2;
      stroke(pen, 'rgba(9,50,58,0.28)', 1.5, () => {
        pen.moveTo(top, 380);
        pen.lineTo(foot, 432);
      });
    }
  });
  stroke(pen, 'rgba(190,232,232,0.28)', 1.6, () => {
    pen.moveTo(207, 382);
    pen.bezierCurveTo(226, 401, 286, 401, 305, 382);
  });
}

/** Neck, shoulders and jumper. They do not turn with the head. */
export function paintBody(pen: Pen): void {
  paintNeck(pen);
  const wool = linear(pen, 110, 400, 330, 540, [
    [0, COLORS.jumperLight],
    [0.45, COLORS.jumper],
    [1, COLORS.jumperDark],
  ]);
  fill(pen, wool, () => traceShoulders(pen));
  within(
    pen,
    () => traceShoulders(pen),
    () => {
      glow(pen, '170,226,226', 0.3, 150, 436, 80, 30);
      glow(pen, '6,32,40', 0.45, 452, 500, 110, 90);
      glow(pen, '6,32,40', 0.3, 70, 530, 80, 60);
      bothSides(pen, () => {
        stroke(pen, 'rgba(8,44,52,0.35)', 2.2, () => {
          pen.moveTo(64, 412);
          pen.bezierCurveTo(92, 436, 112, 470, 118, 520);
        });
      });
    },
  );
  paintCollar(pen);
}
