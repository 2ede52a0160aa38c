import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isSurelyWhole, readingOf } from './clip-layout.ts';

const directory = mkdtempSync(join(tmpdir(), 'clip-layout-'));
const at = (name: string): string => join(directory, name);

beforeAll(() => {
  const make = (name: string, ...options: string[]) =>
    spawnSync('ffmpeg', [
      '-v',
      'error',
      '-f',
      'lavfi',
      '-i',
      'testsrc2=size=64x64:rate=10',
      '-t',
      '1',
      ...options,
      at(name),
    ]);
  make('end.mp4');
  make('start.mp4', '-movflags', '+faststart');
  make('parts.mp4', '-g', '2', '-movflags', '+frag_keyframe+empty_moov');
  make('endless.mp4', '-g', '2', '-movflags', '+frag_keyframe+empty_moov+skip_trailer');
  make('clip.mkv');
  make('live.webm', '-c:v', 'libvpx', '-live', '1');
  make('clip.avi');
});
afterAll(() => rmSync(directory, { recursive: true }));

test.each([
  ['end.mp4', 'file', true],
  ['start.mp4', 'stream', true],
  ['parts.mp4', 'stream', true],
  ['endless.mp4', 'stream', false],
  ['clip.mkv', 'stream', true],
  ['live.webm', 'stream', false],
  ['clip.avi', 'stream', true],
])('%s is read as a %s and says of itself that it is whole: %s', async (name, reading, isWhole) => {
  const bytes = readFileSync(at(name));
  expect(readingOf(bytes)).toBe(reading);
  expect(await isSurelyWhole(at(name))).toBe(isWhole);
  if (name === 'clip.avi') return;
  for (const share of [0.1, 0.5, 0.99]) {
    writeFileSync(at('cut'), bytes.subarray(0, bytes.length * share));
    expect(await isSurelyWhole(at('cut'))).toBe(false);
  }
});

const box = (type: string, size: number): Buffer => {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(size);
  bytes.write(type, 4, 'latin1');
  return bytes;
};

test.each([
  ['nothing yet', Buffer.alloc(0), undefined],
  ['a heading that is not there yet', box('ftyp', 24), undefined],
  ['a box shorter than its header', box('ftyp', 4), 'stream'],
  ['a 64 bit size that goes back', box('ftyp', 1), 'stream'],
  ['media up to the end', box('mdat', 0), 'file'],
  ['a heading without end', box('free', 1_000_000), 'file'],
  ['something else', Buffer.from('<html><body>hello'), 'stream'],
])('decides on %s', (_, bytes, reading) => expect(readingOf(bytes)).toBe(reading));

test('many empty boxes are no endless work', async () => {
  writeFileSync(at('boxes'), Buffer.concat(Array(20_000).fill(box('free', 8).subarray(0, 8))));
  expect(await isSurelyWhole(at('boxes'))).toBe(false);
});
