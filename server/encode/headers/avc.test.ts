import { afterAll, expect, test } from 'vitest';
import { ffmpeg, Lab, pictures } from '../test-media.ts';
import { spsOfConfig, spsOfUnits } from './avc-sps.ts';
import { avcUnits, orientationOf } from './avc-units.ts';

const lab = new Lab();
afterAll(() => lab.close());

/** A byte stream of AVC. */
const stream = (...args: readonly string[]) =>
  ffmpeg([
    ...pictures({ size: '64x64', seconds: 0.08 }),
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    ...args,
    '-f',
    'h264',
    'pipe:1',
  ]);
const sps = (...args: readonly string[]) => spsOfUnits(avcUnits(stream(...args), undefined));
const tags = (primaries: string, transfer: string) => ['-color_primaries', primaries, '-color_trc', transfer];

test.each([
  ['8 bits', [], { mayInterlace: false, primaries: 2, transfer: 2, bytesPerPixel: 1.5 }],
  ['10 bits of 4:2:2', ['-pix_fmt', 'yuv422p10le'], { bytesPerPixel: 4 }],
  ['4:4:4', ['-pix_fmt', 'yuv444p'], { bytesPerPixel: 3 }],
  ['gray', ['-pix_fmt', 'gray'], { bytesPerPixel: 1 }],
  ['PQ', tags('bt2020', 'smpte2084'), { primaries: 9, transfer: 16 }],
  [
    'HLG, behind a shape of pixels',
    ['-vf', 'setsar=64/45', ...tags('bt2020', 'arib-std-b67')],
    { primaries: 9, transfer: 18 },
  ],
  ['fields', ['-flags', '+ildct+ilme', '-x264-params', 'tff=1'], { mayInterlace: true }],
  [
    'scaling lists',
    ['-x264-params', 'cqm=jvt', '-profile:v', 'high', ...tags('bt709', 'bt709')],
    { primaries: 1, transfer: 1 },
  ],
  ['baseline and a cropped size', ['-s', '50x38', '-profile:v', 'baseline'], { bytesPerPixel: 1.5 }],
] as const)('reads a parameter set with %s', (_, args, expected) => expect(sps(...args)).toMatchObject(expected));

test('reads it out of a configuration, and nothing out of a torn one', () => {
  const [unit] = [...avcUnits(stream(), undefined)].filter((candidate) => ((candidate[0] ?? 0) & 0x1f) === 7);
  const config = Buffer.concat([
    Buffer.from([1, 100, 0, 10, 0xff, 0xe1, 0, unit?.length ?? 0]),
    unit ?? Buffer.alloc(0),
  ]);
  expect(spsOfConfig(config)).toMatchObject({ bytesPerPixel: 1.5 });
  for (let length = 0; length < config.length; length++) spsOfConfig(config.subarray(0, length));
  expect(spsOfConfig(config.subarray(0, 12))).toBeUndefined();
});

test.each([
  ['none', [], undefined],
  ['a quarter turn', ['rotate=90'], { degrees: 90, flipX: false, flipY: false }],
  ['a mirror', ['rotate=180', 'flip=horizontal'], { degrees: 180, flipX: true, flipY: false }],
] as const)('reads how pictures are to be turned: %s', (_, options, expected) => {
  const filter =
    options.length === 0 ? [] : ['-bsf:v', `h264_metadata=display_orientation=insert:${options.join(':')}`];
  const found = orientationOf(avcUnits(stream(...filter), undefined));
  if (expected) expect(found).toMatchObject({ flipX: expected.flipX, flipY: expected.flipY });
  expect(found && Math.round(found.degrees)).toBe(expected?.degrees);
});

test('takes units apart by start codes and by lengths alike', () => {
  const units = [Buffer.from('67aabb', 'hex'), Buffer.from('68cc', 'hex'), Buffer.from('65dd00dd', 'hex')];
  const coded = Buffer.concat(units.flatMap((unit) => [Buffer.from('000001', 'hex'), unit]));
  const counted = Buffer.concat(units.flatMap((unit) => [Buffer.from([0, 0, 0, unit.length]), unit]));
  const config = Buffer.from('0164000aff', 'hex');
  expect([...avcUnits(coded, undefined)].map((unit) => Buffer.from(unit))).toEqual(units);
  expect([...avcUnits(counted, config)].map((unit) => Buffer.from(unit))).toEqual(units);
});
