import type { WideColour } from './types.ts';

/** Colours by the names of their primaries and transfer, which WebCodecs and ffmpeg have different ones for. */
const TRANSFERS: Readonly<Record<string, WideColour>> = {
  pq: 'pq',
  smpte2084: 'pq',
  hlg: 'hlg',
  'arib-std-b67': 'hlg',
};
const PRIMARIES: Readonly<Record<string, WideColour>> = {
  bt2020: 'bt2020',
  smpte432: 'p3',
  smpte431: 'p3',
};

/** What kind of colour it is that has to be made BT.709, if any. */
export function wideColour(primaries: string | undefined, transfer: string | undefined): WideColour | undefined {
  return TRANSFERS[transfer ?? ''] ?? PRIMARIES[primaries ?? ''];
}

/** Rows of a matrix that shows a picture: `x' = a x + c y`, `y' = b x + d y`, with y downwards (ISO/IEC 14496-12 8.3.2). */
export type Turn = { readonly rotation?: 90 | 180 | 270; readonly flip?: boolean };

/** The nearest quarter turn clockwise, and whether it is mirrored left to right after that. */
export function turnOf(a: number, b: number, c: number, d: number): Turn {
  const flip = a * d - b * c < 0;
  const degrees = (Math.atan2(b, flip ? -a : a) * 180) / Math.PI;
  const quarters = (Math.round(degrees / 90) + 4) % 4;
  const rotation = ([undefined, 90, 180, 270] as const)[quarters];
  return { ...(rotation && { rotation }), ...(flip && { flip }) };
}

/** The same from degrees counterclockwise, and mirroring before that. */
export function turnBy({ degrees, flipX, flipY }: { degrees: number; flipX: boolean; flipY: boolean }): Turn {
  const angle = (degrees * Math.PI) / 180;
  const [x, y] = [flipX ? -1 : 1, flipY ? -1 : 1];
  return turnOf(x * Math.cos(angle), -x * Math.sin(angle), y * Math.sin(angle), y * Math.cos(angle));
}

/** Most bytes of a decoded pixel, by ffmpeg's name of its format. */
export function pixelBytes(format: string | undefined): number | undefined {
  if (format === undefined || format === 'unknown' || format === 'N/A') return undefined;
  const [, base] = PIXEL_BYTES.find(([pattern]) => pattern.test(format)) ?? [];
  if (base === undefined) return undefined;
  const isDeep = /(9|10|12|14|16|48|64|f32)(le|be)?$/.test(format);
  return base * (/f32/.test(format) ? 4 : isDeep ? 2 : 1);
}

const PIXEL_BYTES: readonly (readonly [RegExp, number])[] = [
  [/^(yuva444|gbrap|rgba|bgra|argb|abgr|rgb0|bgr0|0rgb|0bgr)/, 4],
  [/^(yuva|yuv444|yuvj444|gbrp|rgb|bgr)/, 3],
  [/^(yuv422|yuvj422|yuv440|yuvj440|yuyv|uyvy|y210|ya|nv16|nv20)/, 2],
  [/^(yuv420|yuvj420|yuv41|nv12|nv21|p01|yuvj411)/, 1.5],
  [/^(gray|pal8|mono)/, 1],
];

/** Formats with an alpha channel. */
export function hasAlpha(format: string | undefined): boolean {
  return /^(yuva|gbrap|rgba|bgra|argb|abgr|ya8|ya16|pal8)/.test(format ?? '');
}

/** Most bytes of a decoded pixel, by the parameter string of its codec (RFC 6381): of the profiles that are in common use. */
export function codedPixelBytes(parameters: string): number | undefined {
  if (/^vp8|^vp09\.00|^h[ev][cv]1\.[ABC]?[13]\.|^av01\.0\.\d+[MH]\.08/.test(parameters)) return 1.5;
  if (/^vp09\.02|^h[ev][cv]1\.[ABC]?2\.|^av01\.0\./.test(parameters)) return 3;
  return undefined;
}
