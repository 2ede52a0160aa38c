import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SmoothLevel } from './level.ts';

/** What of Web Audio is used, with a switch for what browsers allow. */
const audio = { allowed: true, taken: false, contexts: 0, closed: 0, sources: 0, ramps: [] as [number, number][] };

class FakeContext {
  state = 'suspended';
  currentTime = 5;
  destination = {};
  constructor() {
    audio.contexts++;
  }
  resume(): Promise<void> {
    if (!audio.allowed) return Promise.reject(new DOMException('no gesture', 'NotAllowedError'));
    this.state = 'running';
    return Promise.resolve();
  }
  close(): Promise<void> {
    audio.closed++;
    return Promise.resolve();
  }
  createGain() {
    const gain = {
      value: 1,
      cancelScheduledValues: () => undefined,
      setValueAtTime: () => undefined,
      linearRampToValueAtTime: (value: number, time: number) => audio.ramps.push([value, time]),
    };
    return { context: this, gain, connect: (next: unknown) => next };
  }
  createMediaElementSource() {
    if (audio.taken) throw new DOMException('taken', 'InvalidStateError');
    audio.sources++;
    return { connect: (next: unknown) => next };
  }
}

let page: EventTarget;

beforeEach(() => {
  page = new EventTarget();
  Object.assign(audio, { allowed: true, taken: false, contexts: 0, closed: 0, sources: 0, ramps: [] });
  vi.stubGlobal('document', page);
  vi.stubGlobal('AudioContext', FakeContext);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const gesture = async (): Promise<void> => {
  page.dispatchEvent(new Event('click'));
  await new Promise((resolve) => setImmediate(resolve));
};
const element = (): HTMLMediaElement => ({}) as HTMLMediaElement;

test('is ready after the first gesture, and slopes within 20 ms', async () => {
  const level = new SmoothLevel(element());
  expect([level.ready, audio.contexts]).toEqual([false, 0]);
  level.fall();
  await gesture();
  await gesture();
  expect([level.ready, audio.contexts, audio.sources]).toEqual([true, 1, 1]);
  level.fall();
  level.rise();
  expect(audio.ramps).toEqual([
    [0, 5.02],
    [1, 5.02],
  ]);
});

test('leaves the element alone while the browser gives no sound, and tries again', async () => {
  audio.allowed = false;
  const level = new SmoothLevel(element());
  await gesture();
  expect([level.ready, audio.sources]).toEqual([false, 0]);
  audio.allowed = true;
  await gesture();
  expect([level.ready, audio.contexts]).toEqual([true, 1]);
});

test('an element is taken once, however many players come and go', async () => {
  const video = element();
  const first = new SmoothLevel(video);
  await gesture();
  first.close();
  const second = new SmoothLevel(video);
  expect(second.ready).toBe(true);
  await gesture();
  expect([audio.contexts, audio.sources, audio.closed]).toEqual([1, 1, 0]);
});

test('stands back from an element that somebody else has taken', async () => {
  audio.taken = true;
  const level = new SmoothLevel(element());
  await gesture();
  await gesture();
  expect([level.ready, audio.contexts, audio.closed]).toEqual([false, 1, 1]);
});

test('closed before any gesture, it never begins', async () => {
  new SmoothLevel(element()).close();
  await gesture();
  expect(audio.contexts).toBe(0);
});
