import type { Speech } from '../voice/speech.ts';
import { type BandLevels, bandLevels } from './bands.ts';
import { blinkStarts, lids, slotFrames } from './blinks.ts';
import { edgeEnvelope, follow, quantile, smoothstep } from './curves.ts';
import { type FacePose, NEUTRAL_POSE } from './face-pose.ts';
import { seededRandom, seedOf } from './random.ts';

/** The first and last pictures of speech are the neutral pose: that many of them. */
const STILL_FRAMES = 2;
/** Slots of the idle loop that hold a blink: at 1.6, 4.6 and 6.6 s. */
const IDLE_BLINK_SLOTS = [8, 23, 33];

type MouthShape = Pick<FacePose, 'open' | 'wide' | 'teeth'>;

/** Number of pictures that last as long as the sound, rounded up. */
export function frameCount(speech: Speech, fps: number): number {
  return Math.ceil((speech.pcm.length * fps) / speech.audioRate);
}

/** What a voice is like: what is loud and what is spread for it. */
type VoiceNorm = { readonly loudest: number; readonly front: number };

const voicedLevel = (levels: BandLevels): number => levels.low + levels.mid + levels.front;
const frontShare = (levels: BandLevels): number => levels.front / (levels.front + levels.mid + 1e-6);

/** Voices differ in brightness: half of the measure of "spread" is the voice's own middle, half is fixed (0.3). */
function normOf(bands: readonly BandLevels[]): VoiceNorm {
  const loudest = Math.max(quantile(bands.map(voicedLevel), 0.92), 1e-4);
  const voiced = bands.filter((levels) => voicedLevel(levels) > loudest * 0.3);
  return { loudest, front: 0.15 + quantile(voiced.map(frontShare), 0.5) / 2 };
}

/**
 * Mouth shape from the balance of bands: energy near 850 Hz opens (the first formant of "ah"), more near 2,300 Hz than
 * is usual for the voice spreads ("ee"), less rounds ("oo"), hiss brings the teeth together.
 */
function shapeOf(levels: BandLevels, norm: VoiceNorm): MouthShape {
  const voiced = voicedLevel(levels);
  const loud = smoothstep(0.05, 0.85, voiced / norm.loudest);
  const openness = smoothstep(0.1, 0.6, levels.mid / (levels.low + levels.mid + 1e-6));
  const spread = Math.min(1, Math.max(-1, 3.4 * (frontShare(levels) - norm.front)));
  const hiss = smoothstep(0.35, 0.7, levels.hiss / (voiced + levels.hiss + 1e-6));
  const heard = smoothstep(0.02, 0.1, (voiced + levels.hiss) / norm.loudest);
  return {
    open: loud * (0.32 + 0.58 * openness) * (1 - 0.65 * hiss),
    wide: loud * (spread < 0 ? spread * (1 - openness) : spread),
    teeth: hiss * heard,
  };
}

function mouthShapes(speech: Speech, fps: number, frames: number): { shapes: MouthShape[]; level: number[] } {
  const bands = bandLevels(speech, fps, frames);
  const norm = normOf(bands);
  const raw = bands.map((levels) => shapeOf(levels, norm));
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
    bands.map((levels) => Math.min(1, voicedLevel(levels) / norm.loudest)),
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
