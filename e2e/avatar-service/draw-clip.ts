import { createHash } from 'node:crypto';
import { OwnedProcess } from '../../server/lib/owned-process.ts';

export type DrawOrder = {
  readonly id: string;
  readonly wavPath: string;
  readonly width: number;
  readonly height: number;
  readonly fps: number;
  /** Pictures to draw. */
  readonly frames: number;
  /** Times real time; 0: as fast as it goes. */
  readonly speed: number;
  /** A file, with its index at the end; absent: fragmented MP4 on standard output, a fragment per picture. */
  readonly outputPath?: string;
};

/** 16 squares at the top left, light for each set bit of the id's hash: whose clip it is can be seen. */
function pattern(id: string, cell: number): string[] {
  const bits = createHash('sha256').update(id).digest().readUInt16BE(0);
  return Array.from({ length: 16 }, (_, at) => {
    const [x, y] = [(at % 4) * cell, Math.floor(at / 4) * cell];
    return `drawbox=x=${x}:y=${y}:w=${cell}:h=${cell}:t=fill:c=${(bits >> (15 - at)) & 1 ? 'white' : 'black'}`;
  });
}

/** A head and shoulders out of boxes, with the waves of the voice where the mouth is. */
function filters({ id, width, height, fps }: DrawOrder): string {
  const box = (x: number, y: number, w: number, h: number, color: string): string =>
    `drawbox=x=${Math.round(x * width)}:y=${Math.round(y * height)}:w=${Math.round(w * width)}:h=${Math.round(h * height)}:t=fill:c=${color}`;
  const portrait = [
    box(0.15, 0.8, 0.7, 0.2, '0x24475f'),
    box(0.3, 0.18, 0.4, 0.6, '0xe0b090'),
    box(0.38, 0.36, 0.06, 0.04, '0x302018'),
    box(0.56, 0.36, 0.06, 0.04, '0x302018'),
    ...pattern(id, Math.max(2, Math.floor(Math.min(width, height) / 32))),
  ];
  const [mouthWidth, mouthHeight] = [Math.max(16, Math.round(width * 0.3)), Math.max(8, Math.round(height * 0.14))];
  return [
    `[0:a]asplit[voice][seen]`,
    `[seen]showwaves=s=${mouthWidth}x${mouthHeight}:mode=cline:rate=${fps}:colors=0xa03030:scale=sqrt[mouth]`,
    `color=c=0x6f8fa8:s=${width}x${height}:r=${fps},${portrait.join(',')}[head]`,
    `[head][mouth]overlay=x=(W-w)/2:y=H*0.56:eof_action=repeat,format=yuv420p[face]`,
  ].join(';');
}

/** Starts ffmpeg; it ends after the last picture. */
export function drawClip(ffmpegPath: string, order: DrawOrder): OwnedProcess {
  const { wavPath, speed, fps, frames, outputPath } = order;
  const stream = ['-movflags', '+frag_every_frame+empty_moov+default_base_moof', '-flush_packets', '1', 'pipe:1'];
  const child = new OwnedProcess({
    command: ffmpegPath,
    args: [
      ...['-nostdin', '-v', 'error', '-y', ...(speed > 0 ? ['-readrate', `${speed}`] : [])],
      ...['-f', 'wav', '-i', `file:${wavPath}`, '-filter_complex', filters(order), '-map', '[face]', '-map', '[voice]'],
      ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-threads', '1', '-g', `${fps}`],
      ...['-frames:v', `${frames}`, '-c:a', 'aac', '-b:a', '64k', '-f', 'mp4'],
      ...(outputPath === undefined ? stream : [`file:${outputPath}`]),
    ],
  });
  child.stdin.end();
  return child;
}

/** Seconds of sound in a WAV file as Throughline writes it: a header of 44 bytes, 16 bit, mono. */
export function wavSeconds(wav: Buffer): number {
  return (wav.length - 44) / 2 / wav.readUInt32LE(24);
}
