import { afterEach, beforeEach, expect, test } from 'vitest';
import { cutSegments, gridFor } from '../timeline/cut.ts';
import { EncodedChunk } from './encoded-chunk.ts';
import { filterScripts } from './filter-scripts.ts';
import { childProcesses, decoded, Lab, loudness, NEVER, rawClip, SMALL } from './test-media.ts';

let lab: Lab;

beforeEach(() => {
  lab = new Lab({ stallMs: 3_000 });
});
afterEach(async () => {
  await lab.close();
  expect(childProcesses()).toEqual([]);
});

test('gives each picture when the next one is there, not later', async () => {
  const clip = rawClip(10);
  const segmentFrames = cutSegments(10, gridFor(SMALL.fps, 1));
  const chunk = new EncodedChunk({ profile: SMALL, segmentFrames, holdFrames: 0 });
  const changes: (() => void)[] = [];
  chunk.onProgress = () => {
    for (const change of changes.splice(0)) change();
  };
  let given = 0;
  const slowly = async function* () {
    for await (const picture of clip.pictures) {
      // A face that waits for each picture to be seen but the last one: the encoder stalls if it keeps more back.
      while (chunk.framesReady < given - 1) await new Promise<void>((resolve) => changes.push(resolve));
      given += 1;
      yield picture;
    }
  };
  await lab.chunks.encode({ kind: 'clip', clip: { ...clip, pictures: slowly() } }, chunk, {
    deadlineMs: 0,
    signal: NEVER,
  });
  expect(given).toBe(10);
  const pictures = decoded(chunk);
  const luma = Array.from({ length: 10 }, (_, frame) => pictures[frame * 128 * 128] ?? 0);
  expect(luma).toEqual([...new Set(luma)].sort((a, b) => a - b));
});

test('has one kind of process waiting for clips of any rate', async () => {
  lab.processes.warm({ kind: 'clip', width: 128, height: 128 }, SMALL);
  for (const audioRate of [16_000, 22_050, 24_000, 48_000]) {
    const { jobsLeft } = lab;
    await expect.poll(() => childProcesses().length).toBe(1);
    const chunk = await lab.encodeSource({ kind: 'clip', clip: rawClip(30, undefined, audioRate) }, 30);
    expect(loudness(chunk.sound(), 2_000, 55_000)).toBeGreaterThan(0.1);
    expect(lab.jobsLeft).toHaveLength(1);
    expect(lab.jobsLeft).not.toEqual(jobsLeft);
  }
});

test('takes a clip without sound', async () => {
  const chunk = await lab.encodeSource({ kind: 'clip', clip: { ...rawClip(10), pcm: new Int16Array() } }, 10);
  expect(chunk.video[0]).toHaveLength(10);
  expect(chunk.sound().every((sample) => sample === 0)).toBe(true);
});

test('does not wait for a picture to know how long the one before it lasts', () => {
  const plan = { profile: SMALL, segmentFrames: [25], holdFrames: 0 };
  expect(filterScripts({ kind: 'clip', clip: rawClip(25) }, plan).video[0]).toMatch(/^trim=end_frame=25,scale=/);
});
