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
          '-preset',
          'p4',
          '-tune',
          'ull',
          '-rc',
          'vbr',
          '-cq',
          '23',
          '-zerolatency',
          '1',
          '-delay',
          '0',
          '-no-scenecut',
          '1',
        ];
  return [
    ['-c:v', name, ...own, '-profile:v', 'high', '-bf', '0', '-g', '100000', '-forced-idr', '1'],
    ['-maxrate', peak, '-bufsize', peak, '-bsf:v', 'filter_units=remove_types=6'],
  ].flat();
}

/** One fragment per frame, so that a frame can be published as soon as it is coded. */
export const FRAGMENTED_MP4 = [
  '-f',
  'mp4',
  '-movflags',
  'frag_every_frame+empty_moov+default_base_moof',
  '-flush_packets',
  '1',
];
