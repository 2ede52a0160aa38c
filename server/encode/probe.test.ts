import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { Jail } from '../lib/jail.ts';
import { MemoryBudget } from '../lib/memory-budget.ts';
import { SAFE_DEMUXERS } from './chunk-arguments.ts';
import { useFfprobe } from './ffprobe.ts';
import { chunkFrames } from './filter-scripts.ts';
import { FORMATS } from './header-reader.ts';
import { probeMedia } from './probe.ts';
import { childProcesses, Lab, NEVER, pictures, tone } from './test-media.ts';

const lab = new Lab();
afterEach(() => expect(childProcesses()).toEqual([]));
afterAll(() => lab.close());

/** RFC 9559 5.1.4.1.13. */
const DEFAULT_DURATION = Buffer.from([0x23, 0xe3, 0x83]);

/** Read by ffprobe only. */
const avi = () => lab.make('a.avi', [...pictures(), '-c:v', 'mpeg4']);

test('names no format that refers to other files', () => {
  const names = [...SAFE_DEMUXERS.split(','), ...FORMATS.map((format) => format.name)];
  expect(
    names.filter((name) => /hls|m3u|concat|dash|mpd|sdp|rtp|rtsp|image|svg|ffmeta|lavfi|tee|apple http/i.test(name)),
  ).toEqual([]);
});

test('is over after its limit, and ffprobe with it', async () => {
  await expect(probeMedia(avi(), NEVER, { ms: 1, cpuSeconds: 5 })).rejects.toMatchObject({
    code: 'MEDIA_UNSUPPORTED',
    message: 'the media could not be read within 1 ms',
  });
});

test('ends what works on and on by the time that it works, not by the clock', async () => {
  const folder = lab.path('tools');
  mkdirSync(folder);
  writeFileSync(join(folder, 'ffprobe'), '#!/bin/sh\nwhile :; do :; done\n', { mode: 0o755 });
  const command = join(folder, 'ffmpeg');
  writeFileSync(command, '#!/bin/sh\n', { mode: 0o755 });
  useFfprobe(command, await Jail.build({ command, devices: false }), new MemoryBudget(2 ** 31));
  const path = avi();
  try {
    await expect(probeMedia(path, NEVER, { ms: 1e6, cpuSeconds: 1 })).rejects.toMatchObject({
      code: 'MEDIA_UNSUPPORTED',
      message: expect.stringContaining('takes more than 1 s'),
    });
  } finally {
    useFfprobe('ffmpeg', Jail.OPEN, new MemoryBudget(2 ** 31));
  }
});

test('can be called off before and while it runs', async () => {
  await expect(probeMedia(avi(), AbortSignal.abort())).rejects.toMatchObject({ code: 'ABORTED' });
  const leaving = new AbortController();
  const probing = expect(probeMedia(avi(), leaving.signal)).rejects.toMatchObject({ code: 'ABORTED' });
  await expect.poll(childProcesses).toHaveLength(1);
  leaving.abort();
  await probing;
});

test.each([
  ['mp4', [], 16_000, undefined],
  ['mp4', ['-disposition:a:0', '0', '-disposition:a:1', 'default'], 48_000, 1],
  ['mkv', ['-disposition:a:0', '0', '-disposition:a:1', 'default'], 48_000, 1],
] as const)('reads the sound that players choose: %s %j', async (ext, disposition, sampleRate, ordinal) => {
  const two = ['-map', '0', '-map', '1', '-map', '2', ...disposition, '-c:v', 'libx264', '-c:a', 'aac'];
  const args = [...pictures(), ...tone({ rate: 16_000 }), ...tone({ rate: 48_000, seconds: 3 }), ...two];
  const { audio } = await probeMedia(lab.make(`two-${ordinal}.${ext}`, args), NEVER);
  expect([audio?.sampleRate, audio?.ordinal]).toEqual([sampleRate, ordinal]);
  expect(audio?.end).toBeCloseTo(sampleRate === 16_000 ? 1 : 3, 0);
});

test('believes that the last picture stands as long as the one before it, where a recorder does not say', async () => {
  const sound = ['-c:a', 'libopus', '-shortest'];
  const path = lab.make('recorder.webm', [
    ...pictures({ seconds: 2 }),
    ...tone({ seconds: 2 }),
    '-c:v',
    'libvpx',
    ...sound,
  ]);
  const bytes = readFileSync(path);
  // The default duration of a track is all that says it: a void element in its place.
  for (let at = bytes.indexOf(DEFAULT_DURATION); at >= 0; at = bytes.indexOf(DEFAULT_DURATION))
    bytes.set([0xec, 0x80 | ((bytes[at + 3] ?? 0) - 0x80 + 2), 0], at);
  writeFileSync(path, bytes);
  const { video } = await probeMedia(path, NEVER);
  expect((video?.end ?? 0) - (video?.start ?? 0)).toBeCloseTo(2, 2);
  expect(chunkFrames(await probeMedia(path, NEVER), 25)).toBe(50);
});

test('says of a file that is missing that it can not be read', async () => {
  await expect(probeMedia(lab.path('missing'), NEVER)).rejects.toMatchObject({ code: 'MEDIA_UNSUPPORTED' });
});
