import { createCanvas } from '@napi-rs/canvas';
import { paintBackdrop } from './face-backdrop.ts';
import { CENTER_X, DESIGN_SIZE, type Pen } from './face-paint.ts';
import { createPerson, type Figure } from './face-person.ts';
import type { FacePose } from './face-pose.ts';
import { createRobot } from './face-robot.ts';
import type { Look } from './look.ts';
import { lookNamed } from './looks.ts';
import { createSpriteMaker, drawSprite, type SpriteMaker, spriteScale } from './sprite.ts';

/** Draws poses of one look at one picture size. */
export type FacePainter = {
  readonly width: number;
  readonly height: number;
  /** RGBA bytes of the picture, width * height * 4, in memory of their own. */
  draw(pose: FacePose): Uint8Array<ArrayBuffer>;
  /** The same picture as a PNG file. */
  png(pose: FacePose): Buffer;
};

/** The point about which the head leans. */
const NECK_Y = 372;

function poseHead(pen: Pen, pose: FacePose): void {
  pen.translate(CENTER_X + pose.sway, NECK_Y + pose.nod);
  pen.rotate(pose.tilt);
  pen.translate(-CENTER_X, -NECK_Y);
}

function paintFigure(pen: Pen, figure: Figure, pose: FacePose): void {
  pen.save();
  poseHead(pen, pose);
  drawSprite(pen, figure.behind);
  pen.restore();
  pen.save();
  pen.translate(0, -pose.breath);
  drawSprite(pen, figure.body);
  pen.restore();
  pen.save();
  poseHead(pen, pose);
  figure.paintHead(pen, pose);
  pen.restore();
}

function createFigure({ figure }: Look, sprites: SpriteMaker): Figure {
  return figure.kind === 'person' ? createPerson(figure, sprites) : createRobot(figure, sprites);
}

/**
 * Makes a painter for pictures of `width` x `height` pixels: the square design is scaled to the smaller side and
 * centred, the backdrop fills the rest. What does not change its shape is painted once.
 *
 * @throws {StreamError} `REQUEST_INVALID` for a look that there is not.
 */
export function createFacePainter(width: number, height: number, lookName?: string): FacePainter {
  const look = lookNamed(lookName);
  const canvas = createCanvas(width, height);
  const pen = canvas.getContext('2d');
  const backdrop = createCanvas(width, height);
  paintBackdrop(backdrop.getContext('2d'), look.backdrop, width, height);
  const scale = Math.min(width, height) / DESIGN_SIZE;
  const figure = createFigure(look, createSpriteMaker(spriteScale(scale)));

  const paint = (pose: FacePose): void => {
    pen.resetTransform();
    pen.drawImage(backdrop, 0, 0);
    pen.translate((width - DESIGN_SIZE * scale) / 2, height - DESIGN_SIZE * scale);
    pen.scale(scale, scale);
    paintFigure(pen, figure, pose);
  };

  return {
    width,
    height,
    draw(pose) {
      paint(pose);
      // data() is a copy already, but in memory that can't be transferred to another thread.
      return new Uint8Array(canvas.data());
    },
    png(pose) {
      paint(pose);
      return canvas.toBuffer('image/png');
    },
  };
}
