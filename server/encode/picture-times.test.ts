import { expect, test } from 'vitest';
import { PictureTimes } from './picture-times.ts';

const line = (frame: number, time: number) =>
  `frame:${frame}    pts:${Math.round(time * 1000)}     pts_time:${time}\nt=1\n`;

test('keeps first, last, count and the longest pause', () => {
  const times = new PictureTimes();
  times.push([0.08, 0.12, 2.5, 2.54].map((time, frame) => line(frame, time)).join(''));
  expect(times.came).toEqual({ count: 4, first: 0.08, last: 2.54, gap: { at: 0.12, seconds: 2.38 } });
});

test('reads lines in pieces, and times in any notation', () => {
  const times = new PictureTimes();
  for (const byte of line(0, -0.04) + line(1, 0) + line(2, 1e-7)) times.push(byte);
  expect(times.came).toMatchObject({ count: 3, first: -0.04, last: 1e-7 });
});

test('takes pictures that go back for no end', () => {
  const times = new PictureTimes();
  times.push([0, 1, 2, 0.5].map((time, frame) => line(frame, time)).join(''));
  expect(times.came).toMatchObject({ count: 4, last: 2 });
});

test('passes over everything else', () => {
  const times = new PictureTimes();
  times.push(`nonsense\n${'x'.repeat(5_000)}\nframe:1 pts:NOPTS pts_time:NOPTS\n`);
  expect(times.came).toBeUndefined();
});
