import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { videoEncoderArguments } from './encoder-arguments.ts';
import { chooseEncoder } from './encoder-choice.ts';
import { availableEncoders } from './ffmpeg.ts';
import { childProcesses } from './test-media.ts';

const directory = mkdtempSync(join(tmpdir(), 'choice-'));
afterEach(() => expect(childProcesses()).toEqual([]));
afterAll(() => rmSync(directory, { recursive: true }));

function fake(script: string): string {
  const path = join(directory, `ffmpeg${Math.round(performance.now() * 1000)}`);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

const BOTH = new Set(['h264_nvenc', 'libx264']);

test('takes x264 where NVENC does not work, and says why', async () => {
  const choice = await chooseEncoder('auto', 'ffmpeg', await availableEncoders());
  expect(choice.name).toBe('libx264');
  expect(choice.reason).toBe('x264: encoded 10 frames, the first that works');
  expect(choice.rejected).toEqual([{ name: 'h264_nvenc', reason: expect.stringMatching(/\S/) }]);
});

test('refuses to start when NVENC was asked for and does not work', async () => {
  await expect(chooseEncoder('nvenc', 'ffmpeg', BOTH)).rejects.toMatchObject({
    code: 'ENCODER_MISSING',
    message: expect.stringMatching(/^no H\.264 encoder works \(ENCODER=nvenc\): NVENC: \S/),
  });
  await expect(chooseEncoder('nvenc', 'ffmpeg', new Set(['libx264']))).rejects.toMatchObject({
    message: 'no H.264 encoder works (ENCODER=nvenc): NVENC: this ffmpeg was built without it',
  });
});

test('takes NVENC where it works', async () => {
  const path = fake('echo "$@" | grep -q h264_nvenc && echo media');
  expect(await chooseEncoder('auto', path, BOTH)).toMatchObject({ name: 'h264_nvenc', rejected: [] });
});

test('tries only what was asked for', async () => {
  expect((await chooseEncoder('x264', 'ffmpeg', BOTH)).rejected).toEqual([
    { name: 'h264_nvenc', reason: 'not tried: ENCODER=x264' },
  ]);
});

test("tells ffmpeg's first complaint, and an encoder that gives nothing", async () => {
  const path = fake('echo "[h264_nvenc @ 0x55] Cannot load libcuda.so.1" >&2; echo "Conversion failed" >&2; exit 1');
  await expect(chooseEncoder('nvenc', path, BOTH)).rejects.toMatchObject({
    message: expect.stringMatching(/NVENC: Cannot load libcuda\.so\.1$/),
  });
  await expect(chooseEncoder('nvenc', fake('exit 0'), BOTH)).rejects.toMatchObject({
    message: expect.stringMatching(/it gave no output$/),
  });
});

test('fails at once where there is no ffmpeg', async () => {
  await expect(chooseEncoder('auto', '/nonexistent/ffmpeg', BOTH)).rejects.toMatchObject({
    code: 'ENCODER_MISSING',
    message: '/nonexistent/ffmpeg is not installed or not on PATH',
  });
});

test('asks NVENC for the same kind of stream as x264', () => {
  const bsf =
    'filter_units=remove_types=6,h264_metadata=video_format=5:video_full_range_flag=0:chroma_sample_loc_type=0:' +
    'colour_primaries=1:transfer_characteristics=1:matrix_coefficients=6';
  const shared = `-profile:v high -bf 0 -g 100000 -forced-idr 1 -maxrate 1638400 -bufsize 1638400 -bsf:v ${bsf}`;
  const picture = { width: 512, height: 512, fps: 25 };
  expect(videoEncoderArguments('h264_nvenc', picture).join(' ')).toBe(
    `-c:v h264_nvenc -preset p4 -tune ull -rc vbr -cq 23 -b:v 0 -zerolatency 1 -delay 0 -no-scenecut 1 ${shared}`,
  );
  expect(videoEncoderArguments('libx264', picture).join(' ')).toBe(
    `-c:v libx264 -preset superfast -tune zerolatency -threads 1 -crf 23 -sc_threshold 0 ${shared}`,
  );
});
