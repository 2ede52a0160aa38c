import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

/** Media for the proof of the joins: signals, clips cut from them, and what a player would decode. */

export const RATE = 48_000;
export const FPS = 25;
export const SAMPLES_PER_FRAME = RATE / FPS;
export const PICTURE = { width: 128, height: 96 } as const;
/** A picture is a number: eight columns and two rows of black or white cells. */
const CELL = { width: 16, height: 48 } as const;
export const FILLER_NUMBER = 0xffff;

/** What single encodes are made with: the settings of `encode/aac-encoder.ts`. */
export const AAC_SETTINGS = ['-c:a', 'aac', '-q:a', '1.2', '-aac_coder', 'fast', '-aac_tns', '0', '-aac_pns', '0'];

export async function runFfmpeg(args: readonly string[], input?: Uint8Array): Promise<Buffer> {
  const child = spawn('ffmpeg', ['-v', 'error', '-threads', '1', ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => child.stdin.destroy());
  child.stdin.end(input);
  const exit = Promise.withResolvers<number | null>();
  child.once('close', exit.resolve);
  const output = await buffer(child.stdout);
  const code = await exit.promise;
  if (code !== 0) throw new Error(`ffmpeg ${args.join(' ')} ended with code ${code}`);
  return output;
}

/** A generator of numbers from 0 to 1 that gives the same ones each time. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Two tones that rise over the length of the signal. */
function sweep(samples: number): Int16Array {
  let low = 0;
  let high = 0;
  return Int16Array.from({ length: samples }, (_, index) => {
    const rise = 4 ** (index / samples);
    low += (2 * Math.PI * 220 * rise) / RATE;
    high += (2 * Math.PI * 331 * rise) / RATE;
    return Math.round(9_000 * Math.sin(low) + 7_000 * Math.sin(high));
  });
}

/** Paul Kellet's filter over white noise. */
function pinkNoise(samples: number): Int16Array {
  const next = random(7);
  let [a, b, c] = [0, 0, 0];
  return Int16Array.from({ length: samples }, () => {
    const white = next() * 2 - 1;
    a = 0.99765 * a + white * 0.099046;
    b = 0.963 * b + white * 0.2965164;
    c = 0.57 * c + white * 1.0526913;
    return Math.round(2_500 * (a + b + c + white * 0.1848));
  });
}

const TEXT =
  'Nobody had told the old lighthouse keeper that the ships were gone. Each evening he climbed the stairs, lit the lamp, ' +
  'and counted the waves until morning. When the last letter came he read it twice, put it in his pocket, and went up again, ' +
  'because a light that has burned for ninety years does not go out for a letter. So the people of the town kept bringing oil.';

async function speech(samples: number): Promise<Int16Array> {
  const source = `flite=text='${TEXT}':voice=slt,aresample=${RATE},apad,atrim=end_sample=${samples}`;
  return toPcm(await runFfmpeg(['-f', 'lavfi', '-i', source, '-f', 's16le', '-ac', '1', 'pipe:1']));
}

function toPcm(bytes: Buffer): Int16Array {
  const pcm = new Int16Array(bytes.length >> 1);
  new Uint8Array(pcm.buffer).set(bytes.subarray(0, pcm.length * 2));
  return pcm;
}

/** A gray picture, one byte per pixel, that shows a number. */
export function picture(number: number): Uint8Array {
  return Uint8Array.from({ length: PICTURE.width * PICTURE.height }, (_, at) => {
    const bit = cellOf(at % PICTURE.width, Math.floor(at / PICTURE.width));
    return (number >> bit) & 1 ? 220 : 30;
  });
}

function cellOf(x: number, y: number): number {
  return Math.floor(x / CELL.width) + Math.floor(y / CELL.height) * 8;
}

/** Numbers that decoded gray pictures show. */
export function numbersIn(gray: Uint8Array): number[] {
  const size = PICTURE.width * PICTURE.height;
  return Array.from({ length: gray.length / size }, (_, frame) => {
    let number = 0;
    for (let bit = 0; bit < 16; bit++) {
      const x = (bit % 8) * CELL.width + CELL.width / 2;
      const y = Math.floor(bit / 8) * CELL.height + CELL.height / 2;
      if ((gray[frame * size + y * PICTURE.width + x] ?? 0) > 128) number |= 1 << bit;
    }
    return number;
  });
}

/** A sound, and the clips it is cut into. */
export type Signal = { readonly name: string; readonly pcm: Int16Array; readonly clips: readonly string[] };

/** Three sounds in which joins are heard, each cut into clips of these lengths, in frames. */
export async function makeSignals(directory: string, lengths: readonly number[]): Promise<Signal[]> {
  const samples = lengths.reduce((sum, length) => sum + length, 0) * SAMPLES_PER_FRAME;
  const sounds = { sweep: sweep(samples), noise: pinkNoise(samples), speech: await speech(samples) };
  return await Promise.all(
    Object.entries(sounds).map(async ([name, pcm]) => ({
      ...{ name, pcm },
      clips: await writeClips(directory, name, pcm, lengths),
    })),
  );
}

/** Cuts sound and numbered pictures into clips; every other one is a .mov, the others are .mkv. */
async function writeClips(
  directory: string,
  name: string,
  pcm: Int16Array,
  lengths: readonly number[],
): Promise<string[]> {
  const frames = lengths.reduce((sum, length) => sum + length, 0);
  const [pictures, sound] = [join(directory, `${name}.gray`), join(directory, `${name}.pcm`)];
  await writeFile(pictures, Buffer.concat(Array.from({ length: frames }, (_, frame) => picture(frame))));
  await writeFile(sound, Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength));
  const paths = lengths.map((_, index) => join(directory, `${name}-${index}.${index % 2 === 0 ? 'mov' : 'mkv'}`));
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-qp', '4', '-c:a', 'pcm_s16le'];
  const outputs = paths.flatMap((path, index) => ['-map', `[v${index}]`, '-map', `[a${index}]`, ...codecs, path]);
  await runFfmpeg([
    ...['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', `${PICTURE.width}x${PICTURE.height}`, '-r', `${FPS}`],
    ...['-i', pictures, '-f', 's16le', '-ar', `${RATE}`, '-ac', '1', '-i', sound],
    ...['-filter_complex', cutGraph(lengths), ...outputs],
  ]);
  return paths;
}

function cutGraph(lengths: readonly number[]): string {
  const pads = (kind: string) => lengths.map((_, index) => `[${kind}${index}]`).join('');
  let start = 0;
  const cuts = lengths.flatMap((length, index) => {
    const from = start;
    start += length;
    const samples = `start_sample=${from * SAMPLES_PER_FRAME}:end_sample=${start * SAMPLES_PER_FRAME}`;
    return [
      `[w${index}]trim=start_frame=${from}:end_frame=${start},setpts=PTS-STARTPTS[v${index}]`,
      `[b${index}]atrim=${samples},asetpts=PTS-STARTPTS[a${index}]`,
    ];
  });
  const { length } = lengths;
  return [`[0:v]format=yuv420p,split=${length}${pads('w')}`, `[1:a]asplit=${length}${pads('b')}`, ...cuts].join(';');
}

/** Numbers on the pictures and samples of the sound of a file, as a player decodes them. */
export async function decode(path: string): Promise<{ numbers: number[]; sound: Float32Array }> {
  const [gray, sound] = [
    await runFfmpeg(['-i', path, '-map', '0:v', '-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt', 'gray', '-']),
    await runFfmpeg(['-i', path, '-map', '0:a', '-f', 'f32le', 'pipe:1']),
  ];
  return { numbers: numbersIn(gray), sound: toFloats(sound) };
}

/** The signal after one single encode; its block grid begins `phase` samples in front of the signal. */
export async function singleEncode(pcm: Int16Array, phase: number): Promise<Float32Array> {
  const padded = new Int16Array(phase + pcm.length + 4096);
  padded.set(pcm, phase);
  const raw = ['-f', 's16le', '-ar', `${RATE}`, '-ac', '1', '-i', 'pipe:0'];
  const adts = await runFfmpeg([...raw, ...AAC_SETTINGS, '-f', 'adts', 'pipe:1'], new Uint8Array(padded.buffer));
  const decoded = toFloats(await runFfmpeg(['-f', 'aac', '-i', 'pipe:0', '-f', 'f32le', 'pipe:1'], adts));
  // The encoder's priming is one block.
  return decoded.subarray(1024 + phase);
}

function toFloats(bytes: Buffer): Float32Array {
  const floats = new Float32Array(bytes.length >> 2);
  new Uint8Array(floats.buffer).set(bytes.subarray(0, floats.length * 4));
  return floats;
}

/** Signal to noise ratio of `decoded` from sample `from` to `to` of the signal, in dB; `shift` is where the signal lies in it. */
export function snr(signal: Int16Array, decoded: Float32Array, from: number, to: number, shift = 0): number {
  let power = 1e-9;
  let noise = 1e-9;
  for (let at = from; at < to; at++) {
    const wanted = (signal[at] ?? 0) / 32_768;
    power += wanted ** 2;
    noise += (wanted - (decoded[at + shift] ?? 0)) ** 2;
  }
  return 10 * Math.log10(power / noise);
}
