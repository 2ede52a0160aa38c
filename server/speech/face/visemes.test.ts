import { describe, expect, it } from 'vitest';
import type { PhonemeTime, Speech } from '../voice/speech.ts';
import { speechPoses } from './poses.ts';
import { seededRandom } from './random.ts';
import { visemeTrack } from './visemes.ts';

const RATE = 16_000;
const FPS = 25;
const LOUDNESS: Readonly<Record<string, number>> = {
  ɑ: 1,
  ɛ: 0.8,
  i: 0.5,
  u: 0.45,
  o: 0.7,
  m: 0.16,
  b: 0.08,
  p: 0,
  s: 0.1,
  n: 0.2,
};
const FORMANT: Readonly<Record<string, number>> = {
  ɑ: 850,
  ɛ: 650,
  i: 2300,
  u: 320,
  o: 450,
  m: 250,
  b: 200,
  s: 5500,
  n: 280,
};

/** Made-up speech: syllables and pauses of varied length, with the time of each phoneme. */
function babble(syllables: readonly string[], seed: number): Required<Pick<Speech, 'pcm' | 'audioRate' | 'phonemes'>> {
  const random = seededRandom(seed);
  const phonemes: PhonemeTime[] = [];
  let time = 0.24;
  for (const ipa of syllables.flatMap((syllable) => [...syllable])) {
    const vowel = (LOUDNESS[ipa] ?? 0) > 0.3;
    const length = ipa === ' ' ? 0.35 : vowel ? 0.14 + 0.1 * random() : 0.06 + 0.03 * random();
    if (ipa !== ' ') phonemes.push({ ipa, start: time, end: time + length });
    time += length;
  }
  const pcm = new Int16Array(Math.ceil((time + 0.3) * RATE));
  for (const { ipa, start, end } of phonemes) {
    const hz = FORMANT[ipa] ?? 300;
    for (let at = Math.ceil(start * RATE); at < end * RATE; at++) {
      const wave = Math.sin((2 * Math.PI * hz * at) / RATE) + 0.6 * Math.sin((2 * Math.PI * 150 * at) / RATE);
      pcm[at] = Math.round(9000 * (LOUDNESS[ipa] ?? 0) * wave);
    }
  }
  return { pcm, audioRate: RATE, phonemes };
}

const SYLLABLES = ['mɑ', 'bo', 'pi', ' ', 'sɛ', 'nɑ', 'mu', 'pɑ', ' ', 'bɛ', 'no', 'mi', 'pɛ', 'bɑ', ' ', 'sɑ', 'mo'];

/** Root mean square of each picture's sound. */
function energies({ pcm }: Pick<Speech, 'pcm'>, frames: number): number[] {
  const length = RATE / FPS;
  return Array.from({ length: frames }, (_, at) => {
    const part = pcm.subarray(at * length, (at + 1) * length);
    return Math.sqrt(part.reduce((sum, value) => sum + value * value, 0) / Math.max(1, part.length));
  });
}

function correlation(one: readonly number[], other: readonly number[]): number {
  const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
  const [a, b] = [mean(one), mean(other)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [at, value] of one.entries()) {
    const far = (other[at] ?? 0) - b;
    ab += (value - a) * far;
    aa += (value - a) ** 2;
    bb += far ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Share of pictures where the mouth is open and something loud is heard, or neither. */
function agreement(open: readonly number[], energy: readonly number[]): number {
  const loudest = Math.max(...energy);
  const same = open.filter((value, at) => value > 0.12 === (energy[at] ?? 0) > loudest * 0.12);
  return same.length / open.length;
}

describe('the mouth beside the sound', () => {
  it.each([1, 2, 3])('opens with the energy and rests in pauses, with phonemes and without (voice %i)', (seed) => {
    const speech = babble(SYLLABLES, seed);
    const measure = (said: Speech) => {
      const open = speechPoses(said, FPS).map((pose) => pose.open);
      const energy = energies(said, open.length);
      return { correlation: correlation(open, energy), agreement: agreement(open, energy) };
    };
    const timed = measure(speech);
    const heard = measure({ pcm: speech.pcm, audioRate: RATE });
    expect(timed.correlation).toBeGreaterThan(0.75);
    expect(timed.agreement).toBeGreaterThan(0.8);
    expect(heard.correlation).toBeGreaterThan(0.6);
    expect(heard.agreement).toBeGreaterThan(0.75);
  });

  it.each([10, 25, 30, 60])('is shut at every m, b and p at %i pictures a second', (fps) => {
    const speech = babble(SYLLABLES, 4);
    const poses = speechPoses(speech, fps);
    for (const { ipa, start, end } of speech.phonemes) {
      if (!/[mbp]/u.test(ipa)) continue;
      const middle = poses[Math.floor(((start + end) / 2) * fps)];
      expect(middle).toMatchObject({ open: 0, teeth: 0, bite: 0 });
      expect(middle?.press).toBeGreaterThan(0);
      for (const [at, pose] of poses.entries()) {
        const time = (at + 0.5) / fps;
        if (time >= start && time <= end) expect(pose.open).toBe(0);
      }
    }
  });

  it('is shut where nothing is heard, whatever the phonemes say', () => {
    const pcm = new Int16Array(RATE * 2);
    const phonemes = [{ ipa: 'ɑ', start: 0.2, end: 1.8 }];
    for (const pose of speechPoses({ pcm, audioRate: RATE, phonemes }, FPS)) expect(pose.open).toBeLessThan(0.01);
  });
});

describe('visemeTrack', () => {
  it('prepares the next sound 80 ms ahead', () => {
    const track = visemeTrack(
      [
        { ipa: 's', start: 0, end: 0.5 },
        { ipa: 'u', start: 0.5, end: 1 },
      ],
      100,
      100,
    );
    const wide = (seconds: number) => track[Math.round(seconds * 100)]?.wide ?? 0;
    expect(wide(0.4)).toBeCloseTo(0.3, 5);
    expect(wide(0.46)).toBeLessThan(0.25);
    expect(wide(0.5)).toBeLessThan(-0.2);
    expect(wide(0.6)).toBeCloseTo(-0.95, 5);
  });

  it('takes phonemes in any order, and leaves out those without a length', () => {
    const good = [
      { ipa: 'ɑ', start: 0, end: 0.2 },
      { ipa: 'i', start: 0.2, end: 0.4 },
    ];
    const odd = [
      { ipa: 'm', start: 0.1, end: 0.1 },
      { ipa: 'm', start: Number.NaN, end: 0.3 },
      { ipa: 'm', start: 0.3, end: 0.2 },
    ];
    expect(visemeTrack([...odd, ...good.toReversed()], FPS, 12)).toEqual(visemeTrack(good, FPS, 12));
    expect(visemeTrack(odd, FPS, 3).map(({ open }) => open)).toEqual([0, 0, 0]);
  });
});
