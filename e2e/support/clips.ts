import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CELL_ROWS, CELLS_PER_ROW, cellsOf, type FrameMark } from './pattern.ts';

export type Container = 'mp4' | 'webm' | 'wav';

export type MarkedClip = {
  /** Clip number, 0 to 255. */
  readonly clip: number;
  readonly frames: number;
  readonly fps?: number;
  readonly width?: number;
  readonly height?: number;
  readonly audioRate?: number;
  /** Folder the file goes to. */
  readonly dir: string;
  /** `wav` carries the beeps alone. */
  readonly container?: Container;
};

/** One frame in this many beeps, the first one of the clip included. */
export const BEEP_EVERY_FRAMES = 10;
const BEEP_AMPLITUDE = 12_000;

const CODEC_ARGS: Record<Container, readonly string[]> = {
  mp4: ['-c:v', 'libx264', '-preset', 'veryfast', '-qp', '18', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-b:a', '96k'],
  webm: [
    '-c:v',
    'libvpx',
    '-deadline',
    'realtime',
    '-cpu-used',
    '8',
    '-b:v',
    '2M',
    '-pix_fmt',
    'yuv420p',
    '-c:a',
    'libopus',
  ],
  wav: ['-c:a', 'pcm_s16le'],
};

/** Frequency of a clip's beeps, in Hz. */
export function beepFrequency(clip: number): number {
  return 600 + 100 * (clip % 10);
}

/** One picture, 8 bit luma: the mark on top, below it a bar that moves with each frame, for human eyes. */
export function markedPicture(mark: FrameMark, width: number, height: number): Buffer {
  const picture = Buffer.alloc(width * height, 96);
  const cells = cellsOf(mark);
  const cellSize = Math.floor(width / CELLS_PER_ROW);
  for (let y = 0; y < CELL_ROWS * cellSize; y++) {
    for (let column = 0; column < CELLS_PER_ROW; column++) {
      const luma = cells[Math.floor(y / cellSize) * CELLS_PER_ROW + column] ?? 0;
      picture.fill(luma, y * width + column * cellSize, y * width + (column + 1) * cellSize);
    }
  }
  const barX = (mark.frame * 8) % (width - 16);
  for (let y = height - 64; y < height - 16; y++) picture.fill(200, y * width + barX, y * width + barX + 16);
  return picture;
}

/** Sound of a whole clip: silence, and a beep one frame long on each tenth frame. Mono, 16 bit signed, little-endian. */
export function markedSound(clip: number, frames: number, fps: number, audioRate: number): Buffer {
  const samples = new Int16Array(Math.round((frames * audioRate) / fps));
  const frequency = beepFrequency(clip);
  for (let i = 0; i < samples.length; i++) {
    const isBeep = Math.floor((i * fps) / audioRate) % BEEP_EVERY_FRAMES === 0;
    if (isBeep) samples[i] = Math.round(BEEP_AMPLITUDE * Math.sin((2 * Math.PI * frequency * i) / audioRate));
  }
  return Buffer.from(samples.buffer);
}

function* pictures(clip: number, frames: number, width: number, height: number): Generator<Buffer> {
  for (let frame = 0; frame < frames; frame++) yield markedPicture({ clip, frame }, width, height);
}

/**
 * Makes a clip whose every frame says which clip and frame it is.
 *
 * @returns Path of the file, `<dir>/clip-<clip>.<container>`.
 */
export async function makeMarkedClip(options: MarkedClip): Promise<string> {
  const { clip, frames, fps = 25, width = 512, height = 512, audioRate = 48_000, container = 'mp4' } = options;
  const file = join(options.dir, `clip-${clip}.${container}`);
  const hasPictures = container !== 'wav';
  const pictureArgs = [
    '-f',
    'rawvideo',
    '-pix_fmt',
    'gray',
    '-s',
    `${width}x${height}`,
    '-r',
    `${fps}`,
    '-i',
    'pipe:0',
  ];
  const soundArgs = ['-f', 's16le', '-ar', `${audioRate}`, '-ac', '1', '-i', 'pipe:3'];
  const inputs = [...(hasPictures ? pictureArgs : []), ...soundArgs];
  const args = ['-hide_banner', '-v', 'error', '-y', ...inputs, ...CODEC_ARGS[container], '-threads', '1', file];
  const ffmpeg = spawn(process.env.FFMPEG_PATH ?? 'ffmpeg', args, { stdio: ['pipe', 'ignore', 'inherit', 'pipe'] });
  const writes = [pipeline([markedSound(clip, frames, fps, audioRate)], ffmpeg.stdio[3] as Writable)];
  if (hasPictures)
    writes.push(pipeline(Readable.from(pictures(clip, frames, width, height)), ffmpeg.stdin as Writable));
  const [[code]] = await Promise.all([once(ffmpeg, 'exit'), ...writes]);
  if (code !== 0) throw new Error(`ffmpeg could not make ${file}: exit code ${code}`);
  return file;
}
