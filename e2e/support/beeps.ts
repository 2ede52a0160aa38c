import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
/** An hour and a half of 48 kHz mono: more than any test makes. */
const MAX_PCM_BYTES = 512 * 1024 * 1024;
/** Of 32,768; beeps have 8,500, coded silence stays below 100. */
const BEEP_RMS = 2000;

/** Decodes the sound of a file: mono, 16 bit signed. */
export async function decodeSound(file: string, audioRate: number): Promise<Int16Array> {
  const format = ['-f', 's16le', '-ac', '1', '-ar', `${audioRate}`, 'pipe:1'];
  const { stdout } = await run(process.env.FFMPEG_PATH ?? 'ffmpeg', ['-v', 'error', '-i', file, '-vn', ...format], {
    encoding: 'buffer',
    maxBuffer: MAX_PCM_BYTES,
  });
  return new Int16Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + stdout.byteLength));
}

/** Frames during which a beep sounds; compare with the frames seen to tell whether sound and picture go together. */
export function beepFrames(pcm: Int16Array, { fps, audioRate }: { fps: number; audioRate: number }): number[] {
  const frameSamples = audioRate / fps;
  const frames: number[] = [];
  for (let frame = 0; (frame + 1) * frameSamples <= pcm.length; frame++) {
    const samples = pcm.subarray(Math.round(frame * frameSamples), Math.round((frame + 1) * frameSamples));
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    if (Math.sqrt(power) > BEEP_RMS) frames.push(frame);
  }
  return frames;
}
