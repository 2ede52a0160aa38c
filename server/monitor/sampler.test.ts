import { beforeEach, expect, test } from 'vitest';
import { FakeClock } from '../session/fakes.ts';
import { Sampler } from './sampler.ts';

let clock: FakeClock;
let sampler: Sampler;
let samples: number[];
let states: string[];
let isIdle: boolean;

beforeEach(() => {
  clock = new FakeClock();
  clock.nowMs = 0;
  [samples, states, isIdle] = [[], [], false];
  sampler = new Sampler({
    clock,
    sample: (nowMs) => {
      samples.push(nowMs / 1000);
      return isIdle;
    },
    onWake: () => states.push('awake'),
    onSleep: () => states.push('asleep'),
  });
});

test('takes no samples while nothing happens, and has no appointment with the clock', async () => {
  await clock.advance(60_000);
  expect([samples, clock.waits(sampler)]).toEqual([[], false]);
});

test('takes one every five seconds while something runs, and none after that', async () => {
  sampler.wake();
  await clock.advance(10_000);
  expect(samples).toEqual([0, 5, 10]);
  isIdle = true;
  await clock.advance(60_000);
  expect([samples, clock.waits(sampler), states]).toEqual([[0, 5, 10, 15], false, ['awake', 'asleep']]);
});

test('goes on while somebody looks, until half a minute after', async () => {
  isIdle = true;
  sampler.look();
  await clock.advance(20_000);
  sampler.look();
  await clock.advance(120_000);
  expect(samples).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50]);
});

test('is woken a thousand times a second and takes one sample in five', async () => {
  isIdle = true;
  for (let call = 0; call < 10_000; call++) {
    sampler.wake();
    await (call % 100 === 0 ? clock.advance(100) : undefined);
  }
  expect(samples).toEqual([0, 5, 10]);
});

test('takes none after it was closed', async () => {
  sampler.wake();
  sampler.close();
  sampler.wake();
  sampler.close();
  await clock.advance(60_000);
  expect([samples, clock.waits(sampler), states]).toEqual([[], false, ['awake', 'asleep']]);
});
