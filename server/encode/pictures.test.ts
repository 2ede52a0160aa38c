import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { beeps, beepsOf, codesOf, colours, expectColours, expectNear, SIDE, X264 } from './test-marks.ts';
import { childProcesses, decoded, ffmpeg, Lab, SMALL } from './test-media.ts';

/** Pictures as people have them: resized on the way, turned, with alpha, HDR, fields. */

let lab: Lab;

beforeAll(() => {
  lab = new Lab();
});
afterEach(async () => {
  await expect.poll(() => childProcesses().length, { timeout: 10_000 }).toBeLessThanOrEqual(3);
});
afterAll(async () => {
  await lab.processes.close();
  expect(lab.jobsLeft).toEqual([]);
  await lab.close();
});

describe('pictures that change on the way', () => {
  const part = (name: string, size: string, format: string, colour: string) => [
    ...[
      '-f',
      'lavfi',
      '-i',
      `color=${colour}:s=${size}:r=25:d=1`,
      ...beeps(1),
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
    ],
    ...['-pix_fmt', format, '-c:a', 'aac', lab.path(name)],
  ];
  const PARTS = [
    ['320x180', 'yuv420p', 'red'],
    ['180x320', 'yuv444p', 'lime'],
    ['64x64', 'gray', 'white'],
    ['640x640', 'yuv420p10le', 'blue'],
  ] as const;
  let joined: string;

  beforeAll(() => {
    const parts = PARTS.map(([size, format, colour], index) => {
      ffmpeg(part(`part${index}.ts`, size, format, colour));
      return readFileSync(lab.path(`part${index}.ts`));
    });
    joined = lab.write('sizes.ts', Buffer.concat(parts));
  });

  test.each(['ts', 'mkv', 'mp4'])('are fitted in, each as it is, in %s', async (ext) => {
    const path = ext === 'ts' ? joined : lab.make(`sizes.${ext}`, ['-i', joined, '-c', 'copy']);
    const chunk = await lab.encode(path);
    expectNear([chunk.frames], [100], 3);
    expectNear(beepsOf(chunk), [0, 1, 2, 3], 0.1);
    expect(codesOf(chunk)).toEqual(['PICTURES_RESIZED']);
    const rgb = decoded(chunk, 'rgb24');
    const at = (frame: number, x: number, y: number) => {
      const start = ((frame * SIDE + y) * SIDE + x) * 3;
      return rgb
        .subarray(start, start + 3)
        .map((value) => (value > 127 ? 255 : 0))
        .join();
    };
    const seen = [12, 37, 62, 87].map((frame) => [at(frame, 64, 64), at(frame, 64, 4), at(frame, 4, 64)]);
    expect(seen).toEqual([
      ['255,0,0', '0,0,0', '255,0,0'],
      ['0,255,0', '0,255,0', '0,0,0'],
      ['255,255,255', '255,255,255', '255,255,255'],
      ['0,0,255', '0,0,255', '0,0,255'],
    ]);
  });

  test('in renditions of several sizes alike', async () => {
    const profile = { ...SMALL, renditions: [{ width: 64, height: 32 }] };
    const chunk = await lab.encode(joined, { profile });
    expect(chunk.video.map((samples) => samples.length)).toEqual([chunk.frames, chunk.frames]);
  });
});

describe('how pictures are to be shown', () => {
  /** Red at the top left, blue at the bottom right. */
  const corners = (size = '128x128') => [
    ...['-f', 'lavfi', '-i'],
    `color=gray:s=${size}:d=0.2:r=25,drawbox=w=iw/4:h=ih/4:color=red:t=fill,drawbox=x=iw*3/4:y=ih*3/4:w=iw/4:h=ih/4:color=blue:t=fill`,
  ];
  const POINTS = { topLeft: [8, 8], topRight: [119, 8], bottomLeft: [8, 119], bottomRight: [119, 119] } as const;
  const [RED, BLUE, GRAY] = [
    [253, 0, 0],
    [0, 0, 253],
    [128, 128, 128],
  ] as const;
  let upright: string;

  beforeAll(() => {
    upright = lab.make('upright.mp4', [...corners(), ...X264]);
  });

  /** The picture with another matrix: rows a, b, c, d of 16.16. */
  function turned(a: number, b: number, c: number, d: number): string {
    const bytes = readFileSync(upright);
    const at = bytes.indexOf('tkhd') + 4 + 40;
    for (const [place, value] of [
      [0, a],
      [4, b],
      [12, c],
      [16, d],
    ] as const)
      bytes.writeInt32BE(value * 65_536, at + place);
    return lab.write('turned.mp4', bytes);
  }

  test.each([
    ['as it is', [1, 0, 0, 1], { topLeft: RED, bottomRight: BLUE, topRight: GRAY, bottomLeft: GRAY }],
    ['a quarter clockwise', [0, 1, -1, 0], { topRight: RED, bottomLeft: BLUE, topLeft: GRAY }],
    ['upside down', [-1, 0, 0, -1], { topLeft: BLUE, bottomRight: RED, topRight: GRAY }],
    ['a quarter counterclockwise', [0, -1, 1, 0], { bottomLeft: RED, topRight: BLUE, topLeft: GRAY }],
    ['mirrored left to right', [-1, 0, 0, 1], { topRight: RED, bottomLeft: BLUE, topLeft: GRAY }],
    ['mirrored top to bottom', [1, 0, 0, -1], { bottomLeft: RED, topRight: BLUE, topLeft: GRAY }],
    ['mirrored and turned', [0, 1, 1, 0], { topLeft: RED, bottomRight: BLUE, topRight: GRAY }],
    ['turned and mirrored', [0, -1, -1, 0], { topLeft: BLUE, bottomRight: RED, topRight: GRAY }],
  ] as const)('%s', async (_, matrix, expected) => {
    const [a, b, c, d] = matrix;
    expectColours(colours(await lab.encode(turned(a, b, c, d)), POINTS), expected);
  });

  test.each([
    [90, { bottomLeft: RED, topRight: BLUE }],
    [180, { bottomRight: RED, topLeft: BLUE }],
    [270, { topRight: RED, bottomLeft: BLUE }],
  ] as const)('turned by %d degrees as the pictures themselves say', async (degrees, expected) => {
    const filter = ['-bsf:v', `h264_metadata=display_orientation=insert:rotate=${degrees}`];
    const path = lab.make(`sei${degrees}.mp4`, ['-i', upright, '-c', 'copy', ...filter]);
    expectColours(colours(await lab.encode(path), POINTS), expected);
  });

  test('turned pictures that are not square are fitted in', async () => {
    const lying = lab.make('lying.mp4', [...corners('256x128'), ...X264]);
    const bytes = readFileSync(lying);
    const at = bytes.indexOf('tkhd') + 44;
    for (const [place, value] of [
      [0, 0],
      [4, 1],
      [12, -1],
      [16, 0],
    ] as const)
      bytes.writeInt32BE(value * 65_536, at + place);
    const chunk = await lab.encode(lab.write('standing.mp4', bytes));
    const points = { left: [16, 64], topRight: [90, 6], bottomLeft: [38, 121] } as const;
    expectColours(colours(chunk, points), { left: [0, 0, 0], topRight: RED, bottomLeft: BLUE });
  });

  test.each([
    ['twice as wide as high', 'setsar=2', { left: GRAY, top: [0, 0, 0] }],
    ['twice as high as wide', 'setsar=1/2', { left: [0, 0, 0], top: GRAY }],
  ] as const)('with pixels %s', async (_, filter, expected) => {
    const path = lab.make('pixels.mp4', [...corners(), '-vf', filter, ...X264]);
    expectColours(colours(await lab.encode(path), { left: [8, 64], top: [64, 8] }), expected);
  });

  test.each(['1x1', '2x2', '3x5', '161x121', '4096x2', '2x2048'])('pictures of %s', async (size) => {
    const [width = 0, height = 0] = size.split('x').map(Number);
    const white = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', size, '-r', '25', '-i', 'pipe:0', '-c:v', 'png'];
    const chunk = await lab.encode(lab.make('size.mov', white, new Uint8Array(width * height * 15).fill(255)));
    expect(chunk.frames).toBe(5);
    expect(Math.max(...decoded(chunk).subarray(0, SIDE * SIDE))).toBeGreaterThan(200);
  });

  test('fields become pictures without combs', async () => {
    const bar =
      "color=black:s=128x128:r=50:d=1,drawbox=x='mod(t*400\\,128)':w=24:color=white:t=fill,tinterlace=interleave_top";
    const args = [
      '-f',
      'lavfi',
      '-i',
      bar,
      '-c:v',
      'libx264',
      '-flags',
      '+ildct+ilme',
      '-x264-params',
      'tff=1',
      '-pix_fmt',
      'yuv420p',
    ];
    const gray = decoded(await lab.encode(lab.make('fields.mp4', args)));
    // Where fields are shown together, neighbouring rows differ and those beyond are alike.
    let combed = 0;
    for (let frame = 3; frame < 20; frame++) {
      for (let y = 20; y < 100; y++) {
        for (let x = 8; x < 120; x++) {
          const at = (frame * SIDE + y) * SIDE + x;
          const [a = 0, b = 0, c = 0] = [gray[at - SIDE], gray[at], gray[at + SIDE]];
          if (Math.abs(a - c) < 10 && Math.abs(a - b) > 100) combed += 1;
        }
      }
    }
    expect(combed).toBe(0);
  });
});

describe('alpha', () => {
  const half = "color=red:s=64x64:r=25:d=0.4,format=rgba,geq=r=255:g=0:b=0:a='if(lt(X\\,32)\\,0\\,255)'";
  test.each([
    ['VP8', 'alpha8.webm', ['-c:v', 'libvpx', '-pix_fmt', 'yuva420p', '-auto-alt-ref', '0']],
    ['VP9', 'alpha9.webm', ['-c:v', 'libvpx-vp9', '-pix_fmt', 'yuva420p', '-deadline', 'realtime']],
    ['ProRes 4444', 'alpha.mov', ['-c:v', 'prores_ks', '-profile:v', '4444', '-pix_fmt', 'yuva444p10le']],
    ['QuickTime Animation', 'qtrle.mov', ['-c:v', 'qtrle']],
    ['PNG', 'png.mov', ['-c:v', 'png']],
    ['FFV1', 'ffv1.mkv', ['-c:v', 'ffv1']],
  ] as const)('of %s shows black where there is nothing', async (_, name, args) => {
    const chunk = await lab.encode(lab.make(name, ['-f', 'lavfi', '-i', half, ...args]));
    expect(chunk.frames).toBe(10);
    expectColours(colours(chunk, { nothing: [30, 64], something: [98, 64] }), {
      nothing: [0, 0, 0],
      something: [253, 0, 0],
    });
  });
});

describe('colours beyond BT.709', () => {
  /** Gray of 110, white of 250, red: as SDR, converted as ITU-R BT.2408 has it. */
  const SDR =
    'color=0x6e6e6e:s=128x128:r=25:d=0.2,drawbox=w=40:h=40:color=0xdc1e1e:t=fill,drawbox=x=88:w=40:h=40:color=0xfafafa:t=fill';
  const WIDE = 'format=gbrp,zscale=pin=bt709:tin=bt709:p=bt2020:t=bt709:m=2020_ncl:r=tv,format=yuv420p10le';
  const PQ = 'format=gbrp,zscale=pin=bt709:tin=bt709:p=bt2020:t=smpte2084:m=2020_ncl:npl=203:r=tv,format=yuv420p10le';
  const X265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none'];
  const tags = (primaries: string, transfer: string, matrix: string) => [
    ...['-color_primaries', primaries, '-color_trc', transfer, '-colorspace', matrix],
  ];
  const POINTS = { red: [16, 16], white: [110, 16], gray: [64, 100] } as const;
  const RIGHT = { red: [220, 30, 30], white: [250, 250, 250], gray: [110, 110, 110] };

  test.each([
    ['PQ, as its container says', 'pq.mp4', PQ, [...X265, ...tags('bt2020', 'smpte2084', 'bt2020nc')]],
    ['PQ, as its pictures say', 'pq.mkv', PQ, [...X265, ...tags('bt2020', 'smpte2084', 'bt2020nc')]],
    [
      'PQ in AVC of 8 bits',
      'pq8.mp4',
      `${PQ},format=yuv420p`,
      ['-c:v', 'libx264', ...tags('bt2020', 'smpte2084', 'bt2020nc')],
    ],
    ['BT.2020 of SDR', 'wide.mp4', WIDE, [...X265, ...tags('bt2020', 'bt2020-10', 'bt2020nc')]],
    [
      'Display P3',
      'p3.mp4',
      'format=gbrp,zscale=pin=bt709:tin=bt709:p=smpte432:t=bt709:m=709:r=tv,format=yuv420p',
      ['-c:v', 'libx264', ...tags('smpte432', 'bt709', 'bt709')],
    ],
    [
      'BT.709',
      'plain.mp4',
      'scale=out_color_matrix=bt709,format=yuv420p',
      ['-c:v', 'libx264', ...tags('bt709', 'bt709', 'bt709')],
    ],
  ] as const)('%s', async (_, name, filter, args) => {
    const chunk = await lab.encode(lab.make(name, ['-f', 'lavfi', '-i', SDR, '-vf', filter, ...args]));
    expectColours(colours(chunk, POINTS), RIGHT, 20);
  });
});
