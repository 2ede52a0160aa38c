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
import type { Figure } from './face-person.ts';
import type { FacePose } from './face-pose.ts';
import type { RobotLook } from './look.ts';
import { drawSprite, type SpriteMaker } from './sprite.ts';

const SCREEN = { x: 152, y: 128, width: 208, height: 166, radius: 62 } as const;
const EYE = { x: 50, y: 194, rx: 17, ry: 24 } as const;
const MOUTH_Y = 254;

const shellPaint = (pen: Pen, { shell }: RobotLook, x0: number, y0: number, x1: number, y1: number) =>
  linear(pen, x0, y0, x1, y1, [
    [0, shell[0]],
    [0.5, shell[1]],
    [1, shell[2]],
  ]);

function paintAntenna(pen: Pen, look: RobotLook): void {
  stroke(pen, look.shell[2], 7, () => {
    pen.moveTo(CENTER_X, 84);
    pen.lineTo(CENTER_X, 44);
  });
  stroke(pen, look.shell[0], 2.4, () => {
    pen.moveTo(CENTER_X - 1.5, 82);
    pen.lineTo(CENTER_X - 1.5, 46);
  });
  glow(pen, look.glow, 0.55, CENTER_X, 36, 42, 42);
  const bulb = radial(pen, CENTER_X - 4, 31, 18, [
    [0, '#ffffff'],
    [0.45, `rgb(${look.glow})`],
    [1, 'rgb(34,140,190)'],
  ]);
  fillEllipse(pen, bulb, CENTER_X, 36, 14, 14);
}

function paintEars(pen: Pen, look: RobotLook): void {
  bothSides(pen, (side) => {
    const trim = linear(pen, 108, 170, 150, 250, [
      [0, look.trim[side < 0 ? 0 : 1]],
      [1, look.trim[1]],
    ]);
    fill(pen, trim, () => pen.roundRect(112, 172, 32, 78, 15));
    fill(pen, 'rgba(255,255,255,0.3)', () => pen.roundRect(side < 0 ? 131 : 116, 180, 6, 60, 3));
  });
}

function traceShell(pen: Pen): void {
  pen.moveTo(CENTER_X, 78);
  pen.bezierCurveTo(352, 78, 392, 122, 392, 208);
  pen.bezierCurveTo(392, 296, 350, 338, CENTER_X, 338);
  pen.bezierCurveTo(162, 338, 120, 296, 120, 208);
  pen.bezierCurveTo(120, 122, 160, 78, CENTER_X, 78);
  pen.closePath();
}

const traceScreen = (pen: Pen): void => pen.roundRect(SCREEN.x, SCREEN.y, SCREEN.width, SCREEN.height, SCREEN.radius);

function paintShell(pen: Pen, look: RobotLook): void {
  paintAntenna(pen, look);
  paintEars(pen, look);
  fill(pen, shellPaint(pen, look, 150, 80, 360, 340), () => traceShell(pen));
  within(
    pen,
    () => traceShell(pen),
    () => {
      glow(pen, '255,255,255', 0.9, 200, 108, 96, 30);
      glow(pen, '60,66,110', 0.4, 400, 280, 80, 120);
      glow(pen, '60,66,110', 0.34, CENTER_X, 350, 150, 44);
      glow(pen, '255,255,255', 0.5, 140, 240, 14, 70);
    },
  );
  stroke(pen, 'rgba(70,80,120,0.5)', 5, () => traceScreen(pen));
  const screen = linear(pen, 170, 130, 320, 300, [
    [0, look.screen[0]],
    [1, look.screen[1]],
  ]);
  fill(pen, screen, () => traceScreen(pen));
  within(
    pen,
    () => traceScreen(pen),
    () => {
      glow(pen, look.glow, 0.13, CENTER_X, 214, 130, 90);
      fill(pen, 'rgba(255,255,255,0.06)', () => {
        pen.moveTo(150, 120);
        pen.lineTo(262, 120);
        pen.lineTo(186, 300);
        pen.lineTo(150, 300);
        pen.closePath();
      });
    },
  );
}

function paintNeck(pen: Pen, look: RobotLook): void {
  const dark = linear(pen, 214, 0, 298, 0, [
    [0, '#3a4160'],
    [0.4, '#6f7898'],
    [1, '#2a3050'],
  ]);
  fill(pen, dark, () => pen.roundRect(216, 318, 80, 100, 14));
  for (const y of [352, 366, 380]) {
    stroke(pen, 'rgba(14,18,40,0.6)', 3, () => {
      pen.moveTo(218, y);
      pen.quadraticCurveTo(CENTER_X, y + 9, 294, y);
    });
  }
  glow(pen, '14,16,40', 0.6, CENTER_X, 340, 70, 30);
  const ring = linear(pen, 190, 0, 322, 0, [
    [0, look.trim[1]],
    [0.35, look.trim[0]],
    [1, look.trim[1]],
  ]);
  fill(pen, ring, () => pen.roundRect(192, 392, 128, 26, 13));
}

function traceChest(pen: Pen): void {
  pen.moveTo(78, 540);
  pen.bezierCurveTo(78, 450, 118, 408, 200, 406);
  pen.lineTo(312, 406);
  pen.bezierCurveTo(394, 408, 434, 450, 434, 540);
  pen.closePath();
}

function paintChest(pen: Pen, look: RobotLook): void {
  paintNeck(pen, look);
  fill(pen, shellPaint(pen, look, 130, 410, 340, 540), () => traceChest(pen));
  within(
    pen,
    () => traceChest(pen),
    () => {
      glow(pen, '40,46,90', 0.45, CENTER_X, 408, 110, 20);
      glow(pen, '255,255,255', 0.8, 160, 432, 60, 22);
      glow(pen, '50,56,100', 0.5, 436, 510, 90, 90);
      stroke(pen, 'rgba(90,100,140,0.4)', 2, () => {
        pen.moveTo(142, 424);
        pen.bezierCurveTo(152, 460, 154, 490, 150, 530);
        pen.moveTo(370, 424);
        pen.bezierCurveTo(360, 460, 358, 490, 362, 530);
      });
    },
  );
  glow(pen, look.glow, 0.5, CENTER_X, 470, 46, 46);
  fillEllipse(pen, 'rgba(40,50,90,0.85)', CENTER_X, 470, 22, 22);
  const lamp = radial(pen, CENTER_X - 4, 464, 20, [
    [0, '#ffffff'],
    [0.4, `rgb(${look.glow})`],
    [1, 'rgb(30,120,170)'],
  ]);
  fillEllipse(pen, lamp, CENTER_X, 470, 15, 15);
}

function paintEyes(pen: Pen, look: RobotLook, pose: FacePose): void {
  bothSides(pen, (side) => {
    const x = EYE.x + side * pose.gazeX * 1.6;
    const y = EYE.y + pose.gazeY * 1.6 - pose.brow * 5;
    const ry = Math.max(2.2, (EYE.ry + pose.brow * 3) * (1 - pose.blink));
    glow(pen, look.glow, 0.5, x, y, 40, Math.max(12, ry * 1.6));
    fill(pen, `rgb(${look.glow})`, () => pen.roundRect(x - EYE.rx, y - ry, EYE.rx * 2, ry * 2, Math.min(EYE.rx, ry)));
    if (pose.blink > 0.6) return;
    fillEllipse(pen, 'rgba(255,255,255,0.85)', x - side * 6, y - ry * 0.42, 4.6, 5.6 * (1 - pose.blink));
  });
}

/** A bar of light that bends into a smile at rest and opens into a mouth. */
function paintMouth(pen: Pen, look: RobotLook, pose: FacePose): void {
  const open = pose.open * (1 - pose.press);
  const half = 30 + Math.max(0, pose.wide) * 8 - Math.max(0, -pose.wide) * 12 - open * 3 - pose.press * 4;
  const gap = open * 34 + (pose.teeth + pose.bite) * 4;
  const smile = 9 * (1 - pose.press * 0.6) * (1 - open * 0.6);
  const trace = () => {
    pen.moveTo(CENTER_X - half, MOUTH_Y - smile * 0.4);
    pen.quadraticCurveTo(CENTER_X, MOUTH_Y + smile - gap * 0.35, CENTER_X + half, MOUTH_Y - smile * 0.4);
    pen.bezierCurveTo(
      CENTER_X + half * 0.8,
      MOUTH_Y + smile + gap,
      CENTER_X - half * 0.8,
      MOUTH_Y + smile + gap,
      CENTER_X - half,
      MOUTH_Y - smile * 0.4,
    );
    pen.closePath();
  };
  glow(pen, look.glow, 0.4, CENTER_X, MOUTH_Y + gap * 0.3, half * 1.5, 16 + gap * 0.6);
  fill(pen, `rgba(${look.glow},0.32)`, trace);
  stroke(pen, `rgb(${look.glow})`, 5.4, trace);
}

/** A round machine; everything but what its screen shows is painted once. */
export function createRobot(look: RobotLook, sprites: SpriteMaker): Figure {
  const shell = sprites.make((pen) => paintShell(pen, look));
  return {
    // There is no hair to hang behind the neck.
    behind: sprites.make(() => undefined),
    body: sprites.make((pen) => paintChest(pen, look)),
    paintHead(pen, pose) {
      drawSprite(pen, shell);
      pen.translate(pose.turn * 1.4, pose.nod * 0.35);
      paintEyes(pen, look, pose);
      paintMouth(pen, look, pose);
    },
  };
}
