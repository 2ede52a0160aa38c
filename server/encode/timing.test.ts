import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { segmentStarts } from '../timeline/cut.ts';
import { beeps, beepsOf, cardIn, codesOf, expectNear, flashes, flashesOf, X264 } from './test-marks.ts';
import { box, childProcesses, decoded, Lab, SMALL, syncFrames, words } from './test-media.ts';

/** When pictures and sound of a file come: cuts, edit lists, tracks that start late, clocks that leap. */

let lab: Lab;
let card: string;

beforeAll(() => {
  lab = new Lab();
  card = cardIn(lab);
});
afterEach(async () => {
  await expect.poll(() => childProcesses().length, { timeout: 10_000 }).toBeLessThanOrEqual(3);
});
afterAll(async () => {
  await lab.processes.close();
  expect(lab.jobsLeft).toEqual([]);
  await lab.close();
});

describe('long chunks', () => {
  const tiny = { ...SMALL, width: 64, height: 64, fps: 5, renditions: [] };
  const source = (seconds: number) =>
    lab.make(`long-${seconds}.mp4`, ['-f', 'lavfi', '-i', `testsrc2=s=64x64:r=5:d=${seconds}`, ...X264]);

  test.each([
    ['as long as they may be', 600, undefined],
    ['in 300 segments of any length', 120, Array.from({ length: 300 }, (_, at) => 1 + ((at * 7) % 3))],
  ] as const)('have all their pictures, and a sync sample where each segment starts: %s', async (_, seconds, cut) => {
    const chunk = await lab.encode(source(seconds), {
      profile: tiny,
      plan: { holdFrames: 5, ...(cut && { segmentFrames: cut }) },
    });
    const frames = cut ? cut.reduce((sum, length) => sum + length, 0) : seconds * 5;
    expect(chunk.frames).toBe(frames);
    expect(syncFrames(chunk).filter((frame) => frame < frames)).toEqual(segmentStarts(chunk.plan.segmentFrames));
    expect(codesOf(chunk).filter((code) => code !== 'LONGER')).toEqual([]);
    const sizes = chunk.video[0]?.map(({ data }) => data.byteLength) ?? [];
    // No picture is like the one before it.
    expect(Math.min(...sizes.slice(0, frames))).toBeGreaterThan(30);
  });
});

describe('pictures that are shown for less than half a frame', () => {
  test.each([
    ['alone', [], 1],
    ['with sound that goes on', ['-f', 'lavfi', '-i', 'sine=440:d=2'], 50],
  ] as const)('are shown %s', async (name, sound, frames) => {
    const picture = ['-f', 'lavfi', '-i', 'color=white:s=64x64:r=120:d=0.008'];
    const path = lab.make(`blink-${name}.mp4`, [...picture, ...sound, ...X264, '-c:a', 'aac']);
    const chunk = await lab.encode(path);
    expectNear([chunk.frames], [frames], 1);
    expect(codesOf(chunk)).toEqual([]);
    expect(decoded(chunk).some((value) => value > 200)).toBe(true);
  });
});

describe('trimmed without re-encoding', () => {
  test.each([
    ['behind a negative first timestamp', 'cut.mp4', ['-ss', '1.3'], [], 2.7, [0.7, 1.7]],
    ['as QuickTime', 'cut.mov', ['-ss', '1.3'], [], 2.7, [0.7, 1.7]],
    [
      'in fragments, from the picture before',
      'fragments.mp4',
      ['-ss', '1.3'],
      ['-movflags', 'frag_keyframe+delay_moov'],
      3.08,
      [0.08, 1.08, 2.08],
    ],
    ['as Matroska, from the picture before', 'cut.mkv', ['-ss', '1.3'], [], 3.08, [0.08, 1.08, 2.08]],
    ['as a transport stream, from the picture before', 'cut.ts', ['-ss', '1.3'], [], 3.08, [0.08, 1.08, 2.08]],
  ] as const)('a clip starts and ends where it was cut: %s', async (_, name, seek, options, seconds, marks) => {
    const chunk = await lab.encode(lab.make(name, [...seek, '-i', card, '-c', 'copy', ...options]));
    expectNear([chunk.frames / SMALL.fps], [seconds], 0.1);
    expectNear(beepsOf(chunk), marks);
    expectNear(flashesOf(chunk), flashesOf(chunk).length > marks.length ? [0, ...marks] : marks, 0.09);
    expect(codesOf(chunk)).toEqual([]);
  });

  test('a clip ends where its edit list says', async () => {
    const chunk = await lab.encode(edited('end.mp4', [[1_500, 0]]));
    expectNear([chunk.frames / SMALL.fps], [1.5], 0.05);
    expectNear(beepsOf(chunk), [0, 1]);
  });

  test('pieces of one clip come in the order that its edit list says', async () => {
    const chunk = await lab.encode(
      edited('pieces.mp4', [
        [1_500, 2_000],
        [1_000, 0],
      ]),
    );
    expectNear([chunk.frames / SMALL.fps], [2.5], 0.1);
    expectNear(beepsOf(chunk), [0, 1, 1.5], 0.1);
  });

  test('a pause that all tracks begin with is left out', async () => {
    const chunk = await lab.encode(
      edited('empty.mp4', [
        [1_000, -1],
        [2_000, 0],
      ]),
    );
    expectNear([chunk.frames / SMALL.fps], [2], 0.1);
    expectNear(beepsOf(chunk), [0, 1]);
  });
});

/** The card with other edit lists: lengths and starts in ms. */
function edited(name: string, edits: readonly (readonly [ms: number, from: number])[]): string {
  const plain = lab.make(`plain-${name}`, [...flashes(4), ...beeps(4), ...X264, '-g', '25', '-bf', '0', '-c:a', 'aac']);
  // Behind the index, so that nothing has to be moved in it.
  const bytes = readFileSync(lab.make(`behind-${name}`, ['-i', plain, '-c', 'copy', '-use_editlist', '0']));
  const moovAt = bytes.indexOf('moov') - 4;
  let moov: Buffer = bytes.subarray(moovAt);
  for (let at = moov.indexOf('tkhd'); at >= 0; at = moov.indexOf('tkhd', at + 200)) {
    const end = at - 4 + moov.readUInt32BE(at - 4);
    const timescale = moov.readUInt32BE(moov.indexOf('mdhd', end) + 16);
    const entries = edits.flatMap(([ms, from]) => [ms, from < 0 ? -1 : (from * timescale) / 1_000, 0x10000]);
    const elst = box('elst', words(0, edits.length, ...entries));
    moov = Buffer.concat([moov.subarray(0, end), box('edts', elst), moov.subarray(end)]);
    const trakAt = at - 8;
    moov.writeUInt32BE(moov.readUInt32BE(trakAt - 4) + 8 + elst.length, trakAt - 4);
  }
  moov.writeUInt32BE(moov.length, 0);
  return lab.write(name, Buffer.concat([bytes.subarray(0, moovAt), moov]));
}

describe('tracks that do not start together', () => {
  test.each(['mp4', 'mkv', 'ts'])('sound a second late in %s', async (ext) => {
    const args = ['-i', card, '-itsoffset', '1', '-i', card, '-map', '0:v', '-map', '1:a', '-c', 'copy'];
    const chunk = await lab.encode(lab.make(`sound-late.${ext}`, args));
    expectNear([chunk.frames / SMALL.fps], [5], 0.1);
    expectNear(beepsOf(chunk), [1, 2, 3, 4], 0.03);
    expectNear(flashesOf(chunk), [0, 1, 2, 3], 0.09);
  });

  test.each(['mp4', 'mkv', 'ts'])(
    'pictures a second late in %s: the first one is shown from the start',
    async (ext) => {
      const args = ['-itsoffset', '1', '-i', card, '-i', card, '-map', '0:v', '-map', '1:a', '-c', 'copy'];
      const chunk = await lab.encode(lab.make(`pictures-late.${ext}`, args));
      expectNear([chunk.frames / SMALL.fps], [5], 0.1);
      expectNear(beepsOf(chunk), [0, 1, 2, 3], 0.03);
      expectNear(flashesOf(chunk), [0, 2, 3, 4], 0.09);
    },
  );
});

describe('clocks', () => {
  const stream = (name: string, offset: number) =>
    readFileSync(lab.make(name, ['-i', card, '-c', 'copy', '-output_ts_offset', `${offset}`]));

  test.each<[string, () => Uint8Array, number]>([
    ['wrap around', () => stream('wrap.ts', 95_441), 4],
    ['leap by minutes', () => Buffer.concat([stream('a.ts', 0), stream('b.ts', 100)]), 8],
    ['go back', () => Buffer.concat([stream('b.ts', 100), stream('a.ts', 0)]), 8],
    ['begin anew', () => Buffer.concat([stream('a.ts', 0), stream('a.ts', 0)]), 8],
  ])('of transport streams that %s', async (_, bytes, seconds) => {
    const chunk = await lab.encode(lab.write('clock.ts', bytes()));
    expectNear([chunk.frames / SMALL.fps], [seconds], 0.1);
    expectNear(
      beepsOf(chunk),
      Array.from({ length: seconds }, (_, second) => second),
      0.1,
    );
    expect(codesOf(chunk)).toEqual([]);
  });

  test('that start at fourteen hours', async () => {
    const chunk = await lab.encode(lab.make('late.mkv', ['-i', card, '-c', 'copy', '-output_ts_offset', '50000']));
    expect(chunk.frames).toBe(100);
    expectNear(beepsOf(chunk), [0, 1, 2, 3]);
  });

  test('that stand still for three seconds, with a word', async () => {
    const jump = 'PTS+gte(T\\,2.5)*3/TB';
    const args = [
      '-vf',
      `setpts=${jump}`,
      '-af',
      `asetpts=${jump}`,
      '-fps_mode',
      'passthrough',
      ...X264,
      '-c:a',
      'aac',
    ];
    const chunk = await lab.encode(lab.make('gap.mkv', ['-i', card, ...args]));
    expect(chunk.frames).toBe(175);
    expectNear(beepsOf(chunk), [0, 1, 2, 6]);
    expect(codesOf(chunk)).toEqual(['PICTURES_STAND_STILL', 'SOUND_GAP']);
  });

  test('of pictures at any pace', async () => {
    const args = ['-vf', "select='not(mod(n\\,7))+lt(mod(t\\,1)\\,0.1)'", '-fps_mode', 'vfr', ...X264, '-c:a', 'copy'];
    const chunk = await lab.encode(lab.make('paces.mp4', ['-i', card, ...args]));
    expectNear(flashesOf(chunk), [0, 1, 2, 3], 0.001);
    expect(codesOf(chunk)).toEqual([]);
  });
});
