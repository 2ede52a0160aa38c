import type { Speech } from '../voice/speech.ts';
import { blinkStarts, lids, slotFrames } from './blinks.ts';
import { edgeEnvelope, smoothstep } from './curves.ts';
import { type FacePose, NEUTRAL_POSE } from './face-pose.ts';
import { accents, gaze, wander } from './motion.ts';
import { mouthTrack } from './mouth.ts';
import { seededRandom, seedOf } from './random.ts';

/** The first and last pictures of speech are the neutral pose: that many of them. */
const STILL_FRAMES = 2;
/** Slots of the idle loop that hold a blink: at 1.6, 4.6 and 6.6 s. */
const IDLE_BLINK_SLOTS = [8, 23, 33];
/** Where the eyes rest in the idle loop, from these seconds of 8 on, in design pixels. */
const IDLE_GAZES = [
  [1.1, 0.9, 0.2],
  [2.3, 0, 0],
  [3.5, -1, 0.4],
  [4.3, -0.4, -0.5],
  [5.1, 0, 0],
  [6.1, 0.7, -0.4],
  [7.1, 0, 0],
] as const;

/** Number of pictures that last as long as the sound, rounded up. */
export function frameCount(speech: Speech, fps: number): number {
  return Math.ceil((speech.pcm.length * fps) / speech.audioRate);
}

/**
 * The face while it speaks: one pose per picture. The first and last two are `NEUTRAL_POSE`.
 * The same speech gives the same poses.
 */
export function speechPoses(speech: Speech, fps: number): FacePose[] {
  const frames = frameCount(speech, fps);
  const random = seededRandom(seedOf(speech.pcm));
  const { shapes, level } = mouthTrack(speech, fps, frames);
  const accent = accents(level, speech, fps, random);
  const lid = lids(frames, fps, blinkStarts(frames, fps, random));
  const sway = wander(frames, fps, random, { from: 0.9, to: 2.2 });
  const turn = wander(frames, fps, random, { from: 0.8, to: 2 });
  const nod = wander(frames, fps, random, { from: 0.8, to: 1.8 });
  const eyes = gaze(frames, fps, random);
  return shapes.map((shape, at) => {
    const mouth = edgeEnvelope(at, frames, STILL_FRAMES, fps * 0.1);
    const head = edgeEnvelope(at, frames, STILL_FRAMES, fps * 0.4);
    if (mouth === 0) return NEUTRAL_POSE;
    return {
      open: shape.open * mouth,
      wide: shape.wide * mouth,
      teeth: shape.teeth * mouth,
      bite: shape.bite * mouth,
      press: shape.press * mouth,
      tongue: shape.tongue * mouth,
      blink: lid[at] ?? 0,
      brow: (accent.brow[at] ?? 0) * head,
      gazeX: (eyes.x[at] ?? 0) * head,
      gazeY: (eyes.y[at] ?? 0) * head,
      nod: ((accent.nod[at] ?? 0) + 0.9 * (nod[at] ?? 0)) * head,
      sway: 3.4 * (sway[at] ?? 0) * head,
      turn: 2.8 * (turn[at] ?? 0) * head,
      // The head leans to where it goes.
      tilt: (0.016 * (sway[at] ?? 0) + (accent.tilt[at] ?? 0)) * head,
      breath: ((1 - Math.cos((2 * Math.PI * at) / (fps * 3.6))) / 2) * 0.9 * head,
    };
  });
}

/** Where the eyes are in the idle loop at `time` of 8 seconds: a jump takes 80 ms. */
function idleGaze(time: number): { gazeX: number; gazeY: number } {
  let gazeX = 0;
  let gazeY = 0;
  for (const [start, x, y] of IDLE_GAZES) {
    const share = smoothstep(start, start + 0.08, time);
    gazeX += (x - gazeX) * share;
    gazeY += (y - gazeY) * share;
  }
  return { gazeX, gazeY };
}

/**
 * The face while it listens: a seamless loop of `seconds` that starts at `NEUTRAL_POSE` and never leaves it by more
 * than about 1.5 design pixels, so that it can be cut between any two 0.2 s slots. Blinks lie inside one slot.
 */
export function idlePoses(seconds: number, fps: number): FacePose[] {
  const frames = Math.round(seconds * fps);
  const slot = slotFrames(fps);
  const starts = IDLE_BLINK_SLOTS.map((index) => index * slot).filter((start) => start + slot <= frames);
  const lid = lids(frames, fps, starts);
  return Array.from({ length: frames }, (_, at) => {
    if (at === 0) return NEUTRAL_POSE;
    const turn = (2 * Math.PI * at) / frames;
    const breath = (1 - Math.cos(2 * turn)) / 2;
    const drift = 0.7 * Math.sin(turn) + 0.3 * Math.sin(3 * turn);
    return {
      ...NEUTRAL_POSE,
      ...idleGaze((8 * at) / frames),
      blink: lid[at] ?? 0,
      brow: 0.09 * Math.sin(turn / 2) ** 8,
      nod: -0.4 * breath + 0.2 * Math.sin(3 * turn),
      sway: 0.55 * drift,
      turn: 0.7 * Math.sin(2 * turn),
      breath: 0.9 * breath,
    };
  });
}
