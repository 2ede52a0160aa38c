import type { Speech } from '../voice/speech.ts';
import { type BandLevels, bandLevels } from './bands.ts';
import { follow, quantile, smoothstep } from './curves.ts';
import type { MouthShape } from './ipa.ts';
import { visemeTrack } from './visemes.ts';

type HeardShape = Pick<MouthShape, 'open' | 'wide' | 'teeth'>;

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
function shapeOf(levels: BandLevels, norm: VoiceNorm): HeardShape {
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

/** Mouth shapes from the sound alone. */
function heardShapes(bands: readonly BandLevels[], norm: VoiceNorm, fps: number): MouthShape[] {
  const raw = bands.map((levels) => shapeOf(levels, norm));
  const times = { attack: 0.03, release: 0.06 };
  const smooth = (key: keyof HeardShape, pace: typeof times) =>
    follow(
      raw.map((shape) => shape[key]),
      fps,
      pace,
    );
  const open = smooth('open', times);
  const wide = smooth('wide', { attack: 0.06, release: 0.08 });
  const teeth = smooth('teeth', times);
  return raw.map((_, at) => ({
    open: open[at] ?? 0,
    wide: wide[at] ?? 0,
    teeth: teeth[at] ?? 0,
    bite: 0,
    press: 0,
    tongue: 0,
  }));
}

/** Mouth shapes from phonemes: a loud vowel opens more than a faint one, and where nothing is heard the mouth is shut. */
function spokenShapes(
  track: readonly MouthShape[],
  bands: readonly BandLevels[],
  norm: VoiceNorm,
  fps: number,
): MouthShape[] {
  const loudness = bands.map((levels) => (voicedLevel(levels) + levels.hiss) / norm.loudest);
  // Stops are silent for some 60 ms: the mouth stays ready that long.
  const heard = follow(loudness, fps, { attack: 0.015, release: 0.05 });
  const pace = follow(loudness, fps, { attack: 0.05, release: 0.1 });
  return track.map((shape, at) => {
    const present = smoothstep(0.02, 0.1, heard[at] ?? 0);
    const loud = 0.55 + 0.45 * smoothstep(0.1, 0.8, pace[at] ?? 0);
    return {
      ...shape,
      open: shape.open * present * loud,
      wide: shape.wide * present,
      teeth: shape.teeth * present,
      bite: shape.bite * present,
      tongue: shape.tongue * present,
    };
  });
}

/** The mouth and the loudness of the voice (0 to 1), one entry per picture. */
export type MouthTrack = { readonly shapes: readonly MouthShape[]; readonly level: readonly number[] };

/** From the phonemes where the voice gave their times, else from the sound. */
export function mouthTrack(speech: Speech, fps: number, frames: number): MouthTrack {
  const bands = bandLevels(speech, fps, frames);
  const norm = normOf(bands);
  const { phonemes = [] } = speech;
  const shapes =
    phonemes.length > 0
      ? spokenShapes(visemeTrack(phonemes, fps, frames), bands, norm, fps)
      : heardShapes(bands, norm, fps);
  const level = follow(
    bands.map((levels) => Math.min(1, voicedLevel(levels) / norm.loudest)),
    fps,
    { attack: 0.08, release: 0.2 },
  );
  return { shapes, level };
}
