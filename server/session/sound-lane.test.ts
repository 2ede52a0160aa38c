import { expect, test } from 'vitest';
import { AAC_BLOCK, HOLD_BACK_BLOCKS } from '../timeline/axis.ts';
import { FakeAac, SILENCE, settle } from './fakes.ts';
import { encodeSilence, SoundLane } from './sound-lane.ts';

const tone = (blocks: number, value: number) => new Int16Array(blocks * AAC_BLOCK).fill(value);

function makeLane() {
  const aac = new FakeAac();
  const failures: unknown[] = [];
  return { aac, failures, lane: new SoundLane(aac, SILENCE, (error) => failures.push(error)) };
}

/** First sample of each of the next packets. */
function take(lane: SoundLane, count: number): number[] | undefined {
  return lane.take(count)?.map(({ data }) => new Int16Array(data.buffer, data.byteOffset, 1)[0] ?? Number.NaN);
}

test('encodes ahead what can no longer change, as sound comes', async () => {
  const { aac, lane } = makeLane();
  lane.append(tone(40, 7));
  expect(take(lane, 1)).toBeUndefined();
  await settle();
  expect(take(lane, 40 - HOLD_BACK_BLOCKS)).toEqual(Array.from({ length: 40 - HOLD_BACK_BLOCKS }, () => 7));
  expect(take(lane, 1)).toBeUndefined();
  lane.append(tone(35, 8));
  await settle();
  expect(take(lane, 5)).toEqual([7, 7, 8, 8, 8]);
  expect(aac.runs.map((run) => [run.firstBlock, run.count])).toEqual([
    [0, 38],
    [38, 35],
  ]);
});

test('encodes little sound only when it is asked for, and then all that has come', async () => {
  const { aac, lane } = makeLane();
  lane.append(tone(10, 7));
  lane.append(tone(10, 7));
  await settle();
  expect(aac.runs).toEqual([]);
  await lane.ready(3);
  expect(take(lane, 18)).toHaveLength(18);
  expect(aac.runs.map((run) => [run.firstBlock, run.count])).toEqual([[0, 18]]);
});

test('encodes long sound in runs, so that sessions take turns', async () => {
  const { aac, lane } = makeLane();
  lane.append(tone(300, 7));
  await settle();
  await lane.ready(298);
  expect(take(lane, 298)).toHaveLength(298);
  expect(Math.max(...aac.runs.map((run) => run.count))).toBeLessThan(100);
  expect(aac.runs.reduce((sum, run) => sum + run.count, 0)).toBe(298);
});

test('never encodes silence', async () => {
  const { aac, lane } = makeLane();
  lane.silenceUntil(100 * AAC_BLOCK);
  expect(lane.take(50)?.every((sample) => lane.isSilence(sample))).toBe(true);
  expect(lane.silent).toBe(true);
  lane.append(tone(4, 7));
  lane.silenceUntil(200 * AAC_BLOCK);
  const heard: number[] = [];
  for (let part = 0; part < 14; part++) {
    await lane.ready(10);
    heard.push(...(take(lane, 10) ?? []));
  }
  expect(heard.filter((value) => value !== 0)).toEqual([7, 7, 7, 7]);
  expect(aac.runs.reduce((sum, run) => sum + run.count, 0)).toBeLessThan(20);
  expect(lane.silent).toBe(true);
});

test('takes sound back while it is being encoded: its packets are not used', async () => {
  const { aac, lane } = makeLane();
  const gate = Promise.withResolvers<void>();
  aac.gate = gate.promise;
  lane.append(tone(20, 7));
  lane.truncate(6 * AAC_BLOCK);
  lane.append(tone(20, 9));
  const ready = lane.ready(20);
  gate.resolve();
  await ready;
  expect(take(lane, 20)).toEqual([...Array.from({ length: 6 }, () => 7), ...Array.from({ length: 14 }, () => 9)]);
});

test('takes back sound that was encoded already, and keeps what came before it', async () => {
  const { lane } = makeLane();
  lane.append(tone(20, 7));
  await settle();
  lane.truncate(10 * AAC_BLOCK);
  lane.silenceUntil(40 * AAC_BLOCK);
  await lane.ready(20);
  expect(take(lane, 20)).toEqual(Array.from({ length: 20 }, (_, block) => (block < 10 ? 7 : 0)));
  expect(lane.end).toBe(40 * AAC_BLOCK);
});

test('puts silence in the place of sound that can not be encoded, and tells it', async () => {
  const { aac, failures, lane } = makeLane();
  aac.failing = true;
  lane.append(tone(10, 7));
  await lane.ready(8);
  expect(take(lane, 8)).toEqual(Array.from({ length: 8 }, () => 0));
  expect(failures).toHaveLength(1);
  aac.failing = false;
  lane.append(tone(10, 8));
  await lane.ready(10);
  expect(take(lane, 10)).toEqual([7, 7, 8, 8, 8, 8, 8, 8, 8, 8]);
});

test('leaps over silence', async () => {
  const { lane } = makeLane();
  lane.silenceUntil(1_000 * AAC_BLOCK);
  lane.leapTo(900);
  lane.append(tone(10, 7));
  await lane.ready(105);
  expect(take(lane, 105)?.indexOf(7)).toBe(100);
});

test('the packet of silence is made by the encoder', async () => {
  expect((await encodeSilence(new FakeAac())).data).toEqual(SILENCE.data);
});
