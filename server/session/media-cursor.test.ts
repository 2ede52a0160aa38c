import { expect, test } from 'vitest';
import { fillerClip } from './fakes.ts';
import { MediaCursor } from './media-cursor.ts';

const names = (video: ReturnType<MediaCursor['take']>) =>
  (video[0] ?? []).map((sample) => new TextDecoder().decode(sample.data));
const CLIP = fillerClip({ partFrames: 2, segmentParts: 2 }, 7);

test('reads media part by part, segment by segment, to its end', () => {
  const cursor = new MediaCursor(CLIP, false);
  const read: [boolean, number, string[]][] = [];
  while (!cursor.done)
    read.push([cursor.atSegmentStart, cursor.segmentLeft, names(cursor.take(Math.min(2, cursor.segmentLeft)))]);
  expect(read).toEqual([
    [true, 4, ['~0', '~1']],
    [false, 2, ['~2', '~3']],
    [true, 3, ['~4', '~5']],
    [false, 1, ['~6']],
  ]);
  expect([cursor.frame, cursor.segmentLeft, cursor.atStart]).toEqual([7, 0, false]);
});

test('starts a loop again at its end', () => {
  const cursor = new MediaCursor(CLIP, true);
  for (let round = 0; round < 3; round++) {
    expect([cursor.atStart, cursor.frame, cursor.done]).toEqual([true, 0, false]);
    expect(names(cursor.take(4))).toEqual(['~0', '~1', '~2', '~3']);
    expect(names(cursor.take(3))).toEqual(['~4', '~5', '~6']);
  }
});

test.each([true, false])('goes on at any frame as if it had been read up to there (loop: %s)', (loop) => {
  const read = new MediaCursor(CLIP, loop);
  for (let frame = 0; frame < 7; frame++) {
    const cursor = new MediaCursor(CLIP, loop, frame);
    expect([cursor.frame, cursor.segmentLeft, cursor.atSegmentStart, cursor.atStart]).toEqual([
      ...[read.frame, read.segmentLeft, read.atSegmentStart, read.atStart],
    ]);
    expect(names(cursor.take(1))).toEqual(names(read.take(1)));
  }
  expect(new MediaCursor(CLIP, false, 7).done).toBe(true);
});

test('ends with media that becomes shorter while it is read', () => {
  const media = { video: CLIP.video, segmentFrames: [4, 3] as readonly number[] };
  const within = new MediaCursor(media, false);
  const behind = new MediaCursor(media, false);
  within.take(4);
  within.take(1);
  behind.take(4);
  behind.take(2);
  media.segmentFrames = [4, 2];
  expect([within.segmentLeft, within.done]).toEqual([1, false]);
  within.take(1);
  expect([within.done, behind.done, behind.segmentLeft]).toEqual([true, true, 0]);
  const whole = new MediaCursor({ ...media, segmentFrames: [4] }, false);
  whole.take(4);
  expect(whole.done).toBe(true);
});
