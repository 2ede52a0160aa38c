import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { Lab, pictures, tone } from '../test-media.ts';
import { readFacts } from './container-facts.ts';

const lab = new Lab();
afterAll(() => lab.close());

const make = (name: string, args: readonly string[] = []) =>
  readFileSync(lab.make(name, [...pictures(), ...tone(), '-c:v', 'libx264', '-c:a', 'aac', ...args]));
const sound = (name: string, args: readonly string[] = []) => readFileSync(lab.make(name, [...tone(), ...args]));
const read = (...parts: readonly Uint8Array[]) => readFacts(lab.write('x', Buffer.concat(parts)));

/** RFC 8794: an id, a size of eight bytes, a payload. */
function element(id: string, ...parts: readonly Uint8Array[]): Buffer {
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE((1n << 56n) | BigInt(parts.reduce((sum, part) => sum + part.length, 0)));
  return Buffer.concat([Buffer.from(id, 'hex'), size, ...parts]);
}

const number = (id: string, value: number) => element(id, Buffer.from([value]));
const matroska = (...entries: readonly Buffer[]) =>
  Buffer.concat([element('1a45dfa3'), element('18538067', element('1654ae6b', ...entries))]);
const entry = (type: number, ...more: readonly Buffer[]) => element('ae', number('d7', 1), number('83', type), ...more);

test('reads the tracks of Matroska, and its length', () => {
  const facts = read(make('a.mkv', ['-map', '0', '-map', '1', '-map', '1']));
  expect(facts).toMatchObject({ streams: 3, decoded: 3, isIntricate: false });
  expect(facts?.announcedEnd).toBeCloseTo(1, 1);
});

test.each<[string, () => Buffer, RegExp]>([
  ['10,000 tracks', () => matroska(...Array.from({ length: 10_000 }, () => entry(17))), /10000 streams, 500/],
  ['100 of sound', () => matroska(...Array.from({ length: 100 }, () => entry(2))), /100 streams of pictures and sound/],
  [
    'encrypted pictures',
    () => matroska(entry(1, element('6d80', element('6240', element('5035', number('47e1', 5)))))),
    /its pictures are encrypted/,
  ],
])('refuses Matroska with %s', (_, bytes, message) => {
  expect(() => read(bytes())).toThrow(
    expect.objectContaining({ code: 'MEDIA_UNSUPPORTED', message: expect.stringMatching(message) }),
  );
});

test('leaves damaged Matroska to others', () => {
  const bytes = matroska(entry(1));
  for (let at = 0; at < bytes.length; at++) {
    for (const value of [0, 1, 0xff]) {
      const mutant = Buffer.from(bytes);
      mutant[at] = value;
      expect(() => read(mutant)).not.toThrow();
    }
  }
});

test('sees where the clock of a transport stream leaps or goes back, and not where it wraps', () => {
  const [early, late, wraps] = [
    make('a.ts'),
    make('b.ts', ['-output_ts_offset', '100']),
    make('c.ts', ['-output_ts_offset', '95442.5']),
  ];
  expect(read(early)).toMatchObject({ streams: 2, isIntricate: false });
  expect(read(wraps)?.isIntricate).toBe(false);
  expect(read(early, late)?.isIntricate).toBe(true);
  expect(read(late, early)?.isIntricate).toBe(true);
  expect(read(early.subarray(0, 188 * 20), early.subarray(188 * 20 + 1))?.isIntricate).toBe(true);
});

test('refuses a transport stream that is scrambled', () => {
  const bytes = make('scrambled.ts');
  for (let at = 0; at < bytes.length; at += 188) {
    // Tables are never scrambled: those of the first two packets.
    if (at >= 3 * 188) bytes[at + 3] = (bytes[at + 3] ?? 0) | 0x80;
  }
  expect(() => read(bytes)).toThrow(/it is scrambled/);
});

test('sees links of an Ogg chain, and not streams beside each other', () => {
  const link = sound('a.ogg', ['-c:a', 'libvorbis']);
  const both = readFileSync(lab.make('b.ogg', [...pictures(), ...tone(), '-c:v', 'libtheora', '-c:a', 'libvorbis']));
  expect(read(link)).toMatchObject({ streams: 1, isIntricate: false });
  expect(read(both)).toMatchObject({ streams: 2, isIntricate: false });
  expect(read(link, link)).toMatchObject({ streams: 2, isIntricate: true });
});

test.each([
  ['mp3', ['-c:a', 'libmp3lame', '-write_xing', '0', '-id3v2_version', '3', '-metadata', 'title=x']],
  ['aac', []],
  ['mp2', []],
] as const)('walks through the frames of %s to the end, and sees where others follow', (ext, args) => {
  const first = sound(`first.${ext}`, args);
  const other = sound(`other.${ext}`, ['-ar', '24000', '-ac', '2', '-b:a', '160k', ...args]);
  expect(read(first)?.isIntricate).toBe(false);
  expect(read(first, Buffer.alloc(128))?.isIntricate).toBe(false);
  expect(read(first, other)?.isIntricate).toBe(true);
});

test('reads the length that WAVE says, unless it was written to a pipe', () => {
  const wave = sound('a.wav');
  const sized = (bytes: number) => {
    const copy = Buffer.from(wave);
    copy.writeUInt32LE(bytes, copy.indexOf('data') + 4);
    return copy;
  };
  expect(read(wave)?.announcedEnd).toBe(1);
  expect(read(sized(96_000 * 500))?.announcedEnd).toBe(500);
  expect(read(sized(0xffffffff))?.announcedEnd).toBeUndefined();
  expect(read(sized(0))?.announcedEnd).toBeUndefined();
});

test.each([
  ['nothing', ''],
  ['a byte', 'x'],
  ['text', 'hello there, this is no media'],
  ['Ogg without a page', 'OggS'],
  ['an ID3 tag', 'ID3'],
])('says nothing of %s', (_, text) => expect(read(Buffer.from(text))).toBeUndefined());
