import { describe, expect, it } from 'vitest';
import { NEUTRAL_POSE } from './face-pose.ts';
import { frameCount, idlePoses, speechPoses } from './poses.ts';

const RATE = 16_000;

/** 0.3 s of silence, 1 s of `signal`, 0.3 s of silence. */
function around(signal: (time: number) => number): { pcm: Int16Array; audioRate: number } {
  const pcm = new Int16Array(RATE * 1.6);
  for (let at = 0; at < RATE; at++) pcm[at + RATE * 0.3] = Math.round(signal(at / RATE) * 12_000);
  return { pcm, audioRate: RATE };
}

const tone = (hz: number) => (time: number) => Math.sin(2 * Math.PI * hz * time);
const ah = around((time) => (tone(150)(time) + tone(300)(time) + 2 * tone(800)(time)) / 4);
const ee = around((time) => (2 * tone(300)(time) + 1.6 * tone(2300)(time)) / 4);
const oo = around((time) => tone(300)(time));
let noise = 1;
const ess = around((time) => {
  noise = (Math.imul(noise, 1103515245) + 12345) >>> 0;
  return tone(5500)(time) * 0.3 + tone(6200)(time) * 0.2 + (noise / 2 ** 32) * 0.02;
});

const middle = (speech: { pcm: Int16Array; audioRate: number }) => speechPoses(speech, 25)[20] ?? NEUTRAL_POSE;

describe('speechPoses', () => {
  it('gives one pose per picture, rounded up', () => {
    expect(speechPoses({ pcm: new Int16Array(641), audioRate: RATE }, 25)).toHaveLength(2);
    expect(frameCount({ pcm: new Int16Array(16_001), audioRate: RATE }, 25)).toBe(26);
    expect(speechPoses({ pcm: new Int16Array(0), audioRate: RATE }, 25)).toEqual([]);
  });

  it('opens wide for "ah", spreads for "ee", rounds for "oo" and shows teeth for "s"', () => {
    expect(middle(ah).open).toBeGreaterThan(0.6);
    expect(middle(ee).wide).toBeGreaterThan(0.4);
    expect(middle(ee).open).toBeLessThan(middle(ah).open);
    expect(middle(oo).wide).toBeLessThan(-0.2);
    expect(middle(ess).teeth).toBeGreaterThan(0.6);
    expect(middle(ess).open).toBeLessThan(0.35);
  });

  it.each([10, 24, 25, 30, 60])('has its mouth shut in the first and last two frames at %i fps', (fps) => {
    for (const joins of [undefined, { from: 1, to: 2 }]) {
      const poses = speechPoses(ah, fps, joins);
      for (const at of [0, 1, -2, -1]) {
        const { open, wide, teeth, bite, press, tongue, gazeX, gazeY, brow } = poses.at(at) ?? NEUTRAL_POSE;
        expect([open, wide, teeth, bite, press, tongue, gazeX, gazeY, brow].map(Math.abs)).toEqual(Array(9).fill(0));
      }
    }
  });

  it.each([24, 25, 60])('goes on into the next sentence as it moved, without a stop, at %i fps', (fps) => {
    const sounds = [ah, ee, oo, ess];
    const clips = sounds.map((sound, index) => speechPoses(sound, fps, { from: index, to: index + 1 }));
    const ofHead = ({ sway, turn, nod }: { sway: number; turn: number; nod: number }) => [sway, turn, nod];
    const speed = (before: number[], after: number[]) =>
      Math.hypot(...after.map((value, part) => value - (before[part] ?? 0))) * fps;
    for (const [index, clip] of clips.slice(0, -1).entries()) {
      const next = clips[index + 1] ?? [];
      const around = [...clip.slice(-4), ...next.slice(0, 4)].map(ofHead);
      const speeds = around.slice(1).map((pose, at) => speed(around[at] ?? [], pose));
      // From sentence to sentence no faster and no slower than just before and after.
      for (const value of speeds) expect(value).toBeGreaterThan(0.8);
      const [before, join, after] = speeds.slice(2, 5) as [number, number, number];
      expect(join).toBeLessThan(1.5 * Math.max(before, after));
      expect(join).toBeGreaterThan(0.6 * Math.min(before, after));
    }
  });

  it('is near to neutral at a join, so that a pause may come instead of the next sentence', () => {
    for (let seed = 0; seed < 200; seed++) {
      const pose = speechPoses(oo, 25, { from: seed, to: seed + 1 })[0] ?? NEUTRAL_POSE;
      const head = Math.hypot(pose.sway + 340 * Math.sin(pose.tilt), pose.nod);
      expect(head + Math.hypot(pose.turn, pose.nod * 0.35)).toBeLessThan(1.9);
    }
  });

  it('closes the mouth in silence', () => {
    expect(speechPoses(ah, 25)[4]?.open).toBeLessThan(0.05);
    expect(speechPoses(ah, 25)[38]?.open).toBeLessThan(0.05);
  });

  it('is the same for the same sound', () => {
    expect(speechPoses(ah, 25)).toEqual(speechPoses(ah, 25));
    expect(speechPoses(ah, 25)).not.toEqual(speechPoses(oo, 25));
  });

  it('keeps every value in its range and moves the head smoothly', () => {
    for (const speech of [ah, ee, oo, ess]) {
      const poses = speechPoses(speech, 25);
      for (const [at, pose] of poses.entries()) {
        for (const value of [pose.open, pose.teeth, pose.blink]) expect(value).toBeGreaterThanOrEqual(0);
        for (const value of [pose.open, pose.teeth, pose.blink, pose.wide]) expect(value).toBeLessThanOrEqual(1);
        expect(Math.abs(pose.nod - (poses[at - 1]?.nod ?? 0))).toBeLessThan(2);
        expect(Math.abs(pose.sway - (poses[at - 1]?.sway ?? 0))).toBeLessThan(1.5);
      }
    }
  });

  it('raises the brows where words end a question', () => {
    const words = (text: string) => [
      { text: 'Is', start: 0.3, end: 0.6 },
      { text, start: 0.7, end: 1.1 },
    ];
    const brow = (text: string) => Math.max(...speechPoses({ ...oo, words: words(text) }, 25).map((pose) => pose.brow));
    expect(brow('it?')).toBeGreaterThan(brow('it.') + 0.2);
    expect(brow('it?”')).toBe(brow('it?'));
    expect(brow('it?')).toBeLessThanOrEqual(1);
  });
});

describe('idlePoses', () => {
  it('begins neutral and blinks inside 0.2 s slots only', () => {
    for (const fps of [15, 24, 25, 30, 50]) {
      const poses = idlePoses(12, fps);
      const slot = Math.round(fps / 5);
      expect(poses).toHaveLength(12 * fps);
      expect(poses[0]).toEqual(NEUTRAL_POSE);
      expect(poses.filter((pose) => pose.blink > 0.9).length).toBeGreaterThanOrEqual(3);
      for (let at = 0; at < poses.length; at += slot) {
        expect(poses[at]?.blink).toBe(0);
        expect(poses[at + slot - 1]?.blink ?? 0).toBe(0);
      }
    }
  });

  it.each([15, 24, 25, 30, 50])('never leaves the neutral pose by more than 1.5 design pixels at %i fps', (fps) => {
    for (const pose of idlePoses(12, fps)) {
      // The crown is the farthest from the point about which the head leans.
      const head = Math.hypot(pose.sway + 340 * Math.sin(pose.tilt), pose.nod);
      const features = head + Math.hypot(pose.turn, pose.nod * 0.35);
      const eyes = Math.hypot(pose.gazeX + pose.turn * 0.5, pose.gazeY);
      for (const away of [head, features, eyes, pose.breath, 8 * pose.brow]) expect(away).toBeLessThan(1.5);
      for (const part of ['open', 'wide', 'teeth', 'bite', 'press', 'tongue'] as const) expect(pose[part]).toBe(0);
    }
  });

  it('is alive: it breathes, drifts and looks about', () => {
    const poses = idlePoses(12, 25);
    const range = (part: 'breath' | 'sway' | 'turn' | 'gazeX') =>
      Math.max(...poses.map((pose) => pose[part])) - Math.min(...poses.map((pose) => pose[part]));
    for (const part of ['breath', 'sway', 'turn', 'gazeX'] as const) expect(range(part)).toBeGreaterThan(0.5);
  });

  it('does not repeat itself, nor stand still, within the loop', () => {
    const fps = 25;
    const poses = idlePoses(12, fps);
    const moved = (one: number, other: number) => {
      const [a, b] = [poses[one % poses.length] ?? NEUTRAL_POSE, poses[other % poses.length] ?? NEUTRAL_POSE];
      return Math.hypot(a.sway - b.sway, a.turn - b.turn, a.nod - b.nod, a.breath - b.breath);
    };
    for (let second = 0; second < 12; second++)
      expect(
        Array.from({ length: fps }, (_, at) => moved(second * fps + at, second * fps + at + 1)).reduce((a, b) => a + b),
      ).toBeGreaterThan(0.1);
    // No shift of 2 to 10 s lays it over itself.
    for (let shift = 2; shift <= 10; shift++) {
      const away = poses.reduce((sum, _, at) => sum + moved(at, at + shift * fps), 0) / poses.length;
      expect(away).toBeGreaterThan(0.08);
    }
  });
});
