import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  beeps,
  beepsOf,
  cardIn,
  codesOf,
  colours,
  expectColours,
  expectNear,
  fillerIn,
  flashes,
  X264,
} from './test-marks.ts';
import { childProcesses, Lab, loudness, pictures, tone } from './test-media.ts';

/** Which streams of a file are taken, and how their sound is. */

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

describe('streams', () => {
  const subtitle = () => lab.write('line.srt', '1\n00:00:00,100 --> 00:00:01,000\nx\n\n');

  test.each([8, 60])('%d of subtitles beside pictures and sound', async (count) => {
    const maps = ['-map', '0', ...Array.from({ length: count }, () => ['-map', '1']).flat()];
    const path = lab.make(`subtitles${count}.mkv`, [
      '-i',
      card,
      '-i',
      subtitle(),
      ...maps,
      '-c',
      'copy',
      '-c:s',
      'srt',
    ]);
    const chunk = await lab.encode(path);
    expect(chunk.frames).toBe(100);
    expectNear(beepsOf(chunk), [0, 1, 2, 3]);
    expect(codesOf(chunk)).toEqual([]);
  });

  test.each(['mp4', 'mkv'])('pictures that are the default, and no cover art, in %s', async (ext) => {
    const green = ['-f', 'lavfi', '-i', 'color=lime:s=64x64:r=25:d=1'];
    const args = [
      ...pictures(),
      ...green,
      '-map',
      '0',
      '-map',
      '1',
      ...X264,
      '-disposition:v:0',
      '0',
      '-disposition:v:1',
      'default',
    ];
    expectColours(colours(await lab.encode(lab.make(`two.${ext}`, args)), { middle: [64, 64] }), {
      middle: [0, 255, 0],
    });
  });

  test.each([
    ['m4a', ['-c:a', 'aac']],
    ['mp3', []],
    ['flac', []],
  ] as const)('sound with cover art is sound alone: %s', async (ext, args) => {
    const cover = lab.make('cover.jpg', [...pictures({ seconds: 0.04 }), '-frames:v', '1']);
    const maps = ['-map', '0', '-map', '1', '-c:v', 'copy', '-disposition:v', 'attached_pic'];
    const chunk = await lab.encode(lab.make(`cover.${ext}`, [...tone(), '-i', cover, ...maps, ...args]), {
      pictures: await fillerIn(lab),
    });
    expectNear([chunk.frames], [25], 2);
    expect(loudness(chunk.sound(), 5_000, 40_000)).toBeGreaterThan(0.05);
  });
});

describe('sound', () => {
  const channels = (layout: string, ...loud: readonly number[]) => {
    const count = layout === 'stereo' ? 2 : 6;
    const sources = Array.from({ length: count }, (_, channel) =>
      loud.includes(channel) ? '0.25*sin(2*PI*440*t)' : '0',
    );
    return ['-f', 'lavfi', '-i', `aevalsrc='${sources.join('|')}':s=48000:d=1:c=${layout}`];
  };

  test.each([
    ['both of stereo', channels('stereo', 0, 1), 0.177],
    ['the right of stereo alone', channels('stereo', 1), 0.088],
    ['the voice in the middle of 5.1', channels('5.1', 2), 0.125],
    ['the front of 5.1', channels('5.1', 0, 1), 0.177],
    ['behind, of 5.1', channels('5.1', 4, 5), 0.125],
  ])('of %s is as loud as it is meant', async (_, input, loud) => {
    const chunk = await lab.encode(lab.make('loud.mkv', [...pictures(), ...input, ...X264, '-c:a', 'flac']));
    expect(loudness(chunk.sound(), 5_000, 40_000)).toBeCloseTo(loud, 2);
  });

  test.each([
    ['8 kHz', 'a.wav', ['-ar', '8000']],
    ['192 kHz', 'b.wav', ['-ar', '192000']],
    ['24 bits', 'c.wav', ['-c:a', 'pcm_s24le']],
    ['floats', 'd.wav', ['-c:a', 'pcm_f32le']],
    ['ALAC', 'e.m4a', ['-c:a', 'alac']],
    ['Opus, behind what its decoder needs', 'f.opus', []],
    ['FLAC in Matroska', 'g.mkv', ['-c:a', 'flac']],
    ['MP3 without a table', 'h.mp3', ['-write_xing', '0']],
    ['A-law', 'i.mov', ['-c:a', 'pcm_alaw']],
  ] as const)('of %s', async (_, name, args) => {
    const chunk = await lab.encode(lab.make(name, [...beeps(2), ...args]), { pictures: await fillerIn(lab) });
    expectNear([chunk.frames], [50], 2);
    expectNear(beepsOf(chunk), [0, 1], 0.06);
    expect(codesOf(chunk)).toEqual([]);
  });

  test.each([
    ['mp3', ['-c:a', 'libmp3lame']],
    ['ts', [...X264, '-c:a', 'mp2']],
  ] as const)('that changes its rate and channels on the way, in %s', async (ext, args) => {
    const source = ext === 'ts' ? flashes(2) : [];
    const first = readFileSync(lab.make(`first.${ext}`, [...source, ...beeps(2), ...args]));
    const other = readFileSync(
      lab.make(`other.${ext}`, [...source, ...beeps(2, 24_000), ...args, '-ar', '24000', '-ac', '2']),
    );
    const path = lab.write(`rates.${ext}`, Buffer.concat([first, other]));
    const chunk = await lab.encode(path, ext === 'ts' ? {} : { pictures: await fillerIn(lab) });
    expectNear([chunk.frames], [100], 5);
    expectNear(beepsOf(chunk), [0, 1, 2, 3], 0.12);
  });
});
