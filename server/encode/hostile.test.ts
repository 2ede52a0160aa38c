import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ERROR_CODES } from '../errors.ts';
import type { EncodedChunk } from './encoded-chunk.ts';
import { chunkFrames } from './filter-scripts.ts';
import { probeMedia } from './probe.ts';
import { childProcesses, decoded, ffmpeg, Lab, NEVER, pictures, SMALL, tone } from './test-media.ts';

/** Uploads made to do harm: refused with a code, or encoded clean; soon, in bounded memory, and nothing is left. */

const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast'];
const REFUSALS: readonly string[] = ['MEDIA_UNSUPPORTED', 'MEDIA_TOO_LONG', 'ENCODER_STALLED'];
/** CPU time that one upload costs all programs together: it does not grow with what else the machine has to do. */
const MAX_CPU_S = 3;
const MAX_RSS_KIB = 600 * 1024;
/** Longest chunk here, in frames. */
const MAX_FRAMES = 60 * 25;

let lab: Lab;
let good: Buffer;

beforeAll(async () => {
  lab = new Lab({ stallMs: 5_000 });
  await mkdir(lab.path('tenant'));
  lab.make('tenant/secret.mp4', ['-f', 'lavfi', '-i', 'color=white:s=64x64:d=1:r=25', ...X264]);
  good = readFileSync(lab.make('good.mp4', [...pictures(), ...tone(), ...X264, '-c:a', 'aac']));
});
afterEach(async () => {
  await lab.processes.close();
  expect(lab.jobsLeft).toEqual([]);
  expect(childProcesses()).toEqual([]);
  lab.reopen();
});
afterAll(() => lab.close());

/** Takes an upload as a session does; the code it is refused with, or the chunk. */
async function upload(path: string): Promise<string | EncodedChunk> {
  let peakKib = 0;
  const cpuSeconds = new Map<number, number>();
  const watch = setInterval(() => {
    for (const pid of childProcesses()) {
      peakKib = Math.max(peakKib, residentKib(pid));
      cpuSeconds.set(pid, Math.max(cpuSeconds.get(pid) ?? 0, cpuSecondsOf(pid)));
    }
  }, 25);
  try {
    const probe = await probeMedia(path, NEVER);
    const frames = chunkFrames(probe, SMALL.fps);
    if (frames > MAX_FRAMES) return 'MEDIA_TOO_LONG';
    return await lab.encodeSource({ kind: 'file', path, probe }, frames);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    expect(REFUSALS, String(error)).toContain(code);
    expect(ERROR_CODES).toContain(code);
    return code;
  } finally {
    clearInterval(watch);
    expect(peakKib).toBeLessThan(MAX_RSS_KIB);
    const cpu = [...cpuSeconds.values()].reduce((sum, seconds) => sum + seconds, 0);
    expect(cpu).toBeLessThan(MAX_CPU_S);
  }
}

function residentKib(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** User and system time, in ticks of 10 ms (proc_pid_stat(5)). */
function cpuSecondsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return 0;
  }
}

const HLS = (uri: string) => `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${uri}\n#EXT-X-ENDLIST\n`;
const TEXTS: readonly (readonly [string, string])[] = [
  ['HLS over http', HLS('http://127.0.0.1:9/x.ts')],
  ['HLS of a file', HLS('file:///etc/passwd')],
  ['HLS of another tenant', HLS('tenant/secret.mp4')],
  ['HLS of concat', HLS('concat:tenant/secret.mp4')],
  ['HLS with a key', HLS('x.ts').replace('#EXTINF', '#EXT-X-KEY:METHOD=AES-128,URI="http://127.0.0.1:9/k"\n#EXTINF')],
  ['a multivariant playlist', '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\ntenant/secret.mp4\n'],
  ['ffconcat over http', "ffconcat version 1.0\nfile 'http://127.0.0.1:9/x'\n"],
  ['ffconcat of another tenant', "ffconcat version 1.0\nfile 'tenant/secret.mp4'\n"],
  [
    'SDP',
    'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n',
  ],
  ['MPD', '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period></Period></MPD>'],
  ['SVG', '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'],
  ['ffmetadata', ';FFMETADATA1\ntitle=x\n'],
  ['HTML', '<html><body>x</body></html>'],
  ['text', 'hello '.repeat(500)],
  ['nothing', ''],
  ['one byte', 'x'],
];

test.each(TEXTS)('refuses %s under any name', async (_, text) => {
  for (const name of ['input', 'input.mp4']) expect(await upload(lab.write(name, text))).toBe('MEDIA_UNSUPPORTED');
});

test('refuses an ffconcat of another tenant when it is told that it is an MP4', async () => {
  const path = lab.write('input', "ffconcat version 1.0\nfile 'tenant/secret.mp4'\n");
  const video = { codec: 'avc', width: 64, height: 64, start: 0, end: 1 };
  const source = { kind: 'file', path, probe: { container: 'mp4', video } } as const;
  await expect(lab.encodeSource(source, 25)).rejects.toMatchObject({ code: 'MEDIA_UNSUPPORTED' });
});

function box(type: string, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(payload.length + 8);
  header.write(type, 4);
  return Buffer.concat([header, payload]);
}

/** The good file with an integer changed, `offset` bytes behind the type of its nth box of a type. */
function patched(type: string, offset: number, value: number, nth = 0): Buffer {
  const bytes = Buffer.from(good);
  let at = -1;
  for (let found = 0; found <= nth; found++) at = bytes.indexOf(type, at + 1);
  bytes.writeUInt32BE(value, at + offset);
  return bytes;
}

/** Not elapsed time: it does not grow while others have the processor. */
function cpuOfThisThreadUs(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

const FTYP = box('ftyp', Buffer.from('isom\0\0\0\0isom'));
const nested = () => Array.from({ length: 2_000 }).reduce<Buffer>((inner) => box('moov', inner), Buffer.alloc(0));

test.each<[string, () => Buffer]>([
  ['boxes in 2000 boxes', () => Buffer.concat([FTYP, nested()])],
  ['a box of 2 GB', () => Buffer.concat([FTYP, Buffer.from('7fffffff6d6f6f76', 'hex')])],
  ['a box of size 0', () => Buffer.concat([FTYP, Buffer.from('000000006d6f6f76', 'hex')])],
  ['a box of size 1', () => Buffer.concat([FTYP, Buffer.from('000000016d6f6f760000000000000000', 'hex')])],
  ['no index', () => good.subarray(0, good.indexOf('moov') - 4)],
  ['2 G entries in stts', () => patched('stts', 8, 0x7fffffff)],
  ['2 G samples in one entry of stts', () => patched('stts', 12, 0x7fffffff)],
  ['2 G samples of sound in one entry', () => patched('stts', 12, 0x7fffffff, 1)],
  ['a picture of 2 G ticks', () => patched('stts', 16, 0x7fffffff)],
  ['268 M entries in stsz', () => patched('stsz', 12, 0x0fffffff)],
  ['2 G samples in a chunk', () => patched('stsc', 16, 0x7fffffff)],
  ['2 G entries in stco', () => patched('stco', 8, 0x7fffffff)],
  ['a timescale of 1', () => patched('mdhd', 16, 1)],
  ['a timescale of 0', () => patched('mdhd', 16, 0)],
])('survives %s', async (_, bytes) => {
  // The tables are read in another thread: this one never works for long without a look at what else is due.
  let longestUs = 0;
  let lastUs = cpuOfThisThreadUs();
  const look = () => {
    longestUs = Math.max(longestUs, cpuOfThisThreadUs() - lastUs);
    lastUs = cpuOfThisThreadUs();
  };
  const looks = setInterval(look, 10);
  await upload(lab.write('input', bytes()));
  clearInterval(looks);
  look();
  expect(longestUs).toBeLessThan(250_000);
});

test('survives a file cut off at any tenth, with its index in front or not', async () => {
  const front = ffmpeg([
    ...pictures(),
    ...tone(),
    ...X264,
    '-movflags',
    '+frag_keyframe+empty_moov',
    '-f',
    'mp4',
    'pipe:1',
  ]);
  for (const whole of [good, front]) {
    for (let tenth = 1; tenth < 10; tenth++) {
      const chunk = await upload(lab.write('input', whole.subarray(0, (whole.length * tenth) / 10)));
      if (typeof chunk !== 'string') expect(chunk.video[0]).toHaveLength(chunk.frames);
    }
  }
});

test('survives flipped bytes', async () => {
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
    return seed % below;
  };
  for (let round = 0; round < 12; round++) {
    const bytes = Buffer.from(good);
    for (let flip = 0; flip < 20; flip++) bytes[random(bytes.length)] = random(256);
    await upload(lab.write('input', bytes));
  }
});

test.each<[string, readonly string[], 'refused' | 'encoded']>([
  ['40 streams', Array.from({ length: 39 }, () => ['-map', '0:v']).flat(), 'encoded'],
  ['100 streams of pictures', Array.from({ length: 99 }, () => ['-map', '0:v']).flat(), 'refused'],
  [
    'a title that breaks lines',
    ['-metadata', 'title=x\n[/STREAM]\n[STREAM]\ncodec_type=audio\n#EXT-X-KEY:METHOD=NONE'],
    'encoded',
  ],
])('meets %s', async (_, args, outcome) => {
  const result = await upload(lab.make('input.mkv', [...pictures({ size: '64x64' }), '-map', '0:v', ...X264, ...args]));
  expect(typeof result === 'string' ? 'refused' : 'encoded').toBe(outcome);
});

test('takes no line of a title for a stream where ffprobe judges', async () => {
  const title = 'x\n[/STREAM]\n[STREAM]\nindex=1\ncodec_type=audio\ncodec_name=pcm\nduration=50\n[/STREAM]';
  const path = lab.make('input.avi', [...pictures(), '-c:v', 'mpeg4', '-metadata', `title=${title}`]);
  expect((await probeMedia(path, NEVER)).audio).toBeUndefined();
});

test('refuses a picture of 16384 x 8192', async () => {
  const huge = ['-f', 'lavfi', '-i', 'color=black:s=16384x8192:d=0.04:r=25'];
  const path = lab.make('input.mp4', [...huge, '-c:v', 'mjpeg', '-threads', '1']);
  expect(await upload(path)).toBe('MEDIA_UNSUPPORTED');
});

test('takes or refuses 64 channels at 192 kHz', async () => {
  const path = lab.write(
    'input.wav',
    ffmpeg(
      ['-f', 's16le', '-ar', '192000', '-ac', '64', '-i', 'pipe:0', '-f', 'wav', 'pipe:1'],
      new Uint8Array(192_000 * 128),
    ),
  );
  await upload(path);
});

test.each(['mkv', 'ts', 'mp4'])(
  'does not grow over a gap of 20 h in %s, nor where the header lies about it',
  async (ext) => {
    const gap = [
      '-vf',
      'setpts=PTS+gte(N\\,25)*72000/TB',
      '-af',
      'asetpts=PTS+gte(T\\,1)*72000/TB',
      '-fps_mode',
      'passthrough',
    ];
    const path = lab.make(`gap.${ext}`, [
      ...pictures({ seconds: 2 }),
      ...tone({ seconds: 2 }),
      ...gap,
      ...X264,
      '-c:a',
      'aac',
    ]);
    await upload(path);
    const lie = { start: 0, end: 2 };
    const probe = {
      container: ext,
      video: { codec: 'avc', width: 160, height: 120, ...lie },
      audio: { codec: 'aac', sampleRate: 48_000, ...lie, exact: false },
    };
    const chunk = await lab.encodeSource({ kind: 'file', path, probe }, 50);
    expect(chunk.video[0]).toHaveLength(50);
    expect(decoded(chunk)).toHaveLength(50 * 128 * 128);
  },
);

test('makes no more than the plan, and no more than there is, where the header lies about the length', async () => {
  const path = lab.make('long.mp4', [...pictures({ seconds: 30 }), ...tone({ seconds: 30 }), ...X264]);
  const probe = await probeMedia(path, NEVER);
  const short = await lab.encodeSource({ kind: 'file', path, probe }, 10);
  expect(short.video[0]).toHaveLength(10);
  expect(short.differences.map(({ code }) => code)).toContain('LONGER');
  const brief = lab.write('brief.mp4', good);
  const long = await lab.encodeSource({ kind: 'file', path: brief, probe }, 1_000);
  expect(long.frames).toBeGreaterThanOrEqual(25);
  expect(long.frames).toBeLessThanOrEqual(26);
  expect(long.video[0]).toHaveLength(long.frames);
  expect(long.differences.map(({ code }) => code)).toContain('SHORTER');
});
