import type { WideColour } from './types.ts';

/** Steps along each side: between them `lut3d` interpolates, and PQ and HLG are even for the eye already. */
const STEPS = 25;
/** HDR reference white (ITU-R BT.2408 5.2: 203 cd/m2, 75 % of HLG) is what white of SDR is. */
const PQ_WHITE_NITS = 203;
const HLG_WHITE = 0.75;
/** Up to here light stays as it is; what is brighter is rolled off, so that a highlight of `PEAK` times white is white. */
const KNEE = 0.75;
const PEAK = 1000 / PQ_WHITE_NITS;
/** Display gamma of SDR (ITU-R BT.1886). */
const GAMMA = 2.4;

type Rgb = readonly [number, number, number];
type Matrix = readonly [Rgb, Rgb, Rgb];

/** Linear light to BT.709 primaries (ITU-R BT.2087; SMPTE RP 431-2 with white of D65). */
const FROM_BT2020: Matrix = [
  [1.660491, -0.587641, -0.07285],
  [-0.12455, 1.1329, -0.008349],
  [-0.018151, -0.100579, 1.11873],
];
const FROM_P3: Matrix = [
  [1.224745, -0.224904, 0],
  [-0.042057, 1.042057, 0],
  [-0.019637, -0.078636, 1.098273],
];
const LUMINANCE: Rgb = [0.2126, 0.7152, 0.0722];

/** Linear light of a signal of 0 to 1, where 1 is white of SDR. */
const TO_LIGHT: Readonly<Record<WideColour, (signal: number) => number>> = {
  pq: (signal) => pqNits(signal) / PQ_WHITE_NITS,
  // Light of the scene, without the system gamma of an HDR display: SDR's own makes up for it.
  hlg: (signal) => hlgScene(signal) / hlgScene(HLG_WHITE),
  bt2020: (signal) => signal ** GAMMA,
  p3: (signal) => signal ** GAMMA,
};

const cubes = new Map<WideColour, string>();

/** A table for ffmpeg's `lut3d` (.cube) from R'G'B' of that kind to R'G'B' of BT.709. */
export function colourCube(colour: WideColour): string {
  const known = cubes.get(colour);
  if (known !== undefined) return known;
  const cube = makeCube(colour);
  cubes.set(colour, cube);
  return cube;
}

function makeCube(colour: WideColour): string {
  const light = Array.from({ length: STEPS }, (_, step) => TO_LIGHT[colour](step / (STEPS - 1)));
  const lines = [`LUT_3D_SIZE ${STEPS}`];
  // Red runs fastest.
  for (const b of light) for (const g of light) for (const r of light) lines.push(rowOf(toSdr([r, g, b], colour)));
  return `${lines.join('\n')}\n`;
}

function rowOf(rgb: Rgb): string {
  return rgb.map((value) => value.toFixed(5)).join(' ');
}

/** @param light - In the primaries of `colour`. */
export function toSdr(light: Rgb, colour: WideColour): Rgb {
  const rgb = withinGamut(times(colour === 'p3' ? FROM_P3 : FROM_BT2020, light));
  const isHdr = colour === 'pq' || colour === 'hlg';
  return mapped(isHdr ? rolledOff(rgb) : paled(rgb), (value) => Math.min(1, Math.max(0, value)) ** (1 / GAMMA));
}

/** Colours that BT.709 has no negative light for lose as much saturation as they have too much; their luminance stays. */
function withinGamut(rgb: Rgb): Rgb {
  const least = Math.min(...rgb);
  if (least >= 0) return rgb;
  const grey = luminanceOf(rgb);
  const share = grey <= 0 ? 0 : grey / (grey - least);
  return mapped(rgb, (value) => Math.max(0, grey + (value - grey) * share));
}

/** Colours that are brighter than BT.709 has them lose saturation, not luminance. */
function paled(rgb: Rgb): Rgb {
  const most = Math.max(...rgb);
  if (most <= 1) return rgb;
  const grey = Math.min(1, luminanceOf(rgb));
  const share = most > grey ? (1 - grey) / (most - grey) : 0;
  return mapped(rgb, (value) => grey + (value - grey) * share);
}

/** All three by the same factor, so that the hue stays. */
function rolledOff(rgb: Rgb): Rgb {
  const most = Math.max(...rgb);
  if (most <= KNEE) return rgb;
  const factor = rollOff(most) / most;
  return mapped(rgb, (value) => value * factor);
}

/** Reinhard's curve behind a straight line, as steep as that where they meet; 1 at `PEAK`. */
function rollOff(light: number): number {
  const range = 1 - KNEE;
  const over = (light - KNEE) / range;
  const peak = (PEAK - KNEE) / range;
  return Math.min(1, KNEE + (range * over * (1 + over / peak ** 2)) / (1 + over));
}

/** SMPTE ST 2084, EOTF. */
function pqNits(signal: number): number {
  const root = signal ** (1 / 78.84375);
  return 10_000 * (Math.max(0, root - 0.8359375) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125);
}

/** ITU-R BT.2100 table 5, inverse OETF. */
function hlgScene(signal: number): number {
  return signal <= 0.5 ? signal ** 2 / 3 : (Math.exp((signal - 0.55991073) / 0.17883277) + 0.28466892) / 12;
}

function times(matrix: Matrix, [r, g, b]: Rgb): Rgb {
  const row = ([x, y, z]: Rgb) => x * r + y * g + z * b;
  return [row(matrix[0]), row(matrix[1]), row(matrix[2])];
}

function luminanceOf([r, g, b]: Rgb): number {
  return LUMINANCE[0] * r + LUMINANCE[1] * g + LUMINANCE[2] * b;
}

function mapped([r, g, b]: Rgb, change: (value: number) => number): Rgb {
  return [change(r), change(g), change(b)];
}
