import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { UNTRUSTED_INPUT } from '../../encode/chunk-arguments.ts';
import { childProcesses } from '../../encode/test-media.ts';
import type { RawClip } from '../../encode/types.ts';
import { StreamError } from '../../errors.ts';
import { Jail } from '../../lib/jail.ts';
import { createDrawnAvatar, type DrawnFace } from './drawn-avatar.ts';
import { loadIdleMedia } from './idle-media.ts';
import { createPictureAvatar } from './no-avatar.ts';
import { isSame, jobOf, PICTURE, picturesOf } from './rig.ts';

const directory = mkdtempSync(join(tmpdir(), 'still-avatar-'));
const tools = { ffmpegPath: 'ffmpeg', untrustedInput: UNTRUSTED_INPUT, jail: Jail.OPEN };
const at = (name: string): string => join(directory, name);

beforeAll(() => {
  const make = (name: string, filter: string, ...options: string[]) =>
    spawnSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', filter, ...options, at(name)]);
  make('red.png', 'color=red:size=64x64', '-frames:v', '1');
  make('red.jpg', 'color=red:size=64x64', '-frames:v', '1');
  make('red.webp', 'color=red:size=64x64', '-frames:v', '1');
  make('glass.png', 'color=red@0:size=64x64,format=rgba', '-frames:v', '1');
  make('loop.mp4', 'testsrc2=size=128x72:rate=25', '-t', '2', '-pix_fmt', 'yuv420p');
  writeFileSync(at('text.png'), 'no picture');
});
afterEach(() => expect(childProcesses()).toEqual([]));
afterAll(() => rmSync(directory, { recursive: true }));

const clipOf = (frames: number, fill = 0): RawClip => ({
  ...{ ...PICTURE, frames, pcm: new Int16Array(0), audioRate: 48_000 },
  pictures: (async function* () {
    for (let picture = 0; picture < frames; picture++) yield new Uint8Array([fill, picture]);
  })(),
});
const fallback = {
  looks: [
    { name: 'ada', title: 'Ada' },
    { name: 'bo', title: 'Bo' },
  ],
  still: (_: unknown, look?: string) => clipOf(2, look === 'bo' ? 1 : 0),
  lookVersion: (name: string) => `v1-${name}`,
};

test.each(['red.png', 'red.jpg', 'red.webp'])('the voice is heard over a picture (%s)', async (name) => {
  const avatar = await createPictureAvatar({ ...tools, imagePath: at(name), fallback });
  expect(await avatar.render(jobOf(1))).toBeUndefined();
  expect(avatar.looks).toEqual([]);
  expect(avatar.idleLook()).toMatch(/^file-[0-9a-f]{16}$/);
  const idle = avatar.idle({ width: 96, height: 64, fps: 10 });
  const pictures = await picturesOf(idle);
  expect([idle.frames, pictures.length, idle.pcm.length]).toEqual([80, 80, 8 * 48_000]);
  expect(isSame(pictures[0], pictures[79])).toBe(true);
  const pixel = (x: number) => [...(pictures[0]?.subarray((32 * 96 + x) * 4, (32 * 96 + x) * 4 + 3) ?? [])];
  // Fitted in with black at the sides.
  expect(pixel(2).every((value) => value < 20)).toBe(true);
  expect(pixel(48)[0]).toBeGreaterThan(230);
  expect(pixel(48)[1]).toBeLessThan(30);
  await avatar.close();
});

test('what is transparent in a picture is black', async () => {
  const idle = await loadIdleMedia(tools, at('glass.png'));
  const reader = idle.idle(PICTURE).pictures[Symbol.asyncIterator]();
  const { value } = await reader.next();
  expect(Math.max(...value.subarray(0, 3))).toBeLessThan(5);
  await idle.close();
  await expect(reader.next()).rejects.toMatchObject({ code: 'ABORTED' });
});

test('a video is the idle loop as long as it lasts, at any rate, and read any number of times', async () => {
  const idle = await loadIdleMedia(tools, at('loop.mp4'));
  const clip = idle.idle({ ...PICTURE, fps: 30 });
  expect(clip.frames).toBe(60);
  expect(Math.ceil((clip.pcm.length * clip.fps) / clip.audioRate)).toBe(60);
  const [one, other] = await Promise.all([picturesOf(clip), picturesOf(idle.idle(PICTURE))]);
  expect([one.length, other.length]).toEqual([60, 20]);
  expect(isSame(one[0], one[40])).toBe(false);
  // Never read, and left in the middle.
  idle.idle(PICTURE);
  for await (const picture of idle.idle(PICTURE).pictures) {
    expect(picture).toHaveLength(128 * 128 * 4);
    break;
  }
  await idle.close();
});

test.each(['text.png', 'missing.png', '.'])('refuses %s as a picture', async (name) => {
  await expect(createPictureAvatar({ ...tools, imagePath: at(name), fallback })).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining(at(name)),
  });
});

test('without a picture, the drawn face is shown as it is', async () => {
  const avatar = await createPictureAvatar({ ...tools, fallback });
  expect(avatar.looks.map(({ name }) => name)).toEqual(['ada', 'bo']);
  expect([avatar.idleLook('bo'), avatar.idleLook('nobody'), avatar.idleLook()]).toEqual([
    'still-v1-bo',
    'still-v1-ada',
    'still-v1-ada',
  ]);
  expect((await picturesOf(avatar.idle(PICTURE, 'bo')))[0]?.[0]).toBe(1);
  await avatar.close();
});

const { looks, lookVersion } = fallback;

test('the drawn face speaks when its first picture is there; unknown looks are the default', async () => {
  const asked: (string | undefined)[] = [];
  let drawn = 0;
  const face: DrawnFace = {
    speech: (speech, _picture, { look }) => {
      asked.push(look);
      const pictures = (async function* () {
        for (; drawn < 3; drawn++) yield new Uint8Array([drawn]);
      })();
      return { ...clipOf(3), pictures, pcm: speech.pcm };
    },
    idle: (_picture, look) => clipOf(1, look === 'bo' ? 1 : 0),
  };
  const avatar = createDrawnAvatar(face, { looks, lookVersion });
  const job = jobOf(0.3, { look: 'nobody' });
  const clip = await avatar.render(job);
  expect(drawn).toBe(0);
  expect(clip?.pcm).toBe(job.speech.pcm);
  expect((await picturesOf(clip)).map(([value]) => value)).toEqual([0, 1, 2]);
  await avatar.render(jobOf(0.3, { look: 'bo' }));
  expect(asked).toEqual(['ada', 'bo']);
  expect([avatar.idleLook('bo'), avatar.idleLook('x')]).toEqual(['v1-bo', 'v1-ada']);
  expect((await picturesOf(avatar.idle(PICTURE, 'bo')))[0]?.[0]).toBe(1);
});

test('a face that can not be drawn, or is not wanted, is known before anything is shown', async () => {
  const failing: DrawnFace = {
    speech: (_speech, _picture, { signal }) => ({
      ...clipOf(3),
      pictures: {
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.reject(new StreamError(signal.aborted ? 'ABORTED' : 'SPEECH_FAILED', 'no canvas')),
        }),
      },
    }),
    idle: () => clipOf(1),
  };
  const avatar = createDrawnAvatar(failing, { looks, lookVersion });
  await expect(avatar.render(jobOf(1))).rejects.toMatchObject({
    code: 'AVATAR_FAILED',
    message: 'the avatar failed: no canvas',
  });
  await expect(avatar.render(jobOf(1, { signal: AbortSignal.abort() }))).rejects.toMatchObject({ code: 'ABORTED' });
  await avatar.close();
  await expect(avatar.render(jobOf(1))).rejects.toMatchObject({ code: 'ABORTED' });
});
