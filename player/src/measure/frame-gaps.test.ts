import { expect, test } from 'vitest';
import { FrameGaps } from './frame-gaps.ts';

test('measures the longest time a picture held and counts those over 100 ms', () => {
  const gaps = new FrameGaps();
  const times = [0, 40, 80, 120, 270, 310];
  times.forEach((presentationTime, index) => {
    gaps.present({ presentationTime, presentedFrames: index + 1 });
  });
  expect([gaps.count, gaps.longestMs]).toEqual([1, 150]);
});

test('takes frames that the callback skipped as presented', () => {
  const gaps = new FrameGaps();
  gaps.present({ presentationTime: 0, presentedFrames: 1 });
  gaps.present({ presentationTime: 160, presentedFrames: 5 });
  expect([gaps.count, gaps.longestMs]).toEqual([0, 40]);
});

test('starts anew after an interruption', () => {
  const gaps = new FrameGaps();
  gaps.present({ presentationTime: 0, presentedFrames: 1 });
  gaps.interrupt();
  gaps.present({ presentationTime: 9_000, presentedFrames: 2 });
  expect([gaps.count, gaps.longestMs]).toEqual([0, 0]);
});
