import { expect, test } from 'vitest';
import type { RawClip } from '../../encode/types.ts';
import { StreamError } from '../../errors.ts';
import type { RenderedClip } from '../../session/chunk.ts';
import { ClipMaker } from './clip-maker.ts';
import { clipOf, FakeAvatar, FakeTts, PICTURE, readAll, settle, speech } from './fakes.ts';
import { ResilientFace } from './resilient-face.ts';
import { ResilientVoice } from './resilient-voice.ts';

const NEVER = new AbortController().signal;
const broken = new StreamError('AVATAR_FAILED', 'no GPU');

type RigOptions = {
  fallback?: FakeAvatar;
  concurrency?: number;
  look?: string;
  speech?: { voice?: string; language?: string };
};

function rig(options: RigOptions = {}) {
  const tts = new FakeTts();
  const avatar = new FakeAvatar('gpu', options.concurrency ?? 1);
  const now = () => 0;
  const told: string[] = [];
  const face = new ResilientFace({ avatar, fallback: options.fallback, now });
  const voice = new ResilientVoice({ tts, deadlineMs: 60_000, parallel: 20, now });
  const makerOf = (jobPrefix: string) =>
    new ClipMaker({
      ...{
        voice,
        face,
        speech: options.speech ?? {},
        picture: PICTURE,
        look: options.look,
        jobPrefix,
        firstIndex: 0,
        now,
      },
      onDegraded: ({ stage, to }, { index }) => told.push(`${index} ${stage} ${to}`),
    });
  return { tts, avatar, told, makerOf, maker: makerOf('turn') };
}

const clipIn = ({ media }: RenderedClip): RawClip => media as RawClip;

test('speaks five sentences ahead, and the next when one is taken', async () => {
  const { tts, avatar, maker } = rig();
  const origins = Array.from({ length: 8 }, (_, index) => maker.sentence(`S${index}.`));
  await settle();
  expect(tts.texts).toEqual(['S0.', 'S1.', 'S2.', 'S3.', 'S4.']);
  const rendering = origins[0]?.render(NEVER);
  tts.calls[0]?.resolve(speech());
  await settle();
  expect(tts.texts).toHaveLength(6);
  avatar.calls[0]?.resolve(clipOf(speech()));
  expect((await rendering)?.media.frames).toBe(5);
});

test('has the look and the language of what is said choose the voice, unless somebody did', async () => {
  const sentences = ['Das ist nicht schwer zu verstehen.', 'Gut.', 'And this is the end of it.', 'Okay.'];
  const asked = async (speech: { voice?: string; language?: string }) => {
    const { tts, maker } = rig({ look: 'noah', speech });
    for (const sentence of sentences) maker.sentence(sentence);
    await settle();
    return tts.calls.map(({ request: { voice, language, look } }) => [voice, language, look]);
  };
  expect(await asked({})).toEqual([
    [undefined, 'de', 'noah'],
    [undefined, 'de', 'noah'],
    [undefined, 'en', 'noah'],
    [undefined, 'en', 'noah'],
  ]);
  expect(await asked({ voice: 'awb' })).toEqual(sentences.map(() => ['awb', undefined, 'noah']));
  expect(await asked({ language: 'fr' })).toEqual(sentences.map(() => [undefined, 'fr', 'noah']));
});

test('tells the language it goes by, so that a sentence made again has the same voice', () => {
  const { maker } = rig({ look: 'noah' });
  maker.language = 'it';
  expect(maker.sentence('Prego!').spec).toEqual({ language: 'it', look: 'noah' });
});

test('draws one face at a time, in order, whichever speech is there first', async () => {
  const { tts, avatar, maker } = rig({ concurrency: 4 });
  const clips = [maker.sentence('A.'), maker.sentence('B.'), maker.sentence('C.')].map((origin) =>
    origin.render(NEVER),
  );
  for (const index of [2, 1, 0]) {
    await settle();
    expect(avatar.texts).toEqual([]);
    tts.calls[index]?.resolve(speech());
  }
  await settle();
  expect(avatar.texts).toEqual(['A.']);
  avatar.calls[0]?.resolve(clipOf(speech()));
  const first = await clips[0];
  await settle();
  expect(avatar.texts).toEqual(['A.']);
  expect(first && (await readAll(clipIn(first)))).toBe(5);
  await settle();
  expect(avatar.texts).toEqual(['A.', 'B.']);
  avatar.calls[1]?.reject(broken);
  const second = await clips[1];
  expect(second?.media).not.toHaveProperty('pictures');
  await settle();
  expect(avatar.texts).toEqual(['A.', 'B.', 'C.']);
});

test('respects the service’s own limit over all turns', async () => {
  const { tts, avatar, makerOf } = rig({ concurrency: 1 });
  const [first, second] = [makerOf('1').sentence('A.'), makerOf('2').sentence('B.')].map((origin) =>
    origin.render(NEVER),
  );
  await settle();
  for (const call of tts.calls) call.resolve(speech());
  await settle();
  expect(avatar.texts).toEqual(['A.']);
  avatar.calls[0]?.resolve(clipOf(speech()));
  (await first)?.release();
  await settle();
  expect(avatar.texts).toEqual(['A.', 'B.']);
  avatar.calls[1]?.resolve(clipOf(speech()));
  expect(await second).toBeDefined();
});

test('shows the other face when the service fails, and after two failures asks it no more for a while', async () => {
  const drawn = new FakeAvatar('drawn', 9);
  const { tts, avatar, told, maker } = rig({ fallback: drawn });
  for (const [index, text] of ['A.', 'B.', 'C.'].entries()) {
    const rendering = maker.sentence(text).render(NEVER);
    await settle();
    tts.calls[index]?.resolve(speech());
    await settle();
    avatar.calls[index]?.reject(broken);
    await settle();
    drawn.calls[index]?.resolve(clipOf(speech()));
    const clip = await rendering;
    expect(await readAll(clipIn(clip))).toBe(5);
  }
  expect([avatar.texts, drawn.texts]).toEqual([
    ['A.', 'B.'],
    ['A.', 'B.', 'C.'],
  ]);
  expect(told).toEqual(['0 avatar drawn', '1 avatar drawn', '2 avatar drawn']);
});

test('shows a sentence nobody can speak for as long as it takes to read', async () => {
  const { tts, told, maker } = rig();
  const rendering = maker.sentence('Nobody can say this, but everybody can read it.').render(NEVER);
  await settle();
  tts.calls[0]?.reject(new StreamError('SPEECH_FAILED', 'no'));
  await expect.poll(() => tts.calls).toHaveLength(2);
  tts.calls[1]?.reject(new StreamError('SPEECH_FAILED', 'no'));
  const { media } = await rendering;
  expect(media).not.toHaveProperty('pictures');
  expect(media.frames / PICTURE.fps).toBeCloseTo(47 * 0.06, 0);
  expect(media.pcm.every((sample) => sample === 0)).toBe(true);
  expect(told).toEqual(['0 tts retry', '0 tts captions']);
});

test('goes on while a voice that failed twice rests', async () => {
  const { tts, told, maker } = rig();
  for (const [index, text] of ['A.', 'B.'].entries()) {
    const rendering = maker.sentence(text).render(NEVER);
    if (index === 0) {
      await settle();
      tts.calls[0]?.reject(new StreamError('SPEECH_FAILED', 'no'));
      await expect.poll(() => tts.calls).toHaveLength(2);
      tts.calls[1]?.reject(new StreamError('SPEECH_FAILED', 'no'));
    }
    expect((await rendering).media.frames).toBeGreaterThan(0);
  }
  // The second sentence was not tried: that is told before its call is made.
  expect(told).toEqual(['0 tts retry', '0 tts captions', '1 tts captions']);
  expect(tts.texts).toEqual(['A.', 'A.']);
});

test('a clip that is never read gives the avatar’s place back and ends its job', async () => {
  const { tts, avatar, maker } = rig();
  const [first, second] = [maker.sentence('A.'), maker.sentence('B.')].map((origin) => origin.render(NEVER));
  await settle();
  for (const call of tts.calls) call.resolve(speech());
  await settle();
  avatar.calls[0]?.resolve(clipOf(speech()));
  (await first)?.release();
  expect(avatar.calls[0]?.signal.aborted).toBe(true);
  await settle();
  expect(avatar.texts).toEqual(['A.', 'B.']);
  avatar.calls[1]?.resolve(undefined);
  expect((await second)?.media).not.toHaveProperty('pictures');
});

test('dropping and aborting end the calls, and later sentences go on', async () => {
  const { tts, avatar, maker } = rig();
  const abort = new AbortController();
  const origins = ['A.', 'B.', 'C.', 'D.'].map((text) => maker.sentence(text));
  const speaking = origins[0]?.render(abort.signal);
  const drawing = origins[1]?.render(abort.signal);
  await settle();
  origins[2]?.drop();
  expect(tts.calls[2]?.signal.aborted).toBe(true);
  tts.calls[1]?.resolve(speech());
  await settle();
  abort.abort();
  for (const rendering of [speaking, drawing]) await expect(rendering).rejects.toMatchObject({ code: 'ABORTED' });
  expect(tts.calls[0]?.signal.aborted).toBe(true);
  const last = origins[3]?.render(NEVER);
  await settle();
  tts.calls[3]?.resolve(speech());
  await settle();
  expect(avatar.texts).toEqual(['D.']);
  avatar.calls[0]?.resolve(clipOf(speech()));
  expect(
    (await last)?.words
      ?.map(({ text }) => text)
      .join('')
      .trim(),
  ).toBe('D.');
});

test('names a job the same when it is made again, and differently for every sentence', async () => {
  const ids: string[] = [];
  for (const prefix of ['s t', 's t', 's u']) {
    const { tts, avatar, makerOf } = rig({ concurrency: 9 });
    const maker = makerOf(prefix);
    for (const [index, text] of ['A.', 'A.'].entries()) {
      const rendering = maker.sentence(text).render(NEVER);
      await settle();
      tts.calls[index]?.resolve(speech());
      await settle();
      avatar.calls[index]?.resolve(undefined);
      await rendering;
    }
    ids.push(...avatar.calls.map(({ request }) => request.id));
  }
  expect(ids.slice(0, 2)).toEqual(ids.slice(2, 4));
  expect(new Set(ids).size).toBe(4);
  for (const id of ids) expect(id).toMatch(/^[a-z0-9-]{1,64}$/);
});
