import { paintBody } from './face-body.ts';
import { paintEyes, paintSockets } from './face-eyes.ts';
import { paintGlasses } from './face-glasses.ts';
import { paintHead, paintNose } from './face-head.ts';
import { paintMouth } from './face-mouth.ts';
import { type Pen, paintPieces } from './face-paint.ts';
import type { FacePose } from './face-pose.ts';
import type { PersonLook } from './look.ts';
import { drawSprite, type Sprite, type SpriteMaker } from './sprite.ts';

/** A figure's parts, from back to front. All but `body` move with the head. */
export type Figure = {
  readonly behind: Sprite;
  readonly body: Sprite;
  paintHead(pen: Pen, pose: FacePose): void;
};

/** How far the chin goes down when the mouth is wide open, in design pixels. */
const JAW_TRAVEL = 13;
/** Positions of the chin that are painted, each when it is first needed: steps of 0.65 design pixels. */
const JAW_STEPS = 20;

/** A person: skin, hair and clothes are painted once, eyes and mouth in each picture. */
export function createPerson(person: PersonLook, sprites: SpriteMaker): Figure {
  const hair = sprites.make((pen) => paintPieces(pen, person.hairFront));
  const paintAt = (pen: Pen, step: number): void => {
    paintHead(pen, person, (step / JAW_STEPS) * JAW_TRAVEL);
    drawSprite(pen, hair);
  };
  // The lowest chin takes the most room.
  const lowest = sprites.make((pen) => paintAt(pen, JAW_STEPS));
  const heads: Sprite[] = [];
  const headAt = (open: number): Sprite => {
    const step = Math.round(open * JAW_STEPS);
    heads[step] ??= sprites.makeLike(lowest, (pen) => paintAt(pen, step));
    return heads[step];
  };
  const nose = sprites.make((pen) => {
    paintSockets(pen, person);
    paintNose(pen, person);
  });
  const { glasses } = person;
  const frame = glasses === undefined ? undefined : sprites.make((pen) => paintGlasses(pen, glasses));
  return {
    behind: sprites.make((pen) => paintPieces(pen, person.hairBack)),
    body: sprites.make((pen) => paintBody(pen, person)),
    paintHead(pen, pose) {
      drawSprite(pen, headAt(pose.open));
      pen.translate(pose.turn, pose.nod * 0.35);
      drawSprite(pen, nose);
      paintMouth(pen, person, pose);
      paintEyes(pen, person, pose);
      if (frame !== undefined) drawSprite(pen, frame);
    },
  };
}
