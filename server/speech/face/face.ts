import { createCanvas } from '@napi-rs/canvas';
import { paintBackdrop } from './face-backdrop.ts';
import { paintBody } from './face-body.ts';
import { paintEyes } from './face-eyes.ts';
import { paintHairBack, paintHairFront } from './face-hair.ts';
import { paintHead, paintNose } from './face-head.ts';
import { paintMouth } from './face-mouth.ts';
import { CENTER_X, DESIGN_SIZE, type Pen } from './face-paint.ts';
import type { FacePose } from './face-pose.ts';

/** Draws poses at one picture size. */
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
/** How far the chin goes down when the mouth is wide open, in design pixels. */
const JAW_TRAVEL = 13;

function poseHead(pen: Pen, pose: FacePose): void {
  pen.translate(CENTER_X + pose.sway, NECK_Y + pose.nod);
  pen.rotate(pose.tilt);
  pen.translate(-CENTER_X, -NECK_Y);
}

function paintPerson(pen: Pen, pose: FacePose): void {
  const jaw = pose.open * JAW_TRAVEL;
  pen.save();
  poseHead(pen, pose);
  paintHairBack(pen);
  pen.restore();
  pen.save();
  pen.translate(0, -pose.breath);
  paintBody(pen);
  pen.restore();
  pen.save();
  poseHead(pen, pose);
  paintHead(pen, jaw);
  pen.save();
  pen.translate(pose.turn, pose.nod * 0.35);
  paintNose(pen);
  paintMouth(pen, pose);
  paintEyes(pen, pose);
  pen.restore();
  paintHairFront(pen);
  pen.restore();
}

/**
 * Makes a painter for pictures of `width` x `height` pixels: the square design is scaled to the smaller side and
 * centred, the backdrop fills the rest.
 */
export function createFacePainter(width: number, height: number): FacePainter {
  const backdrop = createCanvas(width, height);
  paintBackdrop(backdrop.getContext('2d'), width, height);
  const canvas = createCanvas(width, height);
  const pen = canvas.getContext('2d');
  const scale = Math.min(width, height) / DESIGN_SIZE;

  const paint = (pose: FacePose): void => {
    pen.resetTransform();
    pen.drawImage(backdrop, 0, 0);
    pen.translate((width - DESIGN_SIZE * scale) / 2, height - DESIGN_SIZE * scale);
    pen.scale(scale, scale);
    paintPerson(pen, pose);
  };

  return {
    width,
    height,
    draw(pose) {
      paint(pose);
      // data() is a copy already, but in memory that can't be transferred to another thread.
      const pixels = new Uint8Array(width * height * 4);
      pixels.set(canvas.data());
      return pixels;
    },
    png(pose) {
      paint(pose);
      return canvas.toBuffer('image/png');
    },
  };
}
