import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { beeps, beepsOf, cardIn, codesOf, expectNear, flashes, X264 } from './test-marks.ts';
import { childProcesses, Lab, pictures } from './test-media.ts';

/** Files whose headers promise something else than what decodes. */

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

describe('headers that promise something else', () => {
  const patched = (path: string, name: string, change: (bytes: Buffer) => void) => {
    const bytes = readFileSync(path);
    change(bytes);
    writeFileSync(lab.path(name), bytes);
    return lab.path(name);
  };

  test('ten minutes of a clip of four seconds, in MP4', async () => {
    const path = patched(card, 'long.mp4', (bytes) => bytes.writeUInt32BE(600_000, bytes.indexOf('mvhd') + 20));
    const chunk = await lab.encode(path);
    expect(chunk.frames).toBe(100);
    expect(chunk.differences).toMatchObject([{ code: 'SHORTER', promised: 600, came: 4 }]);
  });

  test('ten minutes, or half a second, in Matroska', async () => {
    const whole = lab.make('whole.mkv', ['-i', card, '-c', 'copy']);
    for (const ms of [600_000, 500]) {
      const path = patched(whole, 'length.mkv', (bytes) =>
        bytes.writeDoubleBE(ms, bytes.indexOf(Buffer.from('448988', 'hex')) + 3),
      );
      const chunk = await lab.encode(path);
      expect([chunk.frames, codesOf(chunk)]).toEqual([100, ms > 4_000 ? ['SHORTER'] : []]);
    }
  });

  test('a picture that stands for hours: ten seconds of it are believed', async () => {
    const one = lab.make('one.mp4', [...flashes(1), ...X264, '-frames:v', '1']);
    const path = patched(one, 'hours.mp4', (bytes) => {
      bytes.writeUInt32BE(0x0fffffff, bytes.indexOf('stts') + 16);
      bytes.writeUInt32BE(0x7fffffff, bytes.indexOf('elst') + 12);
    });
    expect((await lab.encode(path)).frames).toBe(250);
  });

  test.each(['mp4', 'mkv', 'ts'] as const)('slides, and has the last one as long as the others, in %s', async (ext) => {
    const slides = ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=1:d=3', ...X264];
    const chunk = await lab.encode(lab.make(`slides.${ext}`, slides));
    expectNear([chunk.frames], [75], 1);
    expect(codesOf(chunk)).toEqual([]);
  });

  test('one picture of five seconds', async () => {
    const slide = ['-f', 'lavfi', '-i', 'testsrc2=s=64x64:r=1/5:d=5', ...X264];
    expect((await lab.encode(lab.make('slide.mp4', slide))).frames).toBe(125);
  });

  test.each([
    ['mp4', ['-movflags', '+faststart'], ['SHORTER', 'DAMAGED']],
    ['mkv', [], ['SHORTER', 'DAMAGED']],
    ['ts', [], []],
    ['flv', [], ['SHORTER']],
    ['avi', ['-c:v', 'mpeg4', '-c:a', 'mp3'], []],
  ] as const)('twice as much as came of a %s that was cut off', async (ext, args, codes) => {
    const whole = readFileSync(
      lab.make(`cut-off.${ext}`, ['-i', card, ...(ext === 'avi' ? [] : ['-c', 'copy']), ...args]),
    );
    const chunk = await lab.encode(lab.write(`half.${ext}`, whole.subarray(0, whole.length / 2)));
    expect(chunk.frames).toBeGreaterThan(20);
    expect(chunk.frames).toBeLessThan(80);
    expect(codesOf(chunk)).toEqual(expect.arrayContaining([...codes]));
    expect(beepsOf(chunk).length).toBeGreaterThan(0);
  });

  test('media, and has garbage in the middle, or nothing else', async () => {
    const garbled = (name: string, from: number, to: number) =>
      patched(card, name, (bytes) => {
        const [start, end] = [bytes.indexOf('mdat') + 4, bytes.indexOf('moov') - 4];
        bytes.fill(0xa5, Math.round(start + (end - start) * from), Math.round(start + (end - start) * to));
      });
    const chunk = await lab.encode(garbled('garbled.mp4', 0.4, 0.7));
    expect(chunk.frames).toBe(100);
    expect(codesOf(chunk)).toContain('DAMAGED');
    expect(beepsOf(chunk)[0]).toBeCloseTo(0, 1);
    await expect(lab.encode(garbled('garbage.mp4', 0, 1))).rejects.toMatchObject({ code: 'MEDIA_UNSUPPORTED' });
  });

  test('a picture first that is none: what follows it is shown from the start', async () => {
    const stream = readFileSync(lab.make('middle.ts', ['-i', card, '-c', 'copy']));
    const from = Math.floor(stream.length / 188 / 3) * 188;
    const chunk = await lab.encode(lab.write('tail.ts', stream.subarray(from)));
    expect(codesOf(chunk)).toEqual(expect.arrayContaining(['PICTURES_START_LATE', 'DAMAGED']));
  });

  test.each([
    ['a codec of pictures that nobody knows', (bytes: Buffer) => void bytes.write('zzz1', bytes.lastIndexOf('avc1'))],
    ['an encrypted track', (bytes: Buffer) => void bytes.write('encv', bytes.lastIndexOf('avc1'))],
  ])('%s', async (_, change) => {
    await expect(lab.encode(patched(card, 'unknown.mp4', change))).rejects.toMatchObject({ code: 'MEDIA_UNSUPPORTED' });
  });

  test.each([
    ['mp4', [...flashes(1), '-t', '0', ...X264]],
    ['mkv', [...flashes(1), '-t', '0', ...X264]],
    ['wav', [...beeps(1), '-t', '0']],
  ] as const)('media, and has none: %s', async (ext, args) => {
    await expect(lab.encode(lab.make(`none.${ext}`, args))).rejects.toMatchObject({ code: 'MEDIA_UNSUPPORTED' });
  });

  test.each(['png', 'gif', 'webp', 'apng'])('a clip, and is a %s', async (ext) => {
    const path = lab.make(`picture.${ext}`, [
      ...pictures({ size: '32x32', seconds: 0.2 }),
      ...(ext === 'png' ? ['-frames:v', '1'] : []),
    ]);
    await expect(lab.encode(path)).rejects.toThrow(/its container is none of mov, mp4/);
  });
});
