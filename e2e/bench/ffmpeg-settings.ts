import { videoEncoderArguments } from '../../server/encode/encoder-arguments.ts';

export const PICTURE = { width: 512, height: 512, fps: 25 } as const;

/** The program both sides run. */
export function ffmpegPath(): string {
  return process.env.FFMPEG_PATH ?? 'ffmpeg';
}

/**
 * One command that does a chunk's work without us: the same decoder, scaler, x264 and AAC settings as server/encode, an IDR each second.
 *
 * @param output - Options and name of the output.
 */
export function bareEncode(input: string, output: readonly string[]): string[] {
  const { width, height, fps } = PICTURE;
  const picture = `fps=${fps},scale=${width}:${height}:force_original_aspect_ratio=decrease,pad=${width}:${height}:-1:-1,format=yuv420p`;
  return [
    ...['-nostdin', '-v', 'error', '-y', '-threads', '1', '-filter_threads', '1', '-i', input],
    ...['-vf', picture, ...videoEncoderArguments('libx264', PICTURE), '-force_key_frames', 'expr:gte(t,n_forced)'],
    ...[
      '-ar',
      '48000',
      '-ac',
      '1',
      '-c:a',
      'aac',
      '-q:a',
      '1.2',
      '-aac_coder',
      'fast',
      '-aac_tns',
      '0',
      '-aac_pns',
      '0',
    ],
    ...output,
  ];
}
