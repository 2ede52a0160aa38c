import { expect, test } from 'vitest';
import type { SeenFrame } from '../probe/types.ts';
import { seenSentence } from './pictures.ts';
import { shownFrames } from './screen.ts';

const FRAME_MS = 40;
const FRAMES = 10;

/** An element that shows these frames of sentence 1, one each 40 ms from 1 s on; `null` is no mark. */
function shows(frames: readonly (number | null)[], { element = 0, fromMs = 1_000, clip = 1 } = {}): SeenFrame[] {
  return frames.map((frame, index) => ({
    element,
    mark: frame === null ? null : { clip, frame },
    mediaTime: index / 25,
    atMs: fromMs + index * FRAME_MS,
    presented: index + 1,
  }));
}

const ALL = Array.from({ length: FRAMES }, (_, frame) => frame);
const inFront = [{ atMs: 0, element: 0 }];
const seen = (frames: readonly SeenFrame[], clip = 1) =>
  seenSentence(clip, FRAMES, shownFrames({ frames, fronts: inFront }), FRAME_MS);

test('finds nothing wrong with a sentence that was shown as it is', () => {
  expect(seen(shows([null, ...ALL, null]))).toEqual({
    ...{ expected: FRAMES, skipped: 0, repeated: 0, stands: [] },
    ...{ firstMs: 1_040, lastMs: 1_400 },
  });
});

test('finds a frame that was dropped, and how long the one before it stood', () => {
  const frames = shows(ALL.filter((frame) => frame !== 5)).map((frame, index) =>
    index < 5 ? frame : { ...frame, atMs: frame.atMs + FRAME_MS },
  );
  expect(seen(frames)).toMatchObject({ skipped: 1, repeated: 0, stands: [{ atMs: 1_200, ms: 40 }] });
});

test('counts a frame as shown that was shown but not read', () => {
  const frames = shows(ALL).filter((_, index) => index !== 5);
  expect(seen(frames)).toMatchObject({ skipped: 0, stands: [] });
});

test('counts frames as shown that were shown but not read at the end, and as skipped where there were none', () => {
  const [sentence, next] = [shows(ALL), shows(ALL, { clip: 2, fromMs: 1_400 })];
  const following = next.map((frame) => ({ ...frame, presented: frame.presented + FRAMES }));
  expect(seen([...sentence.slice(0, 8), ...following])).toMatchObject({ skipped: 0 });
  const jumped = next.map((frame) => ({ ...frame, presented: frame.presented + FRAMES - 2 }));
  expect(seen([...sentence.slice(0, 8), ...jumped])).toMatchObject({ skipped: 2 });
});

test('finds frames that were shown again', () => {
  expect(seen(shows([0, 1, 2, 3, 4, 3, 4, 5, 6, 7, 8, 9]))).toMatchObject({ repeated: 2, skipped: 0 });
});

test('the last picture came when it came, however long it stays', () => {
  expect(seen(shows([...ALL, 9, 9, 9]))).toMatchObject({ lastMs: 1_360, repeated: 0, skipped: 0 });
});

test('finds a stall', () => {
  const frames = shows(ALL).map((frame, index) => (index < 4 ? frame : { ...frame, atMs: frame.atMs + 500 }));
  expect(seen(frames).stands).toEqual([{ atMs: 1_160, ms: 500 }]);
});

test('a sentence that was never on screen has no times', () => {
  expect(seen(shows([null, null]))).toMatchObject({ skipped: FRAMES, firstMs: undefined, lastMs: undefined });
});

test('sees what the element in front shows, and a picture that waited behind from the moment it comes to the front', () => {
  const [front, behind] = [shows(ALL), shows([0, 1, 2], { element: 1, clip: 2, fromMs: 1_300 })];
  const swap = [...inFront, { atMs: 1_350, element: 1 }];
  const screen = shownFrames({ frames: [...front, ...behind], fronts: swap });
  expect(screen.filter(({ mark }) => mark?.clip === 2).map(({ atMs }) => atMs)).toEqual([1_350, 1_380]);
  // The picture of 1,360 ms was given to an element that nobody saw any more.
  expect(screen.filter(({ mark }) => mark?.clip === 1)).toHaveLength(9);
});
