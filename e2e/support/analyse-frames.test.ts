import { expect, test } from 'vitest';
import { analyseFrames, faultsOf } from './analyse-frames.ts';
import type { FrameReading } from './read-frames.ts';

const FPS = 25;
const CLIPS = [
  { clip: 1, frames: 3 },
  { clip: 2, frames: 4 },
];
const SHOWN = ['-', '1:0', '1:1', '1:2', '-', '-', '2:0', '2:1', '2:2', '2:3', '-'];

/** A screen that showed these pictures, one each 40 ms; `-` is filler. */
function screen(names: readonly string[]): FrameReading[] {
  return names.map((name, index) => {
    const [clip, frame] = name.split(':').map(Number);
    const mark = name === '-' ? null : { clip: clip ?? 0, frame: frame ?? 0 };
    return { mark, mediaTime: 5 + index / FPS, wallMs: 1000 + index * 40, presentedFrames: index + 1 };
  });
}

/** A reader whose callback came too late for some pictures. */
const without = (names: readonly string[]) => screen(SHOWN).filter((_, index) => !names.includes(SHOWN[index] ?? ''));

test('finds nothing wrong when every frame was shown once, in order', () => {
  const analysis = analyseFrames(screen(SHOWN), CLIPS, FPS);
  expect(faultsOf(analysis)).toEqual([]);
  expect(analysis).toMatchObject({ skippedPictures: 0, unreadPictures: 0, longestPictureMs: 40 });
});

test('counts pictures as shown that were shown but not read, also across a join', () => {
  const analysis = analyseFrames(without(['1:1', '1:2', '2:0', '2:1']), CLIPS, FPS);
  expect(faultsOf(analysis)).toEqual([]);
  expect(analysis.unreadPictures).toBe(4);
});

test('a picture that was read too late was shown: its mark follows from those around it, also at either end', () => {
  const late = ['1:0', '1:1', '2:0', '2:3'];
  const frames = screen(SHOWN).map((frame, index) =>
    late.includes(SHOWN[index] ?? '') ? { ...frame, mark: undefined } : frame,
  );
  const clipsOnly = frames.slice(1, -1);
  for (const readings of [frames, clipsOnly]) {
    const analysis = analyseFrames(readings, CLIPS, FPS);
    expect(faultsOf(analysis)).toEqual([]);
    expect(analysis.unreadPictures).toBe(0);
  }
});

test('a picture of no clip that was read too late is no frame of one', () => {
  const frames = screen(SHOWN).map((frame) => (frame.mark === null ? { ...frame, mark: undefined } : frame));
  expect(faultsOf(analyseFrames(frames, CLIPS, FPS))).toEqual([]);
});

test('counts a frame as missing and skipped when it was not shown at all', () => {
  const frames = without(['2:1']).map((frame, index) => ({ ...frame, presentedFrames: index + 1 }));
  const analysis = analyseFrames(frames, CLIPS, FPS);
  expect(faultsOf(analysis)).toEqual(['missing: 2:1', 'skipped pictures: 1']);
  expect(analysis.jumpedOver).toEqual(['2:1']);
});

test('excuses a skipped picture that the browser says it threw away, and no other', () => {
  const frames = without(['1:1', '2:1']).map((frame, index) => ({ ...frame, presentedFrames: index + 1 }));
  expect(faultsOf(analyseFrames(frames, CLIPS, FPS), 2)).toEqual([]);
  expect(faultsOf(analyseFrames(frames, CLIPS, FPS), 1)).toEqual(['missing: 1:1 2:1', 'skipped pictures: 2']);
  const cut = screen(SHOWN.filter((name) => name !== '1:2'));
  expect(faultsOf(analyseFrames(cut, CLIPS, FPS), 5)).toEqual(['missing: 1:2']);
});

test('a picture that is painted twice while nothing comes is not shown twice; it stands for as long', () => {
  const frames = screen(SHOWN);
  const again = { ...frames[7]!, wallMs: frames[7]!.wallMs + 1_000, presentedFrames: frames[7]!.presentedFrames + 1 };
  const later = frames.slice(8).map((frame) => ({
    ...frame,
    wallMs: frame.wallMs + 2_000,
    presentedFrames: frame.presentedFrames + 1,
  }));
  const analysis = analyseFrames([...frames.slice(0, 8), again, ...later], CLIPS, FPS);
  expect(faultsOf(analysis)).toEqual([]);
  expect(analysis.longestPictureMs).toBe(2_040);
});

test('counts frames as missing that the stream never had', () => {
  expect(faultsOf(analyseFrames(screen(SHOWN.filter((name) => name !== '1:2')), CLIPS, FPS))).toEqual(['missing: 1:2']);
});

test.each([
  ['a repeated frame', ['1:0', '1:0', '1:1', '1:2', '2:0', '2:1', '2:2', '2:3'], 'repeated: 1:0'],
  ['a frame after a later one', ['1:0', '1:2', '1:1', '2:0', '2:1', '2:2', '2:3'], 'outOfOrder: 1:1'],
  ['clips in the wrong order', ['2:0', '2:1', '2:2', '2:3', '1:0', '1:1', '1:2'], 'outOfOrder: 1:0 1:1 1:2'],
  ['a clip nobody pushed', ['1:0', '1:1', '1:2', '2:0', '2:1', '2:2', '2:3', '3:0'], 'unknown: 3:0'],
])('names %s', (_, names, fault) => {
  expect(faultsOf(analyseFrames(screen(names), CLIPS, FPS))).toEqual([fault]);
});

test('says how long a picture stood', () => {
  const frames = screen(SHOWN).map((frame, index) => ({ ...frame, wallMs: frame.wallMs + (index > 4 ? 300 : 0) }));
  expect(analyseFrames(frames, CLIPS, FPS).longestPictureMs).toBe(340);
});
