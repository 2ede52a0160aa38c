import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { cutSegments, gridFor } from '../timeline/cut.ts';
import type { Profile } from '../timeline/profile.ts';
import { EncodedChunk } from './encoded-chunk.ts';
import { probeMedia } from './probe.ts';
import {
  childProcesses,
  decoded,
  Lab,
  loudness,
  NEVER,
  numberedPictures,
  numbersOf,
  pictures,
  rawClip,
  SMALL,
  syncFrames,
  tone,
} from './test-media.ts';

const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast'];
const GRAY = ['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', '128x128', '-i', 'pipe:0'];
const PICTURE = 128 * 128;

let lab: Lab;
/** Of every chunk encoded here with the same profile, so that one init segment is seen to do for all. */
const avcC = new Set<string>();

beforeAll(() => {
  lab = new Lab();
});
afterEach(async () => {
  // Those left wait for a next chunk; the oldest of four is on its way out.
  await expect.poll(() => lab.jobsLeft.length).toBeLessThanOrEqual(3);
  await expect.poll(() => childProcesses().length).toBeLessThanOrEqual(3);
});
afterAll(async () => {
  await lab.processes.close();
  expect(lab.jobsLeft).toEqual([]);
  expect(childProcesses()).toEqual([]);
  await lab.close();
});

/** Checks what holds for each chunk: its length, its IDRs and the one init segment. */
function expectSound(chunk: EncodedChunk, frames: number): void {
  expect(chunk.state).toBe('done');
  expect(chunk.frames).toBe(frames);
  expect(chunk.video[0]).toHaveLength(frames);
  expect(chunk.samplesReady).toBe(chunk.sound().length);
  let start = 0;
  const starts = chunk.plan.segmentFrames.map((length) => {
    start += length;
    return start - length;
  });
  expect(syncFrames(chunk)).toEqual(starts);
  avcC.add(Buffer.from(chunk.init[0]!.avcC).toString('hex'));
  expect(avcC.size).toBe(1);
}

describe('containers', () => {
  test.each([
    ['mp4, index behind', 'a.mp4', [...X264, '-c:a', 'aac'], 25],
    ['mp4, index in front', 'b.mp4', [...X264, '-c:a', 'aac', '-movflags', '+faststart'], 25],
    // Neither says what is padding in the sound: one frame is held for it.
    ['mp4 in fragments', 'c.mp4', [...X264, '-c:a', 'aac', '-movflags', '+frag_keyframe+empty_moov'], 26],
    ['mp4 with B-frames', 'd.mp4', ['-c:v', 'libx264', '-bf', '3', '-c:a', 'aac'], 25],
    ['mov', 'a.mov', [...X264, '-c:a', 'pcm_s16le'], 25],
    ['mov with a time code track', 'b.mov', [...X264, '-c:a', 'aac', '-timecode', '01:00:00:00'], 25],
    ['mkv', 'a.mkv', [...X264, '-c:a', 'aac'], 25],
    ['webm, VP8 and Opus', 'a.webm', ['-c:v', 'libvpx', '-deadline', 'realtime', '-c:a', 'libopus'], 25],
    ['webm, VP9 and Vorbis', 'b.webm', ['-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-c:a', 'libvorbis'], 25],
    ['ts', 'a.ts', [...X264, '-c:a', 'aac'], 25],
    ['avi', 'a.avi', ['-c:v', 'mpeg4', '-c:a', 'mp3'], 26],
    ['flv', 'a.flv', [...X264, '-c:a', 'aac'], 25],
    ['mpeg program stream', 'a.mpg', ['-c:v', 'mpeg2video', '-c:a', 'mp2', '-bf', '0'], 25],
    ['asf', 'a.asf', ['-c:v', 'msmpeg4v3', '-c:a', 'wmav2'], 26],
    ['ts, MPEG-2 and AC-3', 'b.ts', ['-c:v', 'mpeg2video', '-c:a', 'ac3', '-bf', '0'], 25],
    ['pictures of 10 bits', 'e.mp4', [...X264, '-pix_fmt', 'yuv420p10le'], 25],
    ['pictures tagged BT.709', 'f.mp4', [...X264, '-colorspace', 'bt709', '-color_primaries', 'bt709'], 25],
    ['pictures of full range', 'g.mp4', [...X264, '-pix_fmt', 'yuvj420p'], 25],
    ['chroma in another place', 'h.mp4', [...X264, '-chroma_sample_location', 'topleft'], 25],
  ] as const)('takes %s', async (_, name, args, frames) => {
    const chunk = await lab.encode(lab.make(name, [...pictures(), ...tone(), ...args]));
    expectSound(chunk, frames);
    expect(loudness(chunk.sound(), 5_000, 40_000)).toBeGreaterThan(0.05);
  });

  test('takes no chapters for pictures', async () => {
    const text = ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=300\ntitle=a\n';
    const meta = ['-i', lab.write('chapters.txt', text), '-map_metadata', '2'];
    expectSound(await lab.encode(lab.make('chapters.mp4', [...pictures(), ...tone(), ...meta])), 25);
  });

  test.each([
    ['a.wav', []],
    ['a.mp3', []],
    ['a.flac', []],
    ['a.ogg', ['-c:a', 'libvorbis']],
    ['a.opus', []],
    ['a.aac', []],
    ['a.m4a', []],
    ['stereo.wav', ['-ac', '2']],
    ['a.aiff', []],
    ['a.au', []],
    ['a.caf', []],
    ['a.wma', []],
    ['a.wv', []],
    ['a.ac3', []],
  ] as const)('puts the sound of %s under the pictures of the filler', async (name, args) => {
    const filler = await lab.encodeSource({ kind: 'clip', clip: rawClip(25) }, 25);
    const clip = {
      id: 'x',
      segmentFrames: [25],
      video: filler.video,
      init: filler.init.filter((init) => init !== undefined),
    };
    const path = lab.make(name, [...tone({ rate: 44_100 }), ...args]);
    const chunk = await lab.encode(path, { pictures: clip });
    // MP3 and ADTS files say nothing of the padding in their last blocks.
    expect(chunk.frames).toBeGreaterThanOrEqual(25);
    expect(chunk.frames).toBeLessThanOrEqual(27);
    expect(chunk.video[0]?.slice(0, 25)).toEqual(filler.video[0]);
    expect(loudness(chunk.sound(), 5_000, 40_000)).toBeGreaterThan(0.05);
    expect(chunk.sound()).toHaveLength(chunk.frames * 1920 + 16);
  });
});

describe('pictures', () => {
  test('come out each once and in order', async () => {
    const path = lab.make('numbers.mp4', ['-r', '25', ...GRAY, '-c:v', 'libx264', '-bf', '2'], numberedPictures(100));
    const chunk = await lab.encode(path);
    expectSound(chunk, 100);
    expect(numbersOf(decoded(chunk))).toEqual(Array.from({ length: 100 }, (_, frame) => frame));
  });

  test('come out each once and in order from Matroska and TS, where they start late', async () => {
    for (const name of ['numbers.mkv', 'numbers.ts']) {
      const args = ['-r', '25', ...GRAY, ...tone({ seconds: 2 }), ...X264, '-c:a', 'aac'];
      const chunk = await lab.encode(lab.make(name, args, numberedPictures(50)));
      expectSound(chunk, 50);
      expect(numbersOf(decoded(chunk))).toEqual(Array.from({ length: 50 }, (_, frame) => frame));
    }
  });

  test.each([10, 24, 30, 60, 1000])('of %d a second become 25 a second', async (fps) => {
    const path = lab.make(`fps${fps}.mp4`, [...pictures({ fps, seconds: 2, size: '64x64' }), ...X264]);
    expectSound(await lab.encode(path), 50);
  });

  test.each([
    ['wide', '320x90', { top: 16, bottom: 16, left: 235, right: 235 }],
    ['tall', '90x320', { top: 235, bottom: 235, left: 16, right: 16 }],
    ['of odd size', '161x121', { top: 16, bottom: 16, left: 235, right: 235 }],
  ] as const)('that are %s are padded, not stretched', async (name, size, edges) => {
    const white = ['-f', 'lavfi', '-i', `color=white:s=${size}:d=0.2:r=25`];
    const chunk = await lab.encode(lab.make(`${name}.mkv`, [...white, '-c:v', 'ffv1', '-pix_fmt', 'yuv444p']));
    expectSound(chunk, 5);
    const luma = decoded(chunk, 'yuv420p');
    const at = (x: number, y: number) => luma[y * 128 + x] ?? -1;
    const seen = { top: at(64, 1), bottom: at(64, 126), left: at(1, 64), right: at(126, 64) };
    for (const edge of ['top', 'bottom', 'left', 'right'] as const)
      expect(Math.abs(seen[edge] - edges[edge])).toBeLessThan(6);
  });

  test('are turned as the file says', async () => {
    const half = ['-f', 'lavfi', '-i', 'color=black:s=128x128:d=0.2:r=25,drawbox=w=64:color=white:t=fill'];
    const upright = lab.make('upright.mp4', [...half, ...X264]);
    const path = lab.make('turned.mp4', ['-i', upright, '-c', 'copy', '-metadata:s:v', 'rotate=90']);
    const gray = decoded(await lab.encode(path));
    // The white left half is at the top or at the bottom now.
    expect(Math.abs((gray[20 * 128 + 20] ?? 0) - (gray[20 * 128 + 108] ?? 0))).toBeLessThan(20);
    expect(Math.abs((gray[20 * 128 + 64] ?? 0) - (gray[108 * 128 + 64] ?? 0))).toBeGreaterThan(200);
  });

  test('with alpha are taken without it', async () => {
    const alpha = ['-f', 'lavfi', '-i', 'color=red@0.5:s=64x64:d=0.4:r=25,format=rgba'];
    expectSound(await lab.encode(lab.make('alpha.mov', [...alpha, '-c:v', 'qtrle'])), 10);
  });

  test('tagged BT.709 keep their colour', async () => {
    const green = ['-f', 'lavfi', '-i', 'color=0x20c040:s=128x128:d=0.2:r=25'];
    const args = ['-vf', 'scale=out_color_matrix=bt709,format=yuv420p', '-colorspace', 'bt709', ...X264];
    const rgb = decoded(await lab.encode(lab.make('green.mp4', [...green, ...args])), 'rgb24');
    for (const [channel, value] of [0x20, 0xc0, 0x40].entries()) {
      expect(Math.abs((rgb[(64 * 128 + 64) * 3 + channel] ?? 0) - value)).toBeLessThan(12);
    }
  });

  test('are held while the sound goes on, and sound is silence where it ends before them', async () => {
    const long = await lab.encode(lab.make('long.mp4', [...pictures(), ...tone({ seconds: 2 }), ...X264]));
    expectSound(long, 50);
    const gray = decoded(long);
    const [held, last] = [gray.subarray(49 * PICTURE, 50 * PICTURE), gray.subarray(24 * PICTURE, 25 * PICTURE)];
    expect(held.reduce((sum, value, at) => sum + Math.abs(value - (last[at] ?? 0)), 0) / PICTURE).toBeLessThan(3);
    expect(loudness(long.sound(), 50_000, 90_000)).toBeGreaterThan(0.05);
    const short = await lab.encode(lab.make('short.mp4', [...pictures({ seconds: 2 }), ...tone(), ...X264]));
    expectSound(short, 50);
    expect(loudness(short.sound(), 1_000, 47_000)).toBeGreaterThan(0.05);
    expect(loudness(short.sound(), 51_000)).toBe(0);
  });

  test('alone come with silence', async () => {
    const chunk = await lab.encode(lab.make('mute.mp4', [...pictures(), ...X264]));
    expectSound(chunk, 25);
    expect(loudness(chunk.sound())).toBe(0);
  });

  test.each([
    [1, 0.04],
    [3, 0.1],
  ])('of a clip of %d are enough', async (frames, seconds) => {
    const path = lab.make(`tiny${frames}.mp4`, [...pictures({ seconds }), ...tone({ seconds }), ...X264]);
    const chunk = await lab.encode(path);
    expect(chunk.frames - frames).toBeLessThanOrEqual(1);
    expectSound(chunk, chunk.frames);
  });
});

test('pushes the last picture on for as long as is planned', async () => {
  const path = lab.make('hold.mp4', [...pictures(), ...X264]);
  const chunk = await lab.encode(path, { plan: { holdFrames: 10 } });
  expect(chunk.frames).toBe(25);
  const hold = chunk.hold?.video[0] ?? [];
  expect(hold.map(({ isSync }) => isSync)).toEqual([true, ...Array.from({ length: 9 }, () => false)]);
});

test('encodes each rendition at its size, cut alike', async () => {
  const profile: Profile = {
    ...SMALL,
    renditions: [
      { width: 64, height: 64 },
      { width: 96, height: 64 },
    ],
  };
  const path = lab.make('renditions.mp4', [...pictures({ seconds: 2 }), ...tone({ seconds: 2 }), ...X264]);
  const chunk = await lab.encode(path, { profile });
  expect(chunk.init.map((init) => `${init?.width}x${init?.height}`)).toEqual(['128x128', '64x64', '96x64']);
  for (const rendition of [0, 1, 2]) {
    expect(chunk.video[rendition]).toHaveLength(50);
    expect(syncFrames(chunk, rendition)).toEqual([0, 25]);
  }
});

test('encodes raw clips like files, at any of their rates', async () => {
  for (const audioRate of [16_000, 24_000, 48_000]) {
    const clip = rawClip(30, { width: 100, height: 80 }, audioRate);
    const chunk = await lab.encodeSource({ kind: 'clip', clip }, 30);
    expectSound(chunk, 30);
    expect(loudness(chunk.sound(), 2_000, 55_000)).toBeGreaterThan(0.1);
  }
});

test('puts sound made in this process under the pictures of the filler, at any rate', async () => {
  const filler = await lab.encodeSource({ kind: 'clip', clip: rawClip(25) }, 25);
  const pictures = {
    id: 'x',
    segmentFrames: [25],
    video: filler.video,
    init: filler.init.filter((init) => init !== undefined),
  };
  for (const audioRate of [16_000, 24_000, 48_000]) {
    const { pcm } = rawClip(30, { width: 100, height: 80 }, audioRate);
    const chunk = await lab.encodeSource({ kind: 'sound', sound: { frames: 30, pcm, audioRate } }, 30, { pictures });
    expect(chunk.video[0]?.slice(0, 25)).toEqual(filler.video[0]);
    expect(chunk.sound()).toHaveLength(30 * 1920 + 16);
    expect(loudness(chunk.sound(), 2_000, 55_000)).toBeGreaterThan(0.1);
  }
  const silent = await lab.encodeSource(
    { kind: 'sound', sound: { frames: 10, pcm: new Int16Array(), audioRate: 24_000 } },
    10,
    { pictures },
  );
  expect(silent.sound().every((sample) => sample === 0)).toBe(true);
});

test('tells what stopped a clip that cannot be drawn on', async () => {
  const broken = async function* () {
    yield new Uint8Array(128 * 128 * 4);
    throw new Error('the brush broke');
  };
  const clip = { ...rawClip(30), pictures: broken() };
  await expect(lab.encodeSource({ kind: 'clip', clip }, 30)).rejects.toMatchObject({
    code: 'ENCODER_FAILED',
    message: expect.stringContaining('the brush broke'),
  });
});

test('does not wait for a picture that never comes', async () => {
  const quick = new Lab({ stallMs: 500 });
  const never = async function* () {
    yield new Uint8Array(128 * 128 * 4);
    await new Promise(() => undefined);
  };
  const clip = { ...rawClip(30), pictures: never() };
  await expect(quick.encodeSource({ kind: 'clip', clip }, 30)).rejects.toMatchObject({ code: 'ENCODER_STALLED' });
  expect(quick.pool.running).toBe(0);
  await quick.close();
});

describe('called off', () => {
  let long: string;
  beforeAll(() => {
    long = lab.make('abort.mp4', [...pictures({ seconds: 60 }), ...tone({ seconds: 60 }), ...X264]);
  });

  test.each<[string, (own: Lab, chunk: EncodedChunk) => boolean]>([
    ['before it begins', () => true],
    ['when its turn has come', ({ pool }) => pool.running === 1],
    ['when its directory is there', ({ jobsLeft }) => jobsLeft.length > 0],
    ['when its first pictures are', (_, chunk) => (chunk.video[0]?.length ?? 0) > 0],
  ])('%s, an encode leaves nothing', async (_, isTime) => {
    const own = new Lab();
    const before = childProcesses().length;
    const frames = 60 * SMALL.fps;
    const chunk = new EncodedChunk({
      profile: SMALL,
      segmentFrames: cutSegments(frames, gridFor(SMALL.fps, 1)),
      holdFrames: 0,
    });
    const probe = await probeMedia(long, NEVER);
    const leaving = new AbortController();
    if (isTime(own, chunk)) leaving.abort();
    const encoding = own.chunks.encode({ kind: 'file', path: long, probe }, chunk, {
      deadlineMs: 0,
      signal: leaving.signal,
    });
    const ended = expect(encoding).rejects.toMatchObject({ code: 'ABORTED' });
    await expect.poll(() => isTime(own, chunk), { interval: 1 }).toBe(true);
    leaving.abort();
    await ended;
    expect(chunk.video[0]?.length ?? 0).toBeLessThan(frames);
    await own.processes.close();
    expect(own.jobsLeft).toEqual([]);
    expect(own.pool.running).toBe(0);
    expect(childProcesses()).toHaveLength(before);
    await own.close();
  });
});

test('pictures that are written are let go while the clip is still encoded', async () => {
  setFlagsFromString('--expose-gc');
  const collectGarbage = runInNewContext('gc') as () => void;
  const frames = 60;
  const made: WeakRef<Uint8Array>[] = [];
  let aliveAtTheEnd = frames;
  const clip = rawClip(frames, { width: 256, height: 256 });
  const watched = async function* (): AsyncGenerator<Uint8Array> {
    for await (const picture of clip.pictures) {
      made.push(new WeakRef(picture));
      yield picture;
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
    collectGarbage();
    aliveAtTheEnd = made.filter((picture) => picture.deref() !== undefined).length;
  };
  await lab.encodeSource({ kind: 'clip', clip: { ...clip, pictures: watched() } }, frames);
  expect(aliveAtTheEnd).toBeLessThanOrEqual(3);
});
