import { afterAll, afterEach, expect, test } from 'vitest';
import { SAFE_DEMUXERS } from './chunk-arguments.ts';
import { FORMATS } from './header-reader.ts';
import { probeMedia } from './probe.ts';
import { childProcesses, Lab, NEVER, pictures, tone } from './test-media.ts';

const lab = new Lab();
afterEach(() => expect(childProcesses()).toEqual([]));
afterAll(() => lab.close());

/** Read by ffprobe only. */
const avi = () => lab.make('a.avi', [...pictures(), '-c:v', 'mpeg4']);

test('names no format that refers to other files', () => {
  const names = [...SAFE_DEMUXERS.split(','), ...FORMATS.map((format) => format.name)];
  expect(
    names.filter((name) => /hls|m3u|concat|dash|mpd|sdp|rtp|rtsp|image|svg|ffmeta|lavfi|tee|apple http/i.test(name)),
  ).toEqual([]);
});

test('is over after its limit, and ffprobe with it', async () => {
  await expect(probeMedia(avi(), NEVER, 1)).rejects.toMatchObject({
    code: 'MEDIA_UNSUPPORTED',
    message: 'the media could not be read within 1 ms',
  });
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

test('says of a file that is missing that it can not be read', async () => {
  await expect(probeMedia(lab.path('missing'), NEVER)).rejects.toMatchObject({ code: 'MEDIA_UNSUPPORTED' });
});
