import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Hush } from './hush.ts';
import { type InterruptHost, Interruptions } from './interrupt.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** An element at 100 s whose position is 90 s ahead of the session's timeline, with media buffered up to 101 s. */
function playing({ muted = false, edge = 101.2 as number | undefined, mapped = true } = {}) {
  const element = { muted, volume: 0.8 };
  const hush = new Hush(element);
  const state = { position: 100, seeking: false, buffered: 101, seeks: [] as number[] };
  const host: InterruptHost = {
    hush,
    position: () => state.position,
    seeking: () => state.seeking,
    seek(position) {
      state.seeks.push(position);
      state.position = position;
      state.seeking = true;
    },
    positionOf: ({ at }) => (mapped ? at + 90 : undefined),
    liveEdge: () => edge,
    bufferedUntil: (position) => (position <= state.buffered ? state.buffered : undefined),
  };
  return { element, hush, state, interruptions: new Interruptions(host) };
}

const cutAt = (at: number) => () => Promise.resolve({ at });

test('is silent within 20 ms, skips past the cut once that is buffered, and gives the sound back there', async () => {
  const { element, state, interruptions } = playing();
  const done = interruptions.run(cutAt(11.2));
  await vi.advanceTimersByTimeAsync(20);
  expect(element).toEqual({ muted: true, volume: 0.8 });
  expect(await done).toEqual({ at: 11.2 });
  await vi.advanceTimersByTimeAsync(200);
  expect(state.seeks).toEqual([]);

  state.buffered = 101.8;
  await vi.advanceTimersByTimeAsync(40);
  expect(state.seeks).toHaveLength(1);
  expect(state.seeks[0]).toBeCloseTo(101.3);
  expect(element.muted).toBe(true);
  state.seeking = false;
  await vi.advanceTimersByTimeAsync(20);
  expect(element).toEqual({ muted: false, volume: 0.8 });
  expect(vi.getTimerCount()).toBe(0);
});

test('who plays into the cut hears its fade later than the position says: the sound comes back after that', async () => {
  const { element, state, interruptions } = playing();
  await interruptions.run(cutAt(10));
  for (const position of [100.07, 100.12]) {
    state.position = position;
    await vi.advanceTimersByTimeAsync(40);
    expect(element.muted).toBe(true);
  }
  state.position = 100.16;
  await vi.advanceTimersByTimeAsync(20);
  expect(element.muted).toBe(false);
  expect(state.seeks).toEqual([]);
});

test('falls in steps, where there is no smoother way', async () => {
  const { element, interruptions } = playing();
  void interruptions.run(cutAt(11));
  const volumes = [element.volume];
  for (let step = 0; step < 3; step++) {
    await vi.advanceTimersByTimeAsync(5);
    volumes.push(element.muted ? 0 : element.volume);
  }
  expect(volumes.map((volume) => Number(volume.toFixed(2)))).toEqual([0.48, 0.24, 0.08, 0]);
});

test('does not seek backwards when playback is past the cut already', async () => {
  const { element, state, interruptions } = playing();
  await interruptions.run(cutAt(9.5));
  await vi.advanceTimersByTimeAsync(40);
  expect(state.seeks).toEqual([]);
  expect(element.muted).toBe(false);
});

test('never gives sound to somebody who had it off', async () => {
  const { element, state, interruptions } = playing({ muted: true });
  state.buffered = 105;
  await interruptions.run(cutAt(11));
  await vi.advanceTimersByTimeAsync(20);
  state.seeking = false;
  await vi.advanceTimersByTimeAsync(20);
  expect(state.seeks).toHaveLength(1);
  expect(element).toEqual({ muted: true, volume: 0.8 });
});

test('nor to somebody who turns it off meanwhile', async () => {
  const { element, hush, interruptions } = playing();
  void interruptions.run(cutAt(9));
  hush.muted = true;
  await vi.advanceTimersByTimeAsync(100);
  expect(element).toEqual({ muted: true, volume: 0.8 });
});

test('gives the sound back at once when the server refuses, and says so', async () => {
  const { element, interruptions } = playing();
  const asked = interruptions.run(() => Promise.reject(new Error('no')));
  await expect(asked).rejects.toThrow('no');
  expect(element).toEqual({ muted: false, volume: 0.8 });
  expect(vi.getTimerCount()).toBe(0);
});

test('gives the sound back when there was nothing to cut', async () => {
  const { element, interruptions } = playing();
  await interruptions.run(() => Promise.resolve(undefined));
  expect(element).toEqual({ muted: false, volume: 0.8 });
});

test('skips all that was published when the cut is on no clock it knows', async () => {
  const { state, interruptions } = playing({ mapped: false });
  state.buffered = 102;
  await interruptions.run(cutAt(11));
  await vi.advanceTimersByTimeAsync(20);
  expect(state.seeks[0]).toBeCloseTo(101.3);
});

test('waits for the later cut alone when interrupted twice', async () => {
  const { element, state, interruptions } = playing();
  let refuse: (error: Error) => void = () => undefined;
  const first = interruptions.run(
    () =>
      new Promise<never>((_, reject) => {
        refuse = reject;
      }),
  );
  const second = interruptions.run(cutAt(11.5));
  refuse(new Error('too late'));
  await expect(first).rejects.toThrow('too late');
  await second;
  await vi.advanceTimersByTimeAsync(30);
  expect(element.muted).toBe(true);
  state.position = 101.7;
  await vi.advanceTimersByTimeAsync(20);
  expect(element.muted).toBe(false);
});

test('leaves nobody silent for ever', async () => {
  const { element, interruptions } = playing();
  await interruptions.run(cutAt(500));
  await vi.advanceTimersByTimeAsync(5_100);
  expect(element.muted).toBe(false);
  expect(vi.getTimerCount()).toBe(0);
});

test('leaves no timer when closed', async () => {
  const { element, interruptions } = playing();
  await interruptions.run(cutAt(500));
  interruptions.close();
  expect(vi.getTimerCount()).toBe(0);
  expect(element).toEqual({ muted: false, volume: 0.8 });
});
