import { expect, test } from 'vitest';
import { Complaints } from './complaints.ts';

function read(...lines: string[]): Complaints {
  const complaints = new Complaints();
  complaints.push(`${lines.join('\n')}\n`);
  return complaints;
}

test('keeps the first complaints and counts all, without addresses and without warnings', () => {
  const complaints = read(
    '[mov,mp4,m4a,3gp,3g2,mj2 @ 0x5640dc319880] [warning] Packet corrupt (stream = 0, dts = 21504).',
    '[h264 @ 0x55807a363580] [error] error while decoding MB 2 22, bytestream 2489',
    '[h264 @ 0x55807a2d3040] [error] error while decoding MB 2 22, bytestream 2489',
    '[error] Error while decoding stream #1:1: Invalid data found when processing input',
    '[aac @ 0x1] [error] a third',
    '[aac @ 0x1] [error] a fourth',
    'no line of a log',
  );
  expect(complaints.errors).toBe(5);
  expect(complaints.text).toBe(
    'h264: error while decoding MB 2 22, bytestream 2489; Error while decoding stream #1:1: Invalid data found when processing input; aac: a third',
  );
  expect([complaints.isOurs, complaints.isOutOfMemory, complaints.hasResized]).toEqual([false, false, false]);
});

test.each([
  ['[libx264 @ 0x1] [error] broken ffmpeg default settings detected', 'isOurs'],
  ['[h264_nvenc @ 0x1] [error] Cannot load libcuda.so.1', 'isOurs'],
  ['[mp4 @ 0x1] [error] timescale not set', 'isOurs'],
  ['[error] Error while decoding stream #1:0: Cannot allocate memory', 'isOutOfMemory'],
  [
    '[graph 0 input from stream 1:0 @ 0x1] [warning] Changing video frame properties on the fly is not supported by all filters.',
    'hasResized',
  ],
] as const)('knows what %s means', (line, meaning) => expect(read(line)[meaning]).toBe(true));

test('reads lines in pieces, and bounds what it keeps', () => {
  const complaints = new Complaints();
  for (const piece of '[h264 @ 0x1] [error] in pieces\n') complaints.push(piece);
  complaints.push(`[h264 @ 0x1] [error] ${'x'.repeat(100_000)}\n`);
  expect(complaints.text.startsWith('h264: in pieces')).toBe(true);
  expect(complaints.text.length).toBeLessThan(1_000);
});
