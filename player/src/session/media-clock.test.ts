import { expect, test } from 'vitest';
import { MediaClock } from './media-clock.ts';

const NOON = Date.UTC(2026, 10, 20, 12);

test('knows nothing before the first chunk is published', () => {
  expect(new MediaClock().mediaTimeAt(NOON)).toBeUndefined();
});

test('maps dates around one chunk to the timeline, before it too', () => {
  const clock = new MediaClock();
  clock.add({ start: 10, dateMs: NOON });
  expect(clock.mediaTimeAt(NOON)).toBe(10);
  expect(clock.mediaTimeAt(NOON + 1_240)).toBeCloseTo(11.24);
  expect(clock.mediaTimeAt(NOON - 4_000)).toBe(6);
});

test('follows the date where the stream fell behind and the server moved it on', () => {
  const clock = new MediaClock();
  clock.add({ start: 10, dateMs: NOON });
  clock.add({ start: 20, dateMs: NOON + 15_000 });
  expect(clock.mediaTimeAt(NOON + 9_000)).toBe(19);
  // Between the anchors the date jumped: never past the next chunk before it is on screen.
  expect(clock.mediaTimeAt(NOON + 14_000)).toBeCloseTo(19.999);
  expect(clock.mediaTimeAt(NOON + 15_500)).toBe(20.5);
});

test('takes anchors in any order, and the same one twice', () => {
  const clock = new MediaClock();
  clock.add({ start: 20, dateMs: NOON + 15_000 });
  clock.add({ start: 10, dateMs: NOON });
  clock.add({ start: 10, dateMs: NOON });
  expect(clock.mediaTimeAt(NOON + 1_000)).toBe(11);
  expect(clock.mediaTimeAt(NOON + 16_000)).toBe(21);
});

test('maps the timeline back to dates', () => {
  const clock = new MediaClock();
  expect(clock.dateMsAt(3)).toBeUndefined();
  clock.add({ start: 10, dateMs: NOON });
  clock.add({ start: 20, dateMs: NOON + 15_000 });
  expect([9, 10, 12.5, 20, 21].map((at) => (clock.dateMsAt(at) ?? 0) - NOON)).toEqual([
    -1_000, 0, 2_500, 15_000, 16_000,
  ]);
});
