import type { Look, Piece } from '../look.ts';
import { fan } from './shapes.ts';

const STRAND = '150,120,104';

const HAIR_BACK: Piece = {
  outline: 'M160 236 C150 190 146 140 172 100 C196 66 316 64 340 100 C366 140 362 190 352 236 Z',
  paint: '#1c1412',
};

/** Short at the sides: from the temples to the ears. */
const SIDES: Piece = {
  outline:
    'M161 238 C152 196 146 146 168 108 C190 72 322 72 344 108 C366 146 360 196 351 238 C346 226 345 206 340 182 ' +
    'C334 164 326 152 316 144 L200 140 C186 152 178 166 173 184 C168 204 167 226 161 238 Z',
  paint: {
    line: [256, 80, 256, 240],
    stops: [
      [0, '#2b1f1b'],
      [0.55, '#33251f'],
      [0.86, 'rgba(58,42,34,0.85)'],
      [1, 'rgba(70,50,40,0.15)'],
    ],
  },
};

/** The long top, combed up and to the viewer's right. */
const TOP: Piece = {
  outline:
    'M178 158 C160 128 166 84 204 62 C244 38 306 40 338 70 C364 94 362 134 346 162 C338 146 322 138 300 140 ' +
    'C268 144 236 134 214 118 C198 128 186 142 178 158 Z',
  paint: {
    line: [200, 50, 340, 165],
    stops: [
      [0, '#4a3730'],
      [0.4, '#33251f'],
      [1, '#1a1210'],
    ],
  },
  under: [['40,20,14', 0.3, 262, 146, 80, 18]],
  spots: [
    ['168,136,118', 0.4, 236, 78, 54, 20],
    ['10,6,5', 0.5, 330, 150, 40, 30],
  ],
  lines: [
    ...fan(STRAND, [216, 116, 226, 84, 262, 60, 318, 66, 0.32], [204, 122, 186, 96, 200, 70, 240, 52, 0.3], 7),
    ...fan(STRAND, [222, 116, 250, 126, 300, 118, 344, 150, 0.26], [220, 112, 262, 84, 320, 80, 352, 112, 0.26], 7),
  ],
};

const CHEST: Piece = {
  outline: 'M192 400 C200 380 206 386 210 380 C236 410 276 410 302 380 C306 386 312 380 320 400 L290 490 L222 490 Z',
  paint: {
    line: [200, 400, 310, 460],
    stops: [
      [0, '#cf9a71'],
      [0.5, '#c48c63'],
      [1, '#a46c47'],
    ],
  },
  spots: [
    ['84,40,24', 0.5, 262, 396, 62, 26],
    ['84,40,24', 0.35, 256, 476, 40, 30],
  ],
  lines: [
    { path: 'M214 432 C230 436 240 440 249 448', paint: 'rgba(112,58,38,0.35)', width: 2.2 },
    { path: 'M298 432 C282 436 272 440 263 448', paint: 'rgba(112,58,38,0.35)', width: 2.2 },
  ],
};

const SHIRT: Piece = {
  outline: 'M196 386 C210 420 240 452 256 470 C272 452 302 420 316 386 L340 420 L330 530 L182 530 L172 420 Z',
  paint: {
    line: [180, 400, 330, 500],
    stops: [
      [0, '#ffffff'],
      [0.5, '#eef1f5'],
      [1, '#c3cbd6'],
    ],
  },
  edges: [
    { path: 'M256 466 L256 530', paint: 'rgba(110,122,142,0.55)', width: 1.6 },
    { path: 'M250 492 a1 1 0 1 0 0.1 0', paint: 'rgba(120,130,148,0.9)', width: 3 },
  ],
};

const collarWing = (outline: string, line: readonly [number, number, number, number]): Piece => ({
  outline,
  paint: {
    line,
    stops: [
      [0, '#ffffff'],
      [1, '#dbe1e9'],
    ],
  },
  under: [],
  edges: [{ path: outline, paint: 'rgba(120,134,156,0.35)', width: 1.2 }],
});

const BLAZER: Piece = {
  outline:
    'M44 530 C50 462 84 438 142 422 C168 414 184 406 192 396 C200 434 226 490 250 530 L262 530 ' +
    'C286 490 312 434 320 396 C328 406 344 414 370 422 C428 438 462 462 468 530 Z',
  paint: {
    line: [100, 400, 350, 540],
    stops: [
      [0, '#43547a'],
      [0.45, '#2c3a5a'],
      [1, '#161f36'],
    ],
  },
  spots: [
    ['170,190,230', 0.25, 140, 438, 80, 28],
    ['6,10,26', 0.5, 462, 506, 110, 90],
    ['6,10,26', 0.3, 60, 530, 80, 60],
  ],
};

const lapel = (outline: string, seam: string): Piece => ({
  outline,
  paint: {
    line: [150, 400, 300, 530],
    stops: [
      [0, '#50628a'],
      [0.6, '#33436a'],
      [1, '#202c4a'],
    ],
  },
  edges: [{ path: seam, paint: 'rgba(8,12,28,0.55)', width: 1.8 }],
});

const LEFT_LAPEL =
  'M192 394 C180 404 168 412 158 418 L168 450 L154 460 C180 486 210 512 236 534 L252 534 C226 492 200 436 192 394 Z';
const RIGHT_LAPEL =
  'M320 394 C332 404 344 412 354 418 L344 450 L358 460 C332 486 302 512 276 534 L260 534 C286 492 312 436 320 394 Z';

export const NOAH: Look = {
  name: 'noah',
  title: 'Noah, short beard and a navy jacket',
  revision: 1,
  backdrop: {
    wall: ['#efe6da', '#dccdb9', '#bfa98f'],
    light: '255,248,236',
    accent: '226,178,132',
    dark: '84,60,40',
  },
  figure: {
    kind: 'person',
    skin: {
      face: ['#eec39f', '#dda57c', '#c08458'],
      neck: ['#b37c54', '#d39e75', '#c88f66', '#a46c47'],
      ears: ['#d29a70', '#b97f57'],
      lids: ['#cf986e', '#d7a179'],
      light: '255,226,196',
      shine: 0.85,
      shade: '140,76,44',
      deep: '84,40,24',
      crease: '132,74,48',
      blush: '214,96,72',
      line: '112,58,38',
    },
    face: { cheek: 94, jaw: 68, chin: 34, bottom: 356, neck: 1.2, nose: 1.16, age: 0.25 },
    eyes: {
      iris: ['#b98a55', '#7c5230', '#4a2e1c'],
      rim: '#2e1c12',
      upper: 16,
      lower: 11,
      slant: 1,
      lashes: { color: '#2a1a15', weight: 0.42 },
      brows: { color: '#2b1d18', weight: 1.55, arch: 0.55 },
    },
    lips: { base: '#b97162', light: '#cf8e7e', dark: '#8d4b42', line: 'rgba(72,26,22,0.7)', full: 0.8 },
    hairBack: [HAIR_BACK],
    hairFront: [SIDES, TOP],
    clothes: [
      CHEST,
      SHIRT,
      collarWing('M196 380 C206 408 226 436 252 462 L222 474 C206 448 192 420 188 392 Z', [190, 390, 250, 470]),
      collarWing('M316 380 C306 408 286 436 260 462 L290 474 C306 448 320 420 324 392 Z', [260, 390, 320, 470]),
      BLAZER,
      lapel(LEFT_LAPEL, LEFT_LAPEL),
      lapel(RIGHT_LAPEL, RIGHT_LAPEL),
    ],
    beard: { rgb: '44,28,22', light: '96,66,50' },
  },
};
