import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { videoEncoderArguments } from '../../../../server/encode/encoder-arguments.ts';
import type { FrameMark } from '../../../support/pattern.ts';
import { ffmpegPath, PICTURE } from '../../ffmpeg-settings.ts';
import { markStrip, STRIP_HEIGHT_RATIO } from './mark-strip.ts';
import { withPilot } from './pilot.ts';
import { AUDIO_RATE, FRAME_SAMPLES, type Speech } from './speech.ts';

/** The clip of one sentence, as a generator would hand it over. */
export type SentenceClip = {
  /** From 1; also the number in its marks. */
  readonly clip: number;
  readonly text: string;
  readonly file: string;
  readonly bytes: number;
  readonly frames: number;
  /** What its sound was made of: `frames` times 1,920 samples. */
  readonly pcm: Int16Array;
};

/** The server's own settings (server/encode), so that the same sentence costs the same bits in every player; an IDR each second. */
export const SOUND_ENCODE = [
  ...['-ar', `${AUDIO_RATE}`, '-ac', '1', '-c:a', 'aac', '-q:a', '1.2'],
  ...['-aac_coder', 'fast', '-aac_tns', '0', '-aac_pns', '0'],
];
const PICTURE_ENCODE = [...videoEncoderArguments('libx264', PICTURE), '-force_key_frames', 'expr:gte(t,n_forced)'];

/** Both inputs by the number of the frame: time stamps that differ by a rounding error would pair frame 29 with strip 28. */
const COUNT = `settb=1/${PICTURE.fps},setpts=N`;

export type Source = {
  /** Frames of a file, from one on. */
  readonly file: string;
  readonly startFrame: number;
  /** The mark of each frame that is to be made, or none. */
  readonly marks: readonly (FrameMark | null)[];
  readonly pcm: Int16Array;
};

/** Encodes pictures of a recording under marks, with sound of one's own, as one MP4 that plays before it is all there. */
export async function encodeMarked({ file, startFrame, marks, pcm }: Source, output: string): Promise<void> {
  const { width, fps } = PICTURE;
  const stripHeight = width * STRIP_HEIGHT_RATIO;
  // Half a frame early: seeking is exact, rounding is not.
  const startSeconds = Math.max(0, (startFrame - 0.5) / fps);
  const args = [
    ...['-hide_banner', '-v', 'error', '-y', '-ss', startSeconds.toFixed(4), '-i', file],
    ...['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', `${width}x${stripHeight}`, '-r', `${fps}`, '-i', 'pipe:0'],
    ...['-f', 's16le', '-ar', `${AUDIO_RATE}`, '-ac', '1', '-i', 'pipe:3'],
    ...[
      '-filter_complex',
      `[0:v]${COUNT}[face];[1:v]${COUNT}[strip];[face][strip]overlay=0:0:shortest=1,format=yuv420p[v]`,
    ],
    ...['-map', '[v]', '-map', '2:a', ...PICTURE_ENCODE, ...SOUND_ENCODE, '-movflags', '+faststart', output],
  ];
  const ffmpeg = spawn(ffmpegPath(), args, { stdio: ['pipe', 'ignore', 'inherit', 'pipe'] });
  const strips = Readable.from(marks.map((mark) => markStrip(mark, width)));
  const sound = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const [[code]] = await Promise.all([
    once(ffmpeg, 'exit'),
    pipeline(strips, ffmpeg.stdin as Writable),
    pipeline([sound], ffmpeg.stdio[3] as Writable),
  ]);
  if (code !== 0) throw new Error(`ffmpeg could not make ${output}: exit code ${code}`);
}

/** Cuts a recording into the clips of its sentences, two at a time. */
export async function cutClips(speech: Speech, dir: string): Promise<SentenceClip[]> {
  const clips: SentenceClip[] = [];
  const waiting = [...speech.sentences.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      clips.push(await cutClip(speech, { ...next[1], clip: next[0] + 1 }, dir));
  };
  await Promise.all([work(), work()]);
  return clips.sort((a, b) => a.clip - b.clip);
}

type Cut = Speech['sentences'][number] & { readonly clip: number };

async function cutClip(speech: Speech, { clip, text, startFrame, frames }: Cut, dir: string): Promise<SentenceClip> {
  const samples = new Int16Array(frames * FRAME_SAMPLES);
  const start = startFrame * FRAME_SAMPLES;
  samples.set(speech.pcm.subarray(start, start + samples.length));
  const pcm = withPilot(samples, clip);
  const file = join(dir, `clip-${clip}.mp4`);
  const marks = Array.from({ length: frames }, (_, frame) => ({ clip, frame }));
  await encodeMarked({ file: speech.file, startFrame, marks, pcm }, file);
  return { clip, text, file, bytes: (await stat(file)).size, frames, pcm };
}
