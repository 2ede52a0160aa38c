import type { Speech } from '../voice/speech.ts';
import { blinkStarts, lids, slotFrames } from './blinks.ts';
import { edgeEnvelope, smoothstep } from './curves.ts';
import { type FacePose, NEUTRAL_POSE } from './face-pose.ts';
import { type Joins, joined, joinPose, RESTING } from './join-pose.ts';
import { accents, gaze, wander } from './motion.ts';
import { mouthTrack } from './mouth.ts';
import { seededRandom, seedOf } from './random.ts';

/** In the first and last pictures of speech the mouth is shut: that many of them. */
const STILL_FRAMES = 2;
/** How the idle loop moves: so many times in the whole of it, this far, in design pixels. */
const IDLE_WAVES = {
  sway: [
    [2, 0.2],
    [5, 0.1],
    [7, 0.06],
  ],
  turn: [
    [3, 0.22],
    [4, 0.12],
    [8, 0.05],
  ],
  nod: [
    [1, 0.08],
    [6, 0.1],
    [11, 0.04],
  ],
} as const;
const IDLE_BREATH_SECONDS = 4;
const IDLE_SEED = 20_261_201;

/** Number of pictures that last as long as the sound, rounded up. */
export function frameCount(speech: Speech, fps: number): number {
  return Math.ceil((speech.pcm.length * fps) / speech.audioRate);
}

/**
 * The face while it speaks: one pose per picture. The mouth is shut in the first and last two. The same speech gives the same poses.
 *
 * @param joins - The head is in motion when the clip begins and ends, and goes on as it was in the clip before. Absent: it rests.
 */
export function speechPoses(speech: Speech, fps: number, joins?: Joins): FacePose[] {
  const frames = frameCount(speech, fps);
  const random = seededRandom(seedOf(speech.pcm));
  const { shapes, level } = mouthTrack(speech, fps, frames);
  const accent = accents(level, speech, fps, random);
  const lid = lids(frames, fps, blinkStarts(frames, fps, random));
  const wandered = {
    sway: wander(frames, fps, random, { from: 0.9, to: 2.2 }),
    turn: wander(frames, fps, random, { from: 0.8, to: 2 }),
    nod: wander(frames, fps, random, { from: 0.8, to: 1.8 }),
  };
  const eyes = gaze(frames, fps, random);
  const ends = {
    ...{ frames, fps },
    from: joins === undefined ? RESTING : joinPose(joins.from),
    to: joins === undefined ? RESTING : joinPose(joins.to),
  };
  const sway = joined('sway', (at) => 3.4 * (wandered.sway[at] ?? 0), ends);
  const turn = joined('turn', (at) => 2.8 * (wandered.turn[at] ?? 0), ends);
  const nod = joined('nod', (at) => (accent.nod[at] ?? 0) + 0.9 * (wandered.nod[at] ?? 0), ends);
  const breath = joined('breath', (at) => 0.45 - 0.45 * Math.cos((2 * Math.PI * at) / (fps * 3.6)), ends);
  return shapes.map((shape, at) => {
    const mouth = edgeEnvelope(at, frames, STILL_FRAMES, fps * 0.1);
    const edge = edgeEnvelope(at, frames, STILL_FRAMES, fps * 0.4);
    return {
      open: shape.open * mouth,
      wide: shape.wide * mouth,
      teeth: shape.teeth * mouth,
      bite: shape.bite * mouth,
      press: shape.press * mouth,
      tongue: shape.tongue * mouth,
      blink: lid[at] ?? 0,
      brow: (accent.brow[at] ?? 0) * edge,
      gazeX: (eyes.x[at] ?? 0) * edge,
      gazeY: (eyes.y[at] ?? 0) * edge,
      nod: nod[at] ?? 0,
      sway: sway[at] ?? 0,
      turn: turn[at] ?? 0,
      // The head leans to where it goes.
      tilt: 0.0047 * (sway[at] ?? 0) + (accent.tilt[at] ?? 0) * edge,
      breath: breath[at] ?? 0,
    };
  });
}

/** A sum of waves that comes back to where it began, at 0. @param turn - Of the whole loop, 0 to 1. */
function waves(
  list: readonly (readonly [times: number, height: number])[],
  phases: readonly number[],
  turn: number,
): number {
  return list.reduce((sum, [times, height], index) => {
    const phase = phases[index] ?? 0;
    return sum + height * (Math.sin(2 * Math.PI * times * turn + phase) - Math.sin(phase));
  }, 0);
}

/** Where the eyes rest, from these seconds on: places chosen by chance, half of the time straight at the viewer. */
function idleGazes(seconds: number, random: () => number): readonly (readonly [start: number, x: number, y: number])[] {
  const gazes: [number, number, number][] = [];
  let start = 0.9 + random();
  for (let away = true; start < seconds - 1; away = !away) {
    gazes.push(away ? [start, (random() * 2 - 1) * 0.95, random() - 0.5] : [start, 0, 0]);
    start += away ? 0.6 + random() * 1.1 : 0.9 + random() * 2.2;
  }
  return [...gazes, [seconds - 0.6, 0, 0]];
}

/** A jump takes 80 ms. */
function gazeAt(gazes: ReturnType<typeof idleGazes>, time: number): { gazeX: number; gazeY: number } {
  let gazeX = 0;
  let gazeY = 0;
  for (const [start, x, y] of gazes) {
    const share = smoothstep(start, start + 0.08, time);
    gazeX += (x - gazeX) * share;
    gazeY += (y - gazeY) * share;
  }
  return { gazeX, gazeY };
}

/**
 * The face while it listens: a seamless loop of `seconds` that begins at `NEUTRAL_POSE`, in motion, and never leaves it by more than
 * about 1.5 design pixels, so that it can be cut between any two 0.2 s slots. Blinks lie inside one slot.
 */
export function idlePoses(seconds: number, fps: number): FacePose[] {
  const frames = Math.round(seconds * fps);
  const random = seededRandom(IDLE_SEED);
  const slot = slotFrames(fps);
  const starts = blinkStarts(frames, fps, random).map((start) => Math.floor(start / slot) * slot);
  const lid = lids(frames, fps, starts);
  const gazes = idleGazes(seconds, random);
  const phases = Array.from({ length: 9 }, () => random() * 2 * Math.PI);
  const breaths = Math.max(1, Math.round(seconds / IDLE_BREATH_SECONDS));
  return Array.from({ length: frames }, (_, at) => {
    const turn = at / frames;
    const breath = (1 - Math.cos(2 * Math.PI * breaths * turn)) / 2;
    return {
      ...NEUTRAL_POSE,
      ...gazeAt(gazes, (seconds * at) / frames),
      blink: lid[at] ?? 0,
      brow: 0.09 * Math.sin(3 * Math.PI * turn) ** 16,
      nod: waves(IDLE_WAVES.nod, phases.slice(0, 3), turn) - 0.1 * breath,
      sway: waves(IDLE_WAVES.sway, phases.slice(3, 6), turn),
      turn: waves(IDLE_WAVES.turn, phases.slice(6), turn),
      breath: 0.9 * breath,
    };
  });
}
