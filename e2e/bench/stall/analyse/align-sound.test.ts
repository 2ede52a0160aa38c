import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { decodeSound } from '../../../support/beeps.ts';
import { ffmpegPath } from '../../ffmpeg-settings.ts';
import { SOUND_ENCODE } from '../script/clips.ts';
import { withPilot } from '../script/pilot.ts';
import { alignSound, type KnownSound } from './align-sound.ts';
import { heardSentence } from './voices.ts';

const run = promisify(execFile);
const RATE = 48_000;
/** What can be told at the ends of a stretch: 4 ms. */
const EDGE = 192;

/** A voice that is alike in all sentences, with pauses: the hard case. */
function voice(seconds: number, pitch: number): Int16Array {
  return Int16Array.from({ length: seconds * RATE }, (_, index) => {
    const isPause = Math.floor(index / (RATE * 0.3)) % 3 === 2;
    const harmonics = [1, 2, 3, 5].map((n) => Math.sin((2 * Math.PI * pitch * n * index) / RATE) / n);
    return isPause ? 0 : 6_000 * harmonics.reduce((sum, value) => sum + value, 0);
  });
}

const SOUNDS: readonly KnownSound[] = [1, 2, 3].map((clip) => ({ clip, pcm: withPilot(voice(1.5, 120), clip) }));
const [one, two, three] = SOUNDS.map(({ pcm }) => pcm) as [Int16Array, Int16Array, Int16Array];
const silence = (ms: number): Int16Array => new Int16Array((ms * RATE) / 1000);
const LENGTH = one.length;

function joined(...pieces: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

const heard = (clip: number, pcm: Int16Array) => heardSentence(clip, LENGTH, alignSound(pcm, SOUNDS), RATE);

test('finds sentences that follow each other without a break, each to the sample', () => {
  expect(alignSound(joined(silence(500), one, two, three, silence(300)), SOUNDS)).toEqual([
    { clip: 1, heardAt: 24_000, start: 0, length: LENGTH },
    { clip: 2, heardAt: 24_000 + LENGTH, start: 0, length: LENGTH },
    { clip: 3, heardAt: 24_000 + 2 * LENGTH, start: 0, length: LENGTH },
  ]);
});

test('finds a hole of 80 ms between two sentences, and one of 1 sample', () => {
  const recording = joined(silence(100), one, silence(80), two, new Int16Array(1), three, silence(100));
  const [first, second, third] = [1, 2, 3].map((clip) => heard(clip, recording));
  expect(second!.startAt! - first!.endAt!).toBe(3_840);
  expect(third!.startAt! - second!.endAt!).toBe(1);
  expect([first, second, third].map((sentence) => sentence!.missing)).toEqual([0, 0, 0]);
});

test('finds a hole of 80 ms inside a sentence after which it goes on where it was', () => {
  const cut = 30_000;
  const { holes, missing, repeated } = heard(
    1,
    joined(silence(50), one.subarray(0, cut), silence(80), one.subarray(cut)),
  );
  expect(holes).toHaveLength(1);
  expect(holes[0]!.ms).toBeGreaterThan(76);
  expect(holes[0]!.ms).toBeLessThan(84);
  expect({ missing, repeated }).toEqual({ missing: 0, repeated: 0 });
});

test('finds 100 ms that are heard twice', () => {
  const { repeated, missing } = heard(1, joined(silence(50), one.subarray(0, 40_000), one.subarray(35_200)));
  expect(Math.abs(repeated - 4_800)).toBeLessThan(EDGE);
  expect(missing).toBe(0);
});

test.each([
  ['the beginning', joined(silence(50), one.subarray(2_400), two), 2_400],
  ['the middle', joined(silence(50), one.subarray(0, 30_000), one.subarray(34_800), two), 4_800],
  ['the end', joined(silence(50), one.subarray(0, LENGTH - 9_600), two), 9_600],
])('counts the samples that are missing from %s', (_, recording, samples) => {
  const { missing, repeated } = heard(1, recording);
  expect(Math.abs(missing - samples)).toBeLessThan(EDGE);
  expect(repeated).toBe(0);
});

test('two sentences that sound at once overlap, and nothing is missing of them', () => {
  const overlap = 1_440;
  const both = Int16Array.from({ length: overlap }, (_, at) => one[LENGTH - overlap + at]! + two[at]!);
  const recording = joined(silence(50), one.subarray(0, LENGTH - overlap), both, two.subarray(overlap));
  const [first, second] = [heard(1, recording), heard(2, recording)];
  expect(second.startAt! - first.endAt!).toBe(-overlap);
  expect(second.missing).toBe(0);
});

test('a sentence that was never heard is missing as a whole', () => {
  expect(heard(3, joined(silence(50), one, two))).toMatchObject({ missing: LENGTH, startAt: undefined });
});

test('finds the same in sound that was coded twice, as it is on its way through a session', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'align-'));
  try {
    const recording = joined(
      silence(500),
      one,
      silence(80),
      two.subarray(0, 30_000),
      two.subarray(25_200),
      three,
      silence(500),
    );
    let coded = recording;
    for (const round of [1, 2]) {
      const [raw, file] = [join(dir, `${round}.raw`), join(dir, `${round}.mp4`)];
      await writeFile(raw, new Uint8Array(coded.buffer, coded.byteOffset, coded.byteLength));
      const input = ['-f', 's16le', '-ar', `${RATE}`, '-ac', '1', '-i', raw];
      await run(ffmpegPath(), ['-v', 'error', '-y', ...input, ...SOUND_ENCODE, file]);
      expect((await readFile(file)).length).toBeGreaterThan(1_000);
      coded = await decodeSound(file, RATE);
    }
    const [first, second, third] = [1, 2, 3].map((clip) => heard(clip, coded));
    expect(second!.startAt! - first!.endAt!).toBe(3_840);
    expect(third!.startAt! - second!.endAt!).toBe(0);
    expect(Math.abs(second!.repeated - 4_800)).toBeLessThan(EDGE);
    expect([first!.missing, second!.missing, third!.missing]).toEqual([0, 0, 0]);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
