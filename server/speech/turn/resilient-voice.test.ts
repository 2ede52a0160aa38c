import { expect, test, vi } from 'vitest';
import { StreamError } from '../../errors.ts';
import type { Degraded } from './degraded.ts';
import { FakeTts, settle, speech } from './fakes.ts';
import { ResilientVoice } from './resilient-voice.ts';

const NEVER = new AbortController().signal;
const quota = new StreamError('SPEECH_FAILED', 'out of quota');

function rig(options: { fallback?: boolean; parallel?: number; deadlineMs?: number } = {}) {
  const tts = new FakeTts('first');
  const second = new FakeTts('second');
  const clock = { ms: 0 };
  const voice = new ResilientVoice({
    tts,
    fallback: options.fallback === false ? undefined : second,
    deadlineMs: options.deadlineMs ?? 60_000,
    parallel: options.parallel ?? 4,
    now: () => clock.ms,
  });
  const told: string[] = [];
  const speak = (text: string, signal = NEVER) =>
    voice.speak({ text, voice: 'v' }, signal, ({ to }: Degraded) => told.push(to));
  return { tts, second, clock, voice, told, speak };
}

test('speaks with the first engine', async () => {
  const { tts, second, told, speak } = rig();
  const speaking = speak('One.');
  await settle();
  tts.calls[0]?.resolve(speech());
  expect(await speaking).toMatchObject({ speech: { audioRate: 16_000 }, startMs: 0, endMs: 0 });
  expect([second.calls.length, told]).toEqual([0, []]);
});

test('tries twice, then asks the other engine without the voice of the first', async () => {
  const { tts, second, told, speak } = rig();
  const speaking = speak('One.');
  await settle();
  tts.calls[0]?.reject(quota);
  await vi.waitFor(() => expect(tts.calls).toHaveLength(2));
  tts.calls[1]?.reject(quota);
  await settle();
  expect(second.calls[0]?.request).not.toHaveProperty('voice');
  second.calls[0]?.resolve(speech());
  expect(await speaking).toBeDefined();
  expect(told).toEqual(['retry', 'second']);
});

test('is silent when nobody speaks', async () => {
  const { tts, second, told, speak } = rig();
  const speaking = speak('One.');
  await settle();
  tts.calls[0]?.reject(quota);
  await vi.waitFor(() => expect(tts.calls).toHaveLength(2));
  tts.calls[1]?.reject(quota);
  await settle();
  second.calls[0]?.reject(quota);
  expect(await speaking).toBeUndefined();
  expect(told).toEqual(['retry', 'second', 'captions']);
});

test('does not ask again what an engine refuses', async () => {
  const { tts, told, speak } = rig({ fallback: false });
  const speaking = speak('One.');
  await settle();
  tts.calls[0]?.reject(new StreamError('REQUEST_INVALID', 'no such voice'));
  expect(await speaking).toBeUndefined();
  expect([tts.calls.length, told]).toEqual([1, ['captions']]);
});

test.each(['wrong_answer', 'refused', 'unauthorized', 'not_found'] as const)(
  'does not ask again where the answer would be the same: %s',
  async (kind) => {
    const { tts, second, told, speak } = rig();
    const speaking = speak('One.');
    await settle();
    tts.calls[0]?.reject(new StreamError('SPEECH_FAILED', 'noise', { kind }));
    await settle();
    second.calls[0]?.resolve(speech());
    expect(await speaking).toBeDefined();
    expect([tts.calls.length, told]).toEqual([1, ['second']]);
  },
);

test('lets an engine rest that failed twice in a row, and tries it again later', async () => {
  const { tts, second, clock, told, speak } = rig();
  const failing = speak('One.');
  await settle();
  tts.calls[0]?.reject(quota);
  await vi.waitFor(() => expect(tts.calls).toHaveLength(2));
  tts.calls[1]?.reject(quota);
  await settle();
  second.calls[0]?.resolve(speech());
  await failing;
  const resting = speak('Two.');
  await settle();
  expect([tts.calls.length, second.texts]).toEqual([2, ['One.', 'Two.']]);
  second.calls[1]?.resolve(speech());
  await resting;
  expect(told).toEqual(['retry', 'second', 'second']);
  clock.ms = 31_000;
  const again = speak('Three.');
  await settle();
  tts.calls[2]?.resolve(speech());
  await again;
  expect(tts.texts.at(-1)).toBe('Three.');
});

test('cuts a hanging engine off at the deadline', async () => {
  const { tts, second, told, speak } = rig({ deadlineMs: 150 });
  const speaking = speak('One.');
  await vi.waitFor(() => expect(second.calls).toHaveLength(1));
  expect(tts.calls.every(({ signal }) => signal.aborted)).toBe(true);
  second.calls[0]?.resolve(speech());
  expect(await speaking).toBeDefined();
  expect(told).toEqual(['retry', 'second']);
});

test('ends at once when aborted: in line, speaking, and between two tries', async () => {
  const { tts, told, voice, speak } = rig({ parallel: 1 });
  const aborts = [new AbortController(), new AbortController(), new AbortController()];
  const [speaking, waiting, retrying] = aborts.map(({ signal }) => speak('x', signal));
  await settle();
  for (const at of [1, 0]) aborts[at]?.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' });
  await expect(speaking).rejects.toMatchObject({ code: 'ABORTED' });
  await settle();
  tts.calls[1]?.reject(quota);
  await settle();
  aborts[2]?.abort();
  await expect(retrying).rejects.toMatchObject({ code: 'ABORTED' });
  expect(told).toEqual(['retry']);
  await voice.settled();
});

test('asks for no more at once than it may', async () => {
  const { tts, speak } = rig({ parallel: 2 });
  const all = ['1', '2', '3', '4'].map((text) => speak(text));
  await settle();
  expect(tts.texts).toEqual(['1', '2']);
  tts.calls[0]?.resolve(speech());
  await settle();
  expect(tts.texts).toEqual(['1', '2', '3']);
  for (const call of tts.calls) call.resolve(speech());
  await settle();
  tts.calls[3]?.resolve(speech());
  expect((await Promise.all(all)).every(Boolean)).toBe(true);
});
