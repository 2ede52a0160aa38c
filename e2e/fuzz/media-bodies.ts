import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { anyOf, type Random, wholeBelow } from '../support/random.ts';

const run = promisify(execFile);
const PICTURES = ['-f', 'lavfi', '-i', 'testsrc2=s=96x64:r=25:d=0.4'];
const SOUND = ['-f', 'lavfi', '-i', 'sine=440:d=0.4'];
const H264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '5'];

/** Small media of every container that is taken, made by ffmpeg: what mutations begin with. */
export async function makeSeeds(): Promise<Buffer[]> {
  const make = async (args: readonly string[]): Promise<Buffer> => {
    const options = { encoding: 'buffer', maxBuffer: 2 ** 24 } as const;
    const ffmpeg = process.env.FFMPEG_PATH ?? 'ffmpeg';
    return (await run(ffmpeg, ['-v', 'error', ...args, 'pipe:1'], options)).stdout;
  };
  return await Promise.all([
    make([...PICTURES, ...SOUND, ...H264, '-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov', '-f', 'mp4']),
    make([...PICTURES, ...H264, '-movflags', 'frag_every_frame+empty_moov+default_base_moof', '-f', 'mp4']),
    make([...PICTURES, ...SOUND, ...H264, '-c:a', 'aac', '-f', 'matroska']),
    make([...PICTURES, ...SOUND, '-c:v', 'libvpx', '-deadline', 'realtime', '-c:a', 'libopus', '-f', 'webm']),
    make([...PICTURES, ...SOUND, ...H264, '-c:a', 'aac', '-f', 'mpegts']),
    make([...PICTURES, ...SOUND, ...H264, '-c:a', 'aac', '-f', 'flv']),
    make([...SOUND, '-f', 'wav']),
    make([...SOUND, '-f', 'mp3']),
    make([...SOUND, '-f', 'flac']),
    make([...SOUND, '-c:a', 'libvorbis', '-f', 'ogg']),
    make([...SOUND, '-c:a', 'aac', '-f', 'adts']),
    makeWithTables(),
  ]);
}

/** An MP4 with tables of samples and an edit list, which ffmpeg can only write to a file. */
async function makeWithTables(): Promise<Buffer> {
  const directory = await mkdtemp(join(tmpdir(), 'fuzz-'));
  try {
    const path = join(directory, 'tables.mp4');
    const args = [...PICTURES, ...SOUND, ...H264, '-c:a', 'aac', '-movflags', '+faststart', path];
    await run(process.env.FFMPEG_PATH ?? 'ffmpeg', ['-v', 'error', ...args]);
    return await readFile(path);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** Text that makes a careless reader open something else: the bait is a file, and an address. */
export function scripts(baitPath: string, baitUrl: string): Buffer[] {
  const name = baitPath.slice(baitPath.lastIndexOf('/') + 1);
  const texts = [
    `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://${baitPath}\n#EXT-X-ENDLIST\n`,
    `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n${baitUrl}/a.ts\n#EXT-X-ENDLIST\n`,
    `#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="${baitUrl}/key"\n#EXTINF:2,\nconcat:${baitPath}|${baitPath}\n`,
    `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nsubfile,,start,0,end,0,,:${baitPath}\n`,
    `ffconcat version 1.0\nfile ${baitPath}\n`,
    `ffconcat version 1.0\nfile ${name}\nfile ../${name}\n`,
    `ffconcat version 1.0\nfile ${baitUrl}/a.mp4\n`,
    `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n`,
    `<?xml version="1.0"?><MPD><Period><BaseURL>${baitUrl}/</BaseURL></Period></MPD>`,
    `<svg xmlns="http://www.w3.org/2000/svg"><image href="file://${baitPath}"/></svg>`,
    `;FFMETADATA1\ntitle=a\n`,
    `[playlist]\nFile1=file://${baitPath}\n`,
    '',
    'x',
  ];
  return texts.map((text) => Buffer.from(text));
}

/** Values that break arithmetic on 32 bits. */
const EDGES = [0, 1, 7, 8, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff] as const;

/** Fields of headers that promise how much there is, by what stands in front of them: counts, lengths and sizes. */
const PROMISES: readonly (readonly [name: string | Buffer, offsets: readonly number[]])[] = [
  ['stsz', [8, 12]],
  ['stts', [8, 12, 16]],
  ['ctts', [8, 12]],
  ['stsc', [8, 12, 16]],
  ['stco', [8]],
  ['trun', [4, 8]],
  ['elst', [8, 12, 16]],
  ['mvhd', [16, 20]],
  ['mdhd', [16, 20]],
  ['tkhd', [16, 44]],
  ['data', [4]],
  ['fLaC', [18, 22]],
  [Buffer.from('4489', 'hex'), [3]],
  [Buffer.from('1654ae6b', 'hex'), [4]],
];
/** An index of so many entries takes gigabytes. */
const MANY = 85_000_000;

type Mutation = (bytes: Buffer, random: Random, others: readonly Buffer[]) => Buffer;

const MUTATIONS: readonly Mutation[] = [
  function flipBytes(bytes, random) {
    for (let count = 1 + wholeBelow(random, 8); count > 0 && bytes.length > 0; count--)
      bytes[wholeBelow(random, bytes.length)] = wholeBelow(random, 256);
    return bytes;
  },
  function edgeNumber(bytes, random) {
    if (bytes.length > 4) bytes.writeUInt32BE(anyOf(random, EDGES), wholeBelow(random, bytes.length - 3));
    return bytes;
  },
  function cutOff(bytes, random) {
    return bytes.subarray(0, wholeBelow(random, bytes.length + 1));
  },
  function takeOut(bytes, random) {
    const from = wholeBelow(random, bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + wholeBelow(random, 512))]);
  },
  function repeat(bytes, random) {
    const from = wholeBelow(random, bytes.length + 1);
    const piece = bytes.subarray(from, from + wholeBelow(random, 4_096));
    return Buffer.concat([bytes, piece, piece, piece]);
  },
  function splice(bytes, random, others) {
    const other = anyOf(random, others);
    return Buffer.concat([
      bytes.subarray(0, wholeBelow(random, bytes.length + 1)),
      other.subarray(wholeBelow(random, other.length + 1)),
    ]);
  },
  function lie(bytes, random) {
    const [name, offsets] = anyOf(random, PROMISES);
    const at = bytes.indexOf(name) + anyOf(random, offsets);
    if (bytes.includes(name) && at + 4 <= bytes.length)
      bytes.writeUInt32BE(anyOf(random, [...EDGES, MANY, 600_000]), at);
    return bytes;
  },
  function sentByCurlD(bytes) {
    return Buffer.from(bytes.filter((byte) => byte !== 0 && byte !== 10 && byte !== 13));
  },
  function twice(bytes) {
    return Buffer.concat([bytes, bytes]);
  },
  function noise(_bytes, random) {
    return Buffer.from(Array.from({ length: wholeBelow(random, 2_000) }, () => wholeBelow(random, 256)));
  },
];

/** Media that went through one to three mutations. */
export function mutated(random: Random, seeds: readonly Buffer[]): Buffer {
  let bytes: Buffer = Buffer.from(anyOf(random, seeds));
  for (let count = 1 + wholeBelow(random, 3); count > 0; count--)
    bytes = anyOf(random, MUTATIONS)(bytes, random, seeds);
  return bytes;
}
