import { expect, test } from 'vitest';
import { codedPixelBytes, hasAlpha, pixelBytes, turnBy, turnOf, wideColour } from './picture-kind.ts';

test.each([
  ['bt2020', 'pq', 'pq'],
  ['bt2020', 'smpte2084', 'pq'],
  ['bt2020', 'hlg', 'hlg'],
  [undefined, 'arib-std-b67', 'hlg'],
  ['bt2020', 'bt2020-10', 'bt2020'],
  ['smpte432', 'bt709', 'p3'],
  ['bt709', 'iec61966-2-1', undefined],
  ['bt470bg', 'smpte170m', undefined],
  [undefined, undefined, undefined],
  ['unknown', 'unknown', undefined],
])('colours of primaries %s and transfer %s are %s', (primaries, transfer, colour) => {
  expect(wideColour(primaries, transfer)).toBe(colour);
});

test.each([
  [[1, 0, 0, 1], {}],
  [[0, 1, -1, 0], { rotation: 90 }],
  [[-1, 0, 0, -1], { rotation: 180 }],
  [[0, -1, 1, 0], { rotation: 270 }],
  [[-1, 0, 0, 1], { flip: true }],
  [[1, 0, 0, -1], { rotation: 180, flip: true }],
  [[0.9, 0.1, -0.1, 0.9], {}],
  [[0, 0, 0, 0], {}],
] as const)('the matrix %j is %j', ([a, b, c, d], turn) => expect(turnOf(a, b, c, d)).toEqual(turn));

test.each([
  [0, false, false, {}],
  [90, false, false, { rotation: 270 }],
  [180, true, false, { rotation: 180, flip: true }],
  [0, true, true, { rotation: 180 }],
])('%d degrees counterclockwise, mirrored %s and %s, are %j', (degrees, flipX, flipY, turn) => {
  expect(turnBy({ degrees, flipX, flipY })).toEqual(turn);
});

test.each([
  ['yuv420p', 1.5, false],
  ['yuvj420p', 1.5, false],
  ['yuv420p10le', 3, false],
  ['yuv422p10le', 4, false],
  ['yuv444p12le', 6, false],
  ['yuva444p10le', 8, true],
  ['rgba64be', 8, true],
  ['gbrpf32le', 12, false],
  ['gray', 1, false],
  ['pal8', 1, true],
  ['argb', 4, true],
  ['N/A', undefined, false],
  ['a format of next year', undefined, false],
])('pictures of %s have %s bytes a pixel, alpha: %s', (format, bytes, alpha) => {
  expect([pixelBytes(format), hasAlpha(format)]).toEqual([bytes, alpha]);
});

test.each([
  ['hvc1.1.6.L93.B0', 1.5],
  ['hev1.2.4.L63.90', 3],
  ['hvc1.4.10.L120.B0', undefined],
  ['vp09.00.21.08.01', 1.5],
  ['vp09.02.21.10.01', 3],
  ['vp09.01.21.08.03', undefined],
  ['av01.0.04M.08', 1.5],
  ['av01.0.04M.10', 3],
  ['vp8', 1.5],
  ['', undefined],
])('%s takes %s bytes a pixel', (parameters, bytes) => expect(codedPixelBytes(parameters)).toBe(bytes));
