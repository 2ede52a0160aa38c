import type { VideoEncoderName } from './types.ts';

/** Bits per pixel that talking pictures need at most; more only feeds noise. */
const PEAK_BITS_PER_PIXEL = 0.25;
const MIN_PEAK_BITS_PER_SECOND = 300_000;

/** Upper bound of a rendition's video bit rate, in bits per second: what BANDWIDTH promises. */
export function peakBitsPerSecond(picture: { width: number; height: number; fps: number }): number {
  return Math.max(
    MIN_PEAK_BITS_PER_SECOND,
    Math.round(picture.width * picture.height * picture.fps * PEAK_BITS_PER_PIXEL),
  );
}

/**
 * What all parameter sets say of colour, whatever the source said: sRGB's primaries, the matrix that RGB and untagged pictures get
 * anyway (the scale filter converts others to it). ffmpeg copies the source's own tags, and `avcC` would differ from chunk to chunk.
 */
const COLOUR = [
  ...['video_format=5', 'video_full_range_flag=0', 'chroma_sample_loc_type=0'],
  ...['colour_primaries=1', 'transfer_characteristics=1', 'matrix_coefficients=6'],
].join(':');

/**
 * Options that every chunk of a session is encoded with, so that all share one `avcC`: constant quality under a ceiling, no
 * B-frames and no look-ahead (each frame leaves the encoder at once), IDR only where it is asked for, no SEI.
 */
export function videoEncoderArguments(
  name: VideoEncoderName,
  picture: { width: number; height: number; fps: number },
): string[] {
  const peak = `${peakBitsPerSecond(picture)}`;
  const own =
    name === 'libx264'
      ? ['-preset', 'superfast', '-tune', 'zerolatency', '-threads', '1', '-crf', '23', '-sc_threshold', '0']
      : [
          ...['-preset', 'p4', '-tune', 'ull', '-rc', 'vbr', '-cq', '23', '-b:v', '0'],
          ...['-zerolatency', '1', '-delay', '0', '-no-scenecut', '1'],
        ];
  return [
    ['-c:v', name, ...own, '-profile:v', 'high', '-bf', '0', '-g', '100000', '-forced-idr', '1'],
    ['-maxrate', peak, '-bufsize', peak, '-bsf:v', `filter_units=remove_types=6,h264_metadata=${COLOUR}`],
  ].flat();
}

/**
 * One fragment per frame, so that a frame can be published as soon as it is coded. One track: chapters and time code of the source
 * would become tracks of their own. Times are kept as they are, the first one, too.
 */
export const FRAGMENTED_MP4 = [
  ...['-map_metadata', '-1', '-map_chapters', '-1', '-write_tmcd', '0'],
  ...['-avoid_negative_ts', 'disabled', '-f', 'mp4'],
  ...['-movflags', 'frag_every_frame+empty_moov+default_base_moof+frag_discont', '-flush_packets', '1'],
];
