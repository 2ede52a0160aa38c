import { describe, expect, it, test } from 'vitest';
import { AAC_BLOCK, sampleAt } from '../timeline/axis.ts';
import { fillerClip } from './fakes.ts';
import { random } from './join-media.ts';
import { recordedCues, select } from './recording.ts';
import type { Run } from './runs.ts';

const FILLER = fillerClip({ partFrames: 5, segmentParts: 5 }).id;
const AXES = [
  { fps: 25, audioRate: 48_000 },
  { fps: 30, audioRate: 44_100 },
  { fps: 24, audioRate: 44_100 },
];

function randomRuns(next: () => number): Run[] {
  let startFrame = 0;
  return Array.from({ length: 1 + Math.floor(next() * 30) }, () => {
    const frames = 1 + Math.floor(next() ** 4 * 20_000);
    const run = { startFrame, frames, clip: next() < 0.5 ? FILLER : undefined };
    startFrame += frames;
    return run;
  });
}

test('over thousands of random sessions: frames exact, sound within half a block, nothing twice', () => {
  const next = random(3);
  for (let round = 0; round < 3_000; round++) {
    const axis = AXES[round % AXES.length] ?? { fps: 25, audioRate: 48_000 };
    const runs = randomRuns(next);
    const { frames, blocks } = select(axis, runs, false);
    const spoken = runs.filter((run) => run.clip === undefined).reduce((sum, run) => sum + run.frames, 0);
    expect(frames.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(spoken);
    let [outFrame, outBlock, before] = [0, 0, 0];
    let worst = 0;
    let overlaps = 0;
    for (const [index, { start, end }] of frames.entries()) {
      const stretch = blocks[index] ?? { start: Number.NaN, end: Number.NaN };
      // How far the sound lies from its picture, and how far the stretch begins and ends from where its pictures do.
      const moved = (stretch.start - outBlock) * AAC_BLOCK - (sampleAt(axis, start) - sampleAt(axis, outFrame));
      const begins = outBlock * AAC_BLOCK - sampleAt(axis, outFrame);
      outFrame += end - start;
      outBlock += stretch.end - stretch.start;
      worst = Math.max(
        worst,
        Math.abs(moved),
        Math.abs(begins),
        Math.abs(outBlock * AAC_BLOCK - sampleAt(axis, outFrame)),
      );
      if (stretch.start < before || stretch.end < stretch.start) overlaps += 1;
      before = stretch.end;
    }
    expect(worst).toBeLessThanOrEqual(AAC_BLOCK / 2 + 1);
    expect(overlaps).toBe(0);
  }
});

test('takes all of it over, from block 0, when filler is kept', () => {
  const runs: Run[] = [
    { startFrame: 0, frames: 100, clip: FILLER },
    { startFrame: 100, frames: 33, clip: undefined },
    { startFrame: 133, frames: 5, clip: FILLER },
  ];
  expect(select({ fps: 25, audioRate: 48_000 }, runs, true)).toEqual({
    frames: [{ start: 0, end: 138 }],
    blocks: [{ start: 0, end: 259 }],
  });
});

test('leaves out what is filler alone', () => {
  expect(select({ fps: 25, audioRate: 48_000 }, [{ startFrame: 0, frames: 9, clip: FILLER }], false)).toEqual({
    frames: [],
    blocks: [],
  });
});

describe('captions of a recording', () => {
  const axis = { fps: 25, audioRate: 48_000 };
  const runs: Run[] = [
    { startFrame: 0, frames: 100, clip: FILLER },
    { startFrame: 100, frames: 50, clip: undefined },
    { startFrame: 150, frames: 25, clip: FILLER },
    { startFrame: 175, frames: 100, clip: undefined },
  ];
  const segment = (msn: number, startFrame: number, frames: number) => ({
    ...{ msn, startFrame, frames, mainBytes: 0, sizeBytes: 0 },
  });
  const stored = [segment(4, 100, 25), segment(5, 125, 25), segment(7, 175, 50), segment(8, 225, 50)];
  const source = { axis, runs, stored, endFrame: 275 };
  const cue = (id: string, startMs: number, endMs: number) => ({ id, startMs, endMs, text: id });
  const cues = [cue('a', 4000, 6000), cue('b', 7000, 9000), cue('c', 9000, 11_000)];

  it('stand where their words are, with filler and without', () => {
    expect(recordedCues(source, cues, true)).toEqual(cues);
    expect(recordedCues(source, cues, false)).toEqual([cue('a', 0, 2000), cue('b', 2000, 4000), cue('c', 4000, 6000)]);
  });

  it('move up where a segment could not be stored, and go when all of theirs could not', () => {
    const lost = { ...source, stored: [segment(4, 100, 25), segment(8, 225, 50)] };
    expect(recordedCues(lost, cues, false)).toEqual([cue('a', 0, 1000), cue('c', 1000, 3000)]);
    expect(recordedCues(lost, cues, true)).toEqual([cue('a', 4000, 5000), cue('c', 6000, 8000)]);
  });

  it('go on where filler in between is left out', () => {
    expect(recordedCues(source, [cue('a', 5000, 8000)], false)).toEqual([cue('a', 1000, 3000)]);
    expect(recordedCues(source, [cue('a', 5000, 8000)], true)).toEqual([cue('a', 5000, 8000)]);
  });
});
