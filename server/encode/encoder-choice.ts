import { StreamError } from '../errors.ts';
import { OwnedProcess } from '../lib/owned-process.ts';
import { DEFAULT_PROFILE } from '../timeline/profile.ts';
import { FRAGMENTED_MP4, videoEncoderArguments } from './encoder-arguments.ts';
import type { EncoderChoice, VideoEncoderName } from './types.ts';

export type EncoderSetting = 'auto' | 'nvenc' | 'x264';

const ORDER: Record<EncoderSetting, readonly VideoEncoderName[]> = {
  auto: ['h264_nvenc', 'libx264'],
  nvenc: ['h264_nvenc'],
  x264: ['libx264'],
};
const NAME: Record<VideoEncoderName, string> = { h264_nvenc: 'NVENC', libx264: 'x264' };
/** A driver that hangs must not keep the server from starting. */
const TRIAL_LIMIT_MS = 15_000;
const TRIAL_FRAMES = 10;

/**
 * Picks the encoder by encoding some frames with each candidate, all at once, since who was watching waits for it after a restart: a
 * driver that is installed proves nothing.
 *
 * @param available - Encoders this ffmpeg was built with.
 * @throws {StreamError} `ENCODER_MISSING` when none works; the message says why for each.
 */
export async function chooseEncoder(
  setting: EncoderSetting,
  ffmpegPath: string,
  available: Promise<ReadonlySet<string>> | ReadonlySet<string>,
): Promise<EncoderChoice> {
  const rejected: { name: VideoEncoderName; reason: string }[] = [];
  const trials = ORDER[setting].map((name) => trial(name, ffmpegPath));
  const reasons = await Promise.all(trials);
  const built = await available;
  for (const [index, name] of ORDER[setting].entries()) {
    const reason = built.has(name) ? reasons[index] : 'this ffmpeg was built without it';
    if (reason === undefined) {
      const asked = setting === 'auto' ? 'the first that works' : `asked for by ENCODER=${setting}`;
      return {
        name,
        reason: `${NAME[name]}: encoded ${TRIAL_FRAMES} frames, ${asked}`,
        rejected: [...rejected, ...unasked(setting)],
      };
    }
    rejected.push({ name, reason });
  }
  const told = rejected.map(({ name, reason }) => `${NAME[name]}: ${reason}`).join('; ');
  throw new StreamError('ENCODER_MISSING', `no H.264 encoder works (ENCODER=${setting}): ${told}`);
}

function unasked(setting: EncoderSetting): { name: VideoEncoderName; reason: string }[] {
  return ORDER.auto
    .filter((name) => setting !== 'auto' && !ORDER[setting].includes(name))
    .map((name) => ({ name, reason: `not tried: ENCODER=${setting}` }));
}

/** Why this encoder can't be used; `undefined` when it can. */
async function trial(name: VideoEncoderName, ffmpegPath: string): Promise<string | undefined> {
  const { width, height, fps } = DEFAULT_PROFILE;
  const process = new OwnedProcess({
    command: ffmpegPath,
    args: [
      ...[
        '-nostdin',
        '-v',
        'error',
        '-f',
        'lavfi',
        '-i',
        `testsrc2=size=${width}x${height}:rate=${fps}`,
        '-frames:v',
        `${TRIAL_FRAMES}`,
      ],
      ...['-pix_fmt', 'yuv420p', ...videoEncoderArguments(name, { width, height, fps }), ...FRAGMENTED_MP4, 'pipe:1'],
    ],
  });
  let sizeBytes = 0;
  process.readable(1).on('data', (bytes: Buffer) => {
    sizeBytes += bytes.length;
  });
  process.watch(TRIAL_LIMIT_MS);
  try {
    await process.done;
    return sizeBytes > 0 ? undefined : 'it gave no output';
  } catch (error) {
    if (error instanceof StreamError && error.code === 'ENCODER_MISSING') throw error;
    return firstLine(process.stderrTail) || String(error);
  }
}

/** ffmpeg's first complaint is the cause, the others are its consequences. */
function firstLine(text: string): string {
  const line = text.split('\n').find((candidate) => candidate.trim() !== '') ?? '';
  return line.replace(/^\[[^\]]*\]\s*/, '').trim();
}
