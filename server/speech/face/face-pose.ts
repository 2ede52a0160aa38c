/** Where every moving part of the face is in one picture. Lengths in pixels of the 512 x 512 design; 0 everywhere is the neutral pose. */
export type FacePose = {
  /** Mouth opening, 0 closed to 1 wide open. */
  readonly open: number;
  /** Mouth shape, -1 round ("oo") to 1 spread ("ee"). */
  readonly wide: number;
  /** How far the teeth are together and shown, 0 to 1 (fricatives). */
  readonly teeth: number;
  /** The lower lip goes under the upper teeth, 0 to 1 ("f", "v"). */
  readonly bite: number;
  /** The lips are pressed together, 0 to 1 ("m", "b", "p"); the mouth is shut then. */
  readonly press: number;
  /** The tip of the tongue is up at the teeth, 0 to 1 ("th", "l"). */
  readonly tongue: number;
  /** Eyelids, 0 open to 1 closed. */
  readonly blink: number;
  /** Eyebrows, 0 at rest to 1 raised. */
  readonly brow: number;
  /** The eyes look to the viewer's right, and down, by this much. */
  readonly gazeX: number;
  readonly gazeY: number;
  /** The head goes down by this much. */
  readonly nod: number;
  /** The head goes to the viewer's right by this much. */
  readonly sway: number;
  /** The features turn to the viewer's right by this much. */
  readonly turn: number;
  /** The head leans to the viewer's right, in radians. */
  readonly tilt: number;
  /** Shoulders rise by this much. */
  readonly breath: number;
};

/** The pose at which every clip begins and ends, so that clips join without a jump. */
export const NEUTRAL_POSE: FacePose = {
  open: 0,
  wide: 0,
  teeth: 0,
  bite: 0,
  press: 0,
  tongue: 0,
  blink: 0,
  brow: 0,
  gazeX: 0,
  gazeY: 0,
  nod: 0,
  sway: 0,
  turn: 0,
  tilt: 0,
  breath: 0,
};
