import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { PcmReader } from './pcm-reader.ts';

/** What the encoder asks ffmpeg for (`encode/chunk-arguments.ts`). */
const TIMED = [
  ...['-c:a', 'pcm_s16le', '-avoid_negative_ts', 'disabled', '-f', 'mov'],
  ...['-movflags', 'frag_every_frame+empty_moov+default_base_moof+frag_discont'],
];

function sound(filter: string): Buffer {
  const input = ['-f', 'lavfi', '-i', 'sine=440:d=0.2:r=8000:samples_per_frame=400'];
  return execFileSync('ffmpeg', ['-v', 'error', ...input, '-af', filter, ...TIMED, 'pipe:1']);
}

function read(bytes: Uint8Array, pieceBytes = bytes.length) {
  const reader = new PcmReader();
  const blocks = [];
  for (let at = 0; at < bytes.length; at += pieceBytes)
    blocks.push(...reader.push(bytes.subarray(at, at + pieceBytes)));
  return blocks;
}

test('gives each block with its time, from wherever it begins', () => {
  const blocks = read(sound("asetpts='PTS+1000+gte(PTS,800)*5000'"));
  expect(blocks.map(({ startSample, bytes }) => [startSample, bytes.length / 2])).toEqual([
    [1_000, 400],
    [1_400, 400],
    [6_800, 400],
    [7_200, 400],
  ]);
});

test.each([1, 7, 1_000])('reads pieces of %d bytes like the whole', (pieceBytes) => {
  const bytes = sound('anull');
  expect(read(bytes, pieceBytes)).toEqual(read(bytes));
});

test.each([
  ['sound without a time', Buffer.from('0000000c6d64617400000000', 'hex')],
  ['a box that never ends', Buffer.from('7fffffff6d6f6f66', 'hex')],
  ['a box of size 1', Buffer.from('000000046d6f6f66', 'hex')],
  ['a fragment without a track', Buffer.from('000000086d6f6f66', 'hex')],
])('refuses %s', (_, bytes) => {
  expect(() => read(bytes)).toThrow(expect.objectContaining({ code: 'BOX_MALFORMED' }));
});
