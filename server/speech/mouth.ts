import { type BandLevels, bandLevels } from './bands.ts';
import { blinkStarts, lids, slotFrames } from './blinks.ts';
import { edgeEnvelope, follow, quantile, smoothstep } from './curves.ts';
import { type FacePose, NEUTRAL_POSE } from './face-pose.ts';
import { seededRandom, seedOf } from './random.ts';
import type { Speech } from './speech.ts';

/** The first and last pictures of speech are the neutral pose: that many of them. */
const STILL_FRAMES = 2;
/** Slots of the idle loop that hold a blink: at 1.6, 4.6 and 6.6 s. */
const IDLE_BLINK_SLOTS = [8, 23, 33];

type MouthShape = Pick<FacePose, 'open' | 'wide' | 'teeth'>;

/** Number of pictures that last as long as the sound, rounded up. */
export function frameCount(speech: Speech, fps: number): number {
  return Math.ceil((speech.pcm.length * fps) / speech.audioRate);
}

/**
 * Mouth shape from the balance of bands: energy near 850 Hz opens (the first formant of "ah"), near 2,300 Hz spreads
 * ("ee"), only low energy rounds ("oo"), hiss brings the teeth together.
 */
function shapeOf(levels: BandLevels, loudest: number): MouthShape {
  const voiced = levels.low + levels.mid + levels.front;
  const loud = smoothstep(0.05, 0.85, voiced / loudest);
  const openness = smoothstep(0.2, 0.62, levels.mid / (levels.low + levels.mid + 1e-6));
  const spread = levels.front / (levels.front + levels.mid + levels.low * 0.5 + 1e-6);
  const hiss = smoothstep(0.32, 0.62, levels.hiss / (voiced + levels.hiss + 1e-6));
  const heard = smoothstep(0.02, 0.1, (voiced + levels.hiss) / loudest);
  return {
    open: loud * (0.34 + 0.56 * openness) * (1 - 0.65 * hiss),
    wide: loud * (smoothstep(0.12, 0.4, spread) - 0.75 * (1 - smoothstep(0.03, 0.14, spread))),
    teeth: hiss * heard,
  };
}

function mouthShapes(speech: Speech, fps: number, frames: number): { shapes: MouthShape[]; level: number[] } {
  const bands = bandLevels(speech, fps, frames);
  const voiced = bands.map((band) => band.low + band.mid + band.front);
  const loudest = Math.max(quantile(voiced, 0.92), 1e-4);
  const raw = bands.map((band) => shapeOf(band, loudest));
  const times = { attack: 0.03, release: 0.06 };
  const open = follow(
    raw.map((shape) => shape.open),
    fps,
    times,
  );
  const wide = follow(
    raw.map((shape) => shape.wide),
    fps,
    { attack: 0.06, release: 0.08 },
  );
  const teeth = follow(
    raw.map((shape) => shape.teeth),
    fps,
    times,
  );
  const level = follow(
    voiced.map((value) => Math.min(1, value / loudest)),
    fps,
    { attack: 0.08, release: 0.2 },
  );
  const shapes = raw.map((_, at) => ({ open: open[at] ?? 0, wide: wide[at] ?? 0, teeth: teeth[at] ?? 0 }));
  return { shapes, level };
}

/** Frames where the voice is at its loudest, at least 0.7 s apart: where people nod and raise their brows. */
function accentFrames(level: readonly number[], fps: number): number[] {
  const accents: number[] = [];
  for (const [at, value] of level.entries()) {
    const isPeak = value > 0.6 && value >= (level[at - 1] ?? 0) && value > (level[at + 1] ?? 0);
    if (isPeak && at - (accents.at(-1) ?? -Infinity) > fps * 0.7) accents.push(at);
  }
  return accents;
}

/** Adds a smooth bump of `height` and 2 * `reach` frames to `curve`. */
function addBump(curve: Float64Array, middle: number, reach: number, height: number): void {
  const first = Math.max(0, Math.ceil(middle - reach));
  const last = Math.min(curve.length - 1, Math.floor(middle + reach));
  for (let at = first; at <= last; at++) {
    curve[at] = (curve[at] ?? 0) + height * Math.cos(((at - middle) / reach) * (Math.PI / 2)) ** 2;
  }
}

type HeadCurves = { nod: Float64Array; brow: Float64Array };

function headAccents(level: readonly number[], fps: number, random: () => number): HeadCurves {
  const nod = new Float64Array(level.length);
  const brow = new Float64Array(level.length);
  for (const at of accentFrames(level, fps)) {
    addBump(nod, at, fps * 0.32, 2.2 + random() * 2.4);
    if (random() < 0.65) addBump(brow, at - fps * 0.04, fps * 0.4, 0.4 + random() * 0.5);
  }
  return { nod, brow };
}

/**
 * The face while it speaks: one pose per picture. The first and last two are `NEUTRAL_POSE`.
 * The same sound gives the same poses.
 */
export function speechPoses(speech: Speech, fps: number): FacePose[] {
  const frames = frameCount(speech, fps);
  const random = seededRandom(seedOf(speech.pcm));
  const { shapes, level } = mouthShapes(speech, fps, frames);
  const { nod, brow } = headAccents(level, fps, random);
  const lid = lids(frames, fps, blinkStarts(frames, fps, random));
  const phases = [random(), random(), random()].map((value) => value * 2 * Math.PI);
  const wave = (index: number, hz: number, at: number) =>
    Math.sin((2 * Math.PI * hz * at) / fps + (phases[index] ?? 0));
  return shapes.map((shape, at) => {
    const mouth = edgeEnvelope(at, frames, STILL_FRAMES, fps * 0.1);
    const head = edgeEnvelope(at, frames, STILL_FRAMES, fps * 0.4);
    if (mouth === 0) return NEUTRAL_POSE;
    return {
      open: shape.open * mouth,
      wide: shape.wide * mouth,
      teeth: shape.teeth * mouth,
      blink: lid[at] ?? 0,
      brow: (brow[at] ?? 0) * head,
      nod: ((nod[at] ?? 0) + 0.8 * wave(0, 0.31, at)) * head,
      sway: 3.2 * wave(1, 0.21, at) * head,
      turn: 2.6 * wave(2, 0.27, at) * head,
      tilt: 0.02 * wave(0, 0.19, at) * head,
      breath: 0,
    };
  });
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
    return {
      ...NEUTRAL_POSE,
      blink: lid[at] ?? 0,
      nod: -0.4 * breath,
      sway: 0.4 * Math.sin(turn),
      turn: 0.3 * Math.sin(turn),
      tilt: 0.001 * Math.sin(turn),
      breath: 0.9 * breath,
    };
  });
}
