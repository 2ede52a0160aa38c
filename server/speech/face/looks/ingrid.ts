import type { Look, Piece } from '../look.ts';
import { fan } from './shapes.ts';

const STRAND = '255,255,255';
const SHADOW = '96,98,116';

/** The bun on the crown, and the hair behind the ears. */
const BUN: Piece = {
  outline: 'M206 70 C196 30 226 8 258 8 C292 8 320 32 308 70 C296 92 218 92 206 70 Z',
  paint: {
    line: [210, 14, 300, 90],
    stops: [
      [0, '#eceaee'],
      [0.5, '#c4c3cc'],
      [1, '#8c8b99'],
    ],
  },
  spots: [
    ['255,255,255', 0.5, 240, 30, 34, 16],
    ['70,70,88', 0.6, 258, 86, 60, 18],
  ],
  lines: [
    ...fan(SHADOW, [206, 62, 222, 20, 280, 12, 304, 48, 0.5], [214, 76, 236, 60, 272, 56, 302, 72, 0.45], 6, 1.5),
    ...fan(STRAND, [212, 46, 236, 14, 276, 20, 304, 60, 0.6], [210, 72, 236, 44, 280, 44, 306, 66, 0.5], 5, 1.6),
  ],
};

const CAP: Piece = {
  outline: 'M158 250 C140 196 140 132 174 94 C206 60 306 60 338 94 C372 132 372 196 354 250 Z',
  paint: {
    line: [160, 70, 350, 250],
    stops: [
      [0, '#b9b8c2'],
      [0.6, '#8f8e9c'],
      [1, '#6c6b7b'],
    ],
  },
};

const TEMPLE = '#9a99a6';

/** Swept from the parting back over the ear, on either side. */
const LEFT: Piece = {
  outline:
    'M240 62 C182 64 142 112 146 176 C147 200 152 222 160 240 C164 226 166 214 168 200 C176 164 212 150 238 112 ' +
    'C246 98 246 78 240 62 Z',
  paint: {
    line: [236, 60, 150, 236],
    stops: [
      [0, '#dcdbe1'],
      [0.45, '#e9e8ec'],
      [0.8, '#bab9c4'],
      [1, TEMPLE],
    ],
  },
  under: [['150,90,80', 0.18, 196, 150, 44, 30]],
  spots: [['255,255,255', 0.6, 184, 116, 46, 26]],
  lines: [
    ...fan(
      SHADOW,
      [238, 70, 190, 80, 152, 122, 156, 214, 0.42],
      [240, 104, 216, 146, 174, 160, 166, 218, 0.42],
      7,
      1.5,
    ),
    ...fan(STRAND, [236, 78, 196, 92, 160, 132, 160, 206, 0.7], [238, 108, 210, 146, 176, 158, 166, 206, 0.6], 6, 1.7),
  ],
};

const RIGHT: Piece = {
  outline:
    'M230 66 C262 48 330 56 352 104 C370 144 366 204 352 240 C348 228 347 214 345 200 C338 160 272 156 244 116 ' +
    'C234 100 228 82 230 66 Z',
  paint: {
    line: [232, 60, 366, 230],
    stops: [
      [0, '#e6e5ea'],
      [0.4, '#d2d1d9'],
      [0.8, '#a5a4b1'],
      [1, '#85849a'],
    ],
  },
  under: [['150,90,80', 0.18, 304, 148, 60, 28]],
  spots: [
    ['255,255,255', 0.5, 300, 90, 56, 24],
    ['70,70,92', 0.35, 356, 190, 24, 60],
  ],
  lines: [
    ...fan(
      SHADOW,
      [236, 66, 290, 62, 346, 100, 356, 214, 0.42],
      [240, 110, 276, 148, 336, 150, 348, 220, 0.42],
      8,
      1.5,
    ),
    ...fan(STRAND, [236, 72, 286, 72, 336, 110, 352, 206, 0.6], [242, 110, 280, 144, 334, 150, 347, 206, 0.6], 6, 1.7),
  ],
};

const SHIRT: Piece = {
  outline: 'M170 414 C190 408 204 400 208 386 C236 412 276 412 304 386 C308 400 322 408 342 414 L330 530 L182 530 Z',
  paint: {
    line: [170, 400, 340, 520],
    stops: [
      [0, '#fdf8f2'],
      [0.5, '#f1e8df'],
      [1, '#cdbfb4'],
    ],
  },
  edges: [
    { path: 'M204 392 C232 422 280 422 308 392', paint: 'rgba(160,140,126,0.75)', width: 5 },
    {
      path: 'M206 388 C234 416 278 416 306 388',
      paint: '#fffaf4',
      width: 5,
    },
  ],
};

const cardigan = (outline: string, line: readonly [number, number, number, number]): Piece => ({
  outline,
  paint: {
    line,
    stops: [
      [0, '#a98bb8'],
      [0.45, '#846596'],
      [1, '#523a63'],
    ],
  },
  spots: [
    ['232,210,240', 0.35, 136, 444, 70, 28],
    ['34,18,46', 0.45, 452, 504, 110, 90],
    ['34,18,46', 0.3, 66, 532, 80, 60],
  ],
  lines: Array.from({ length: 34 }, (_, at) => ({
    path: `M${30 + at * 14} 400 l-4 140`,
    paint: 'rgba(54,32,68,0.16)',
    width: 2,
  })),
});

const BAND_LEFT = 'M190 402 C200 446 226 494 240 530';
const BAND_RIGHT = 'M322 402 C312 446 286 494 272 530';

const BANDS: Piece = {
  outline: 'M0 0 Z',
  paint: '#7a5c8c',
  edges: [BAND_LEFT, BAND_RIGHT].flatMap((path) => [
    { path, paint: '#4c355c', width: 13 },
    { path, paint: '#8d6ea0', width: 10.5 },
    { path, paint: 'rgba(235,215,242,0.25)', width: 2 },
  ]),
};

export const INGRID: Look = {
  name: 'ingrid',
  title: 'Ingrid, silver bun and round glasses',
  revision: 1,
  backdrop: {
    wall: ['#e6ece0', '#c9d6c3', '#9fb29c'],
    light: '255,253,240',
    accent: '176,204,160',
    dark: '44,66,48',
  },
  figure: {
    kind: 'person',
    skin: {
      face: ['#ffe6d8', '#f7cfbb', '#e2a994'],
      neck: ['#d5a08c', '#eec0ab', '#e5b29c', '#c68f7b'],
      ears: ['#efbda8', '#dba18c'],
      lids: ['#eebda9', '#f3c9b5'],
      light: '255,244,234',
      shine: 0.9,
      shade: '176,94,80',
      deep: '128,66,58',
      crease: '160,92,80',
      blush: '240,112,112',
      line: '148,80,68',
    },
    face: { cheek: 91, jaw: 60, chin: 24, bottom: 350, neck: 0.95, nose: 1.04, age: 1 },
    eyes: {
      iris: ['#b7d3ea', '#6f9cc4', '#3d638f'],
      rim: '#2c4568',
      upper: 16.5,
      lower: 11.5,
      slant: -0.5,
      lashes: { color: '#4d3a3c', weight: 0.62 },
      brows: { color: '#97919b', weight: 0.95, arch: 1.05 },
    },
    lips: { base: '#c4666e', light: '#dc8d90', dark: '#9c4650', line: 'rgba(92,30,40,0.65)', full: 0.84 },
    hairBack: [BUN, CAP],
    hairFront: [LEFT, RIGHT],
    clothes: [
      SHIRT,
      cardigan(
        'M56 530 C60 464 94 438 150 421 C170 414 184 408 192 400 C200 446 224 494 238 530 Z',
        [100, 400, 250, 540],
      ),
      cardigan(
        'M456 530 C452 464 418 438 362 421 C342 414 328 408 320 400 C312 446 288 494 274 530 Z',
        [280, 400, 450, 540],
      ),
      BANDS,
    ],
    earrings: 'pearl',
    glasses: { frame: '#7a3f3a', width: 3.6, round: 0.85, tint: 'rgba(220,235,245,0.12)' },
  },
};
