import type { Look, Piece } from '../look.ts';
import { circle, curls, puffs } from './shapes.ts';

const HAIR_BACK: Piece = {
  outline: [
    circle(256, 184, 128),
    puffs({ x: 256, y: 186, rx: 118, ry: 124, from: 118, to: 422, count: 30 }, 26, 3),
    circle(170, 270, 44),
    circle(342, 270, 44),
  ].join(' '),
  paint: {
    line: [140, 60, 370, 330],
    stops: [
      [0, '#3d2a26'],
      [0.45, '#251816'],
      [1, '#120b0b'],
    ],
  },
  spots: [
    ['146,104,86', 0.34, 190, 96, 80, 46],
    ['8,4,4', 0.6, 340, 280, 90, 90],
  ],
  lines: [
    ...curls({ x: 256, y: 180, rx: 150, ry: 148, count: 420 }, '112,80,68', 0.5, 11),
    ...curls({ x: 256, y: 180, rx: 150, ry: 148, count: 300 }, '6,3,3', 0.6, 12),
  ],
};

/** Curls along the hairline, from temple to temple. */
const HAIRLINE: Piece = {
  outline: [
    puffs({ x: 256, y: 204, rx: 94, ry: 92, from: 186, to: 354, count: 17 }, 19, 5),
    puffs({ x: 256, y: 200, rx: 104, ry: 120, from: 180, to: 360, count: 22 }, 24, 6),
    puffs({ x: 256, y: 196, rx: 70, ry: 96, from: 200, to: 340, count: 10 }, 20, 8),
  ].join(' '),
  paint: {
    line: [160, 70, 350, 240],
    stops: [
      [0, '#46302a'],
      [0.5, '#2a1b18'],
      [1, '#150d0c'],
    ],
  },
  under: [['40,14,8', 0.4, 256, 132, 84, 26]],
  spots: [
    ['156,112,92', 0.32, 206, 92, 60, 28],
    ['8,4,4', 0.5, 350, 190, 50, 70],
  ],
  lines: [
    ...curls({ x: 256, y: 150, rx: 124, ry: 100, count: 300 }, '124,90,76', 0.55, 21),
    ...curls({ x: 256, y: 150, rx: 124, ry: 100, count: 200 }, '6,3,3', 0.6, 22),
  ],
};

const CHEST: Piece = {
  outline: 'M150 424 C186 410 204 402 208 384 C236 412 276 412 304 384 C308 402 326 410 362 424 L330 500 L182 500 Z',
  paint: {
    line: [160, 400, 350, 470],
    stops: [
      [0, '#8f5a3e'],
      [0.45, '#7d4b33'],
      [1, '#553020'],
    ],
  },
  spots: [
    ['30,10,6', 0.55, 262, 396, 62, 26],
    ['255,196,150', 0.22, 206, 436, 50, 10],
    ['255,196,150', 0.14, 312, 438, 44, 9],
  ],
  lines: [
    { path: 'M190 428 C214 436 232 438 246 448', paint: 'rgba(58,26,16,0.4)', width: 2.4 },
    { path: 'M322 428 C298 436 280 438 266 448', paint: 'rgba(58,26,16,0.4)', width: 2.4 },
  ],
};

/** A blouse with a wide neck. */
const BLOUSE: Piece = {
  outline:
    'M62 530 C66 466 98 440 150 422 C160 418 168 415 174 412 C184 462 226 482 256 482 C286 482 328 462 338 412 ' +
    'C344 415 352 418 362 422 C414 440 446 466 450 530 Z',
  paint: {
    line: [110, 400, 340, 540],
    stops: [
      [0, '#f2b544'],
      [0.45, '#dd9424'],
      [1, '#a05d10'],
    ],
  },
  under: [['40,14,4', 0.3, 256, 470, 80, 20]],
  spots: [
    ['255,232,170', 0.4, 138, 440, 70, 28],
    ['84,40,4', 0.45, 450, 502, 110, 90],
    ['84,40,4', 0.3, 70, 532, 80, 60],
  ],
  lines: [
    { path: 'M160 436 C150 470 150 500 156 530', paint: 'rgba(110,60,8,0.35)', width: 2.2 },
    { path: 'M352 436 C362 470 362 500 356 530', paint: 'rgba(110,60,8,0.4)', width: 2.2 },
    { path: 'M214 480 C210 500 212 516 208 530', paint: 'rgba(110,60,8,0.25)', width: 2.2 },
    { path: 'M300 480 C304 500 302 516 308 530', paint: 'rgba(110,60,8,0.28)', width: 2.2 },
  ],
  edges: [
    { path: 'M174 412 C184 462 226 482 256 482 C286 482 328 462 338 412', paint: '#c98019', width: 6 },
    { path: 'M173 411 C183 461 226 480 256 480 C286 480 329 461 339 411', paint: 'rgba(255,226,160,0.7)', width: 1.6 },
  ],
};

const NECKLACE: Piece = {
  outline: circle(256, 447, 5.4),
  paint: '#f3cf77',
  edges: [
    { path: 'M203 398 C212 428 236 440 256 442 C276 440 300 428 309 398', paint: '#e3b65a', width: 1.8 },
    { path: 'M254 445 l0.1 0.1', paint: '#fff6d8', width: 3 },
  ],
};

export const ZURI: Look = {
  name: 'zuri',
  title: 'Zuri, dark curls and gold hoops',
  revision: 1,
  backdrop: {
    wall: ['#f3dcd3', '#e2b9b0', '#b88690'],
    light: '255,240,228',
    accent: '238,150,120',
    dark: '80,34,52',
  },
  figure: {
    kind: 'person',
    skin: {
      face: ['#a8704e', '#8d5a3d', '#683c28'],
      neck: ['#5d3624', '#7d4b33', '#744531', '#4e2c1d'],
      ears: ['#7f4d35', '#643a27'],
      lids: ['#7a4a36', '#86543b'],
      light: '255,200,152',
      shine: 0.62,
      shade: '66,28,16',
      deep: '40,14,8',
      crease: '58,26,18',
      blush: '190,66,52',
      line: '52,22,14',
    },
    face: { cheek: 92, jaw: 56, chin: 20, bottom: 350, neck: 0.96, nose: 1.24, age: 0 },
    eyes: {
      iris: ['#8a5a36', '#54331f', '#2c1a10'],
      rim: '#1c100a',
      upper: 19,
      lower: 12.5,
      slant: 3.4,
      lashes: { color: '#140b0a', weight: 1.15 },
      brows: { color: '#1e1210', weight: 1.1, arch: 1.15 },
    },
    lips: { base: '#9c4248', light: '#bf666a', dark: '#6c2830', line: 'rgba(48,12,18,0.75)', full: 1.3 },
    hairBack: [HAIR_BACK],
    hairFront: [HAIRLINE],
    clothes: [CHEST, BLOUSE, NECKLACE],
    earrings: 'hoop',
  },
};
