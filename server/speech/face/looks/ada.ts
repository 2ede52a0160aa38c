import type { Look, Piece } from '../look.ts';
import { type Curve, strands } from './shapes.ts';

const STRAND = '196,134,100';

/** A bob that ends above the shoulders. */
const HAIR_BACK: Piece = {
  outline:
    'M256 54 C352 52 394 122 392 214 C391 264 402 306 392 350 C384 384 350 396 316 388 C300 380 212 380 196 388 ' +
    'C162 396 128 384 120 350 C110 306 121 264 120 214 C118 122 160 52 256 54 Z',
  paint: {
    line: [130, 90, 380, 390],
    stops: [
      [0, '#5a362a'],
      [0.5, '#4b2d24'],
      [1, '#2d1915'],
    ],
  },
  spots: [['20,8,6', 0.75, 256, 330, 118, 110]],
  lines: strands(
    STRAND,
    (
      [
        [128, -5, 0.34],
        [138, -3, 0.24],
        [149, -1, 0.16],
        [376, 3, 0.16],
        [385, 6, 0.24],
      ] as const
    ).map(([x, lean, alpha]): Curve => [x, 230, x - lean, 280, x + lean * 1.6, 320, x + lean * 0.4, 366, alpha]),
  ),
};

/** The smaller lock on the viewer's left of the parting, tucked behind the ear. */
const LOCK: Piece = {
  outline:
    'M226 74 C216 124 180 148 169 190 C166 204 164 216 158 226 C150 238 140 258 138 292 C122 270 122 240 123 214 ' +
    'C122 124 164 54 256 55 C240 58 230 66 226 74 Z',
  paint: {
    line: [230, 60, 130, 340],
    stops: [
      [0, '#613a2c'],
      [0.4, '#6a4131'],
      [0.75, '#4b2d24'],
      [1, '#38201a'],
    ],
  },
  spots: [['206,146,110', 0.4, 158, 148, 50, 26]],
  lines: strands(STRAND, [
    [218, 86, 190, 124, 152, 146, 148, 226, 0.34],
    [226, 76, 176, 100, 138, 146, 138, 226, 0.24],
    [220, 92, 200, 132, 162, 160, 156, 222, 0.2],
  ]),
};

/** The big sweep from the parting over the viewer's right of the forehead. */
const SWEEP: Piece = {
  outline:
    'M212 92 C228 134 300 138 338 186 C350 204 352 232 351 262 C360 300 358 334 344 366 C380 352 390 304 388 256 ' +
    'C396 146 360 57 262 55 C238 58 220 72 212 92 Z',
  paint: {
    line: [220, 60, 380, 340],
    stops: [
      [0, '#6d4333'],
      [0.35, '#5d3829'],
      [0.7, '#4b2d24'],
      [1, '#2d1915'],
    ],
  },
  spots: [['206,146,110', 0.45, 322, 116, 70, 30]],
  lines: strands(STRAND, [
    [226, 84, 282, 118, 344, 136, 364, 226, 0.4],
    [232, 76, 304, 100, 362, 132, 374, 236, 0.3],
    [222, 94, 274, 128, 332, 150, 354, 214, 0.22],
    [246, 68, 330, 84, 378, 140, 382, 220, 0.2],
  ]),
};

const JUMPER: Piece = {
  outline:
    'M58 530 C62 462 96 436 150 420 C186 409 206 402 214 390 C236 408 276 408 298 390 C306 402 326 409 362 420 ' +
    'C416 436 450 462 454 530 Z',
  paint: {
    line: [110, 400, 330, 540],
    stops: [
      [0, '#3a929b'],
      [0.45, '#22707a'],
      [1, '#134a54'],
    ],
  },
  spots: [
    ['170,226,226', 0.3, 150, 436, 80, 30],
    ['6,32,40', 0.45, 452, 500, 110, 90],
    ['6,32,40', 0.3, 70, 530, 80, 60],
  ],
  lines: ['M192 412 C164 436 144 470 138 520', 'M320 412 C348 436 368 470 374 520'].map((path) => ({
    path,
    paint: 'rgba(8,44,52,0.35)',
    width: 2.2,
  })),
};

/** The ribbed roll collar: a band that follows the neck's roundness. */
const COLLAR: Piece = {
  outline:
    'M206 381 C226 400 286 400 306 381 C313 389 317 399 318 408 C290 433 222 433 194 408 C195 399 199 389 206 381 Z',
  paint: {
    line: [194, 0, 318, 0],
    stops: [
      [0, '#134a54'],
      [0.35, '#3a929b'],
      [0.7, '#22707a'],
      [1, '#134a54'],
    ],
  },
  under: [['8,34,42', 0.5, 256, 420, 86, 24]],
  lines: Array.from({ length: 19 }, (_, at) => at - 9).map((rib) => ({
    path: `M${256 + rib * 5.6} 380 L${256 + rib * 7.2} 432`,
    paint: 'rgba(9,50,58,0.28)',
    width: 1.5,
  })),
  edges: [{ path: 'M207 382 C226 401 286 401 305 382', paint: 'rgba(190,232,232,0.28)', width: 1.6 }],
};

export const ADA: Look = {
  name: 'ada',
  title: 'Ada, brown bob and a teal jumper',
  revision: 1,
  backdrop: {
    wall: ['#dfe8ef', '#c6d6e1', '#a9bfcf'],
    light: '255,250,242',
    accent: '150,182,214',
    dark: '38,58,80',
  },
  figure: {
    kind: 'person',
    skin: {
      face: ['#fcdcc4', '#f3c5a5', '#e2a684'],
      neck: ['#d99d7c', '#eebb99', '#e6ae8c', '#cc8d6d'],
      ears: ['#e9b190', '#d89878'],
      lids: ['#ebb797', '#f0c2a1'],
      light: '255,238,222',
      shine: 1,
      shade: '174,88,62',
      deep: '120,52,34',
      crease: '166,88,64',
      blush: '236,104,92',
      line: '152,78,56',
    },
    face: { cheek: 93, jaw: 58, chin: 20, bottom: 351, neck: 1, nose: 1, age: 0 },
    eyes: {
      iris: ['#a9cf8f', '#5f9a70', '#33604d'],
      rim: '#2b4a3c',
      upper: 18.5,
      lower: 12,
      slant: 2,
      lashes: { color: '#3a211c', weight: 1 },
      brows: { color: '#5c3a2d', weight: 1, arch: 1 },
    },
    lips: { base: '#cf6a66', light: '#e58f88', dark: '#a94a4c', line: 'rgba(92,28,32,0.7)', full: 1 },
    hairBack: [HAIR_BACK],
    hairFront: [LOCK, SWEEP],
    clothes: [JUMPER, COLLAR],
    earrings: 'pearl',
  },
};
