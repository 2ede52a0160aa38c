import type { VideoProbe } from './types.ts';

type Size = { readonly width: number; readonly height: number };

/** Name of the colour cube in a job's own directory. */
export const COLOUR_CUBE = 'colour.cube';

/** What `videoEncoderArguments` says the pictures are. */
const COLOUR = 'out_color_matrix=smpte170m:out_range=tv';

/**
 * Filters that make pictures of any size and kind into such of one size, `yuv420p`, upright and letterboxed.
 *
 * Pictures may change their size and pixel format at any frame (`-reinit_filter:v 0`), and only `scale` and `pad` with `eval=frame` stand
 * that: what comes in front of `scale` may look at times, not at pixels, and all that needs pixels comes behind it.
 */
export function pictureFilters(video: Partial<VideoProbe>, { width, height }: Size): string[] {
  const { rotation = 0, flip = false, alpha, colour, interlaced = false } = video;
  const isLying = rotation === 90 || rotation === 270;
  const box = isLying ? { width: height, height: width } : { width, height };
  return [
    // Fields are scaled each for itself, so that they can be told apart afterwards, at a size that is known.
    ...(interlaced ? [scaleInto(box, 'interl=-1'), 'format=yuv420p', 'yadif=deint=interlaced'] : []),
    ...(colour ? wideColour(box, colour === 'pq' || colour === 'hlg' || colour === 'bt2020') : []),
    ...(alpha ? [scaleInto(box, COLOUR), 'format=yuva420p', 'premultiply=inplace=1'] : []),
    scaleInto(box, COLOUR),
    `pad=${box.width}:${box.height}:-1:-1:eval=frame`,
    'setsar=1',
    'format=yuv420p',
    ...turned(rotation, flip),
  ];
}

/** As large as fits into the box with the shape that it is shown in, which may be another one than its pixels say. */
function scaleInto({ width, height }: Size, options: string): string {
  const side = (longest: number, other: string) => `max(2\\,floor(min(${longest}\\,round(${other}))/2)*2)`;
  return `scale=eval=frame:w=${side(width, `${height}*dar`)}:h=${side(height, `${width}/dar`)}:${options}`;
}

/** By table; in RGB, with more bits than 8, and as small as it is shown. */
function wideColour(box: Size, isBt2020: boolean): string[] {
  const matrix = isBt2020 ? 'in_color_matrix=bt2020' : 'in_color_matrix=auto';
  return [scaleInto(box, matrix), 'format=gbrp10le', `lut3d=file=${COLOUR_CUBE}:interp=tetrahedral`];
}

function turned(rotation: number, flip: boolean): string[] {
  return [
    ...({ 90: ['transpose=1'], 180: ['hflip', 'vflip'], 270: ['transpose=2'] }[rotation] ?? []),
    ...(flip ? ['hflip'] : []),
  ];
}
