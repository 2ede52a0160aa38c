import { afterAll, expect, test } from 'vitest';
import { box, Lab, pictures, tone, words } from '../test-media.ts';
import { readFacts } from './container-facts.ts';

const lab = new Lab();
afterAll(() => lab.close());

type Tables = { stts?: number[]; stsz?: number[]; stsc?: number[]; stco?: number[]; ctts?: number[]; elst?: number[] };

/** A track of one sample, but for the tables that are given. */
function track(handler: string, tables: Tables = {}): Buffer {
  const { stts = [0, 1, 1, 512], stsz = [0, 100, 1], stsc = [0, 1, 1, 1, 1], stco = [0, 1, 48], ctts, elst } = tables;
  const stbl = box(
    'stbl',
    box('stsd', words(0, 1), box('xxxx', Buffer.alloc(78))),
    ...[
      box('stts', words(...stts)),
      box('stsz', words(...stsz)),
      box('stsc', words(...stsc)),
      box('stco', words(...stco)),
    ],
    ...(ctts ? [box('ctts', words(...ctts))] : []),
  );
  const mdia = box('mdia', box('hdlr', words(0, 0), Buffer.from(handler), Buffer.alloc(13)), box('minf', stbl));
  return box(
    'trak',
    box('tkhd', words(0, 0, 0, 7), Buffer.alloc(68)),
    ...(elst ? [box('edts', box('elst', words(...elst)))] : []),
    mdia,
  );
}

const file = (...boxes: readonly Buffer[]) => Buffer.concat([box('ftyp', Buffer.from('isom\0\0\0\0isom')), ...boxes]);
const movie = (...traks: readonly Buffer[]) =>
  box('moov', box('mvhd', words(0, 0, 0, 1_000, 5_000), Buffer.alloc(80)), ...traks);
const read = (bytes: Uint8Array) => readFacts(lab.write('x.mp4', bytes));

test('reads lengths, streams and edits', () => {
  const facts = read(
    file(movie(track('vide', { elst: [0, 2, 500, -1, 0x10000, 3_000, 100, 0x10000] }), track('meta'))),
  );
  expect(facts).toMatchObject({ streams: 2, decoded: 1, announcedEnd: 5, isIntricate: false, isFragmented: false });
  expect(facts?.tracks.get(7)).toEqual({});
  const [edited] = [
    ...(read(file(movie(track('vide', { elst: [0, 1, 3_000, 100, 0x10000] }))))?.tracks.values() ?? []),
  ];
  expect(edited).toEqual({ edit: { emptySeconds: 0, seconds: 3 } });
});

test.each<[string, () => Buffer]>([
  ['two edits', () => file(movie(track('vide', { elst: [0, 2, 1_000, 0, 0x10000, 1_000, 5_000, 0x10000] })))],
  ['a pause between edits', () => file(movie(track('vide', { elst: [0, 2, 1_000, 0, 0x10000, 1_000, -1, 0x10000] })))],
  ['an edit at half the speed', () => file(movie(track('soun', { elst: [0, 1, 1_000, 0, 0x8000] })))],
  [
    'media that is cut off',
    () => Buffer.concat([file(movie(track('vide'))), box('mdat', Buffer.alloc(100)).subarray(0, 50)]),
  ],
])('leaves %s to ffprobe', (_, bytes) => expect(read(bytes())?.isIntricate).toBe(true));

const BOMB = 85_000_000;
test.each<[string, () => Buffer, RegExp]>([
  [
    'samples of one size',
    () => movie(track('vide', { stsz: [0, 1, BOMB] })),
    /claim 85000000 entries in \d+ bytes, at most 2000000/,
  ],
  ['samples of sound', () => movie(track('soun', { stsz: [0, 1, BOMB], stts: [0, 1, BOMB, 2] })), /85000000 entries/],
  [
    'a table of sizes',
    () => movie(track('vide', { stsz: [0, 0, BOMB] })),
    /stsz claims 85000000 samples and has room for 0/,
  ],
  [
    'a table of times',
    () => movie(track('vide', { stts: [0, BOMB, 1, 512] })),
    /stts claims 85000000 entries and has room for 1/,
  ],
  ['a table of offsets', () => movie(track('vide', { ctts: [0, BOMB, 1, 512] })), /ctts claims 85000000/],
  ['a table of chunks', () => movie(track('vide', { stco: [0, BOMB, 48] })), /stco claims 85000000/],
  ['runs of chunks', () => movie(track('vide', { stsc: [0, BOMB, 1, 1, 1] })), /stsc claims 85000000/],
  [
    'an edit list',
    () => movie(track('vide', { elst: [0, BOMB] })),
    /edit list claims 85000000 entries and has room for 0/,
  ],
  [
    'uncompressed sound in chunks of 2 G samples',
    () => movie(track('soun', { stts: [0, 1, BOMB, 1], stsc: [0, 1, 1, 0x7fffffff, 1], stco: [0, 2, 48, 48] })),
    /at most 2000000/,
  ],
  [
    'edits that each show a long track again',
    () => {
      const edits = Array.from({ length: 100 }, () => [10, 0, 0x10000]).flat();
      return movie(track('vide', { stsz: [0, 1, 50_000], elst: [0, 100, ...edits] }));
    },
    /at most 2000000/,
  ],
  [
    'tracks of which none alone is too much',
    () => movie(...Array.from({ length: 5 }, () => track('vide', { stsz: [0, 1, 500_000] }))),
    /2500000 entries/,
  ],
  [
    '10,000 tracks',
    () => movie(...Array.from({ length: 10_000 }, () => track('meta'))),
    /10000 streams, 500 are allowed/,
  ],
  [
    '100 tracks of sound',
    () => movie(...Array.from({ length: 100 }, () => track('soun'))),
    /100 streams of pictures and sound, 64/,
  ],
  ['a compressed index', () => box('moov', box('cmov', Buffer.alloc(20))), /compressed/],
  [
    'a fragment of 85 M samples that have no fields',
    () => Buffer.concat([movie(track('vide')), box('moof', box('traf', box('trun', words(0, BOMB))))]),
    /trun claims 85000000 samples/,
  ],
  [
    'a fragment of 85 M sizes',
    () => Buffer.concat([movie(track('vide')), box('moof', box('traf', box('trun', words(0x200, BOMB, 1))))]),
    /trun claims 85000000 samples and has room for 1/,
  ],
])('disbelieves %s', (_, bytes, message) => {
  const thrown = expect.objectContaining({ code: 'MEDIA_UNSUPPORTED', message: expect.stringMatching(message) });
  expect(() => read(file(bytes()))).toThrow(thrown);
});

test('believes an hour of uncompressed sound, sample by sample', () => {
  const samples = 48_000 * 3_600;
  const tables = { stsz: [0, 2, samples], stts: [0, 1, samples, 1], stsc: [0, 1, 1, samples, 1] };
  expect(read(file(movie(track('soun', tables))))?.streams).toBe(1);
});

test.each(['encv', 'drmi'])('refuses samples that are encrypted: %s', (entry) => {
  const bytes = file(movie(track('vide')));
  bytes.write(entry, bytes.indexOf('xxxx'), 'latin1');
  expect(() => read(bytes)).toThrow(/its pictures are encrypted/);
});

test('reads what ffmpeg writes, whole or in fragments', () => {
  const whole = lab.make('whole.mp4', [...pictures(), ...tone(), '-c:v', 'libx264', '-c:a', 'aac']);
  const fragments = ['-i', whole, '-c', 'copy', '-movflags', 'frag_keyframe+empty_moov'];
  const expected = { streams: 2, decoded: 2, isIntricate: false };
  expect(readFacts(whole)).toMatchObject({ ...expected, isFragmented: false, announcedEnd: 1 });
  expect(readFacts(lab.make('fragments.mp4', fragments))).toMatchObject({ ...expected, isFragmented: true });
});

test('survives the file with any of its bytes changed, and cut off anywhere', () => {
  const bytes = file(
    movie(track('vide', { elst: [0, 1, 3_000, 100, 0x10000] })),
    box('moof', box('traf', box('trun', words(0, 1)))),
  );
  for (let at = 0; at < bytes.length; at++) {
    for (const value of [0, 0x7f, 0xff]) {
      const mutant = Buffer.from(bytes);
      mutant[at] = value;
      refusedOrRead(mutant);
    }
    refusedOrRead(bytes.subarray(0, at));
  }
});

function refusedOrRead(bytes: Uint8Array): void {
  try {
    read(bytes);
  } catch (error) {
    expect(error).toMatchObject({ code: 'MEDIA_UNSUPPORTED' });
  }
}
