import { expect, test } from 'vitest';
import { StreamError } from '../errors.ts';
import { Rig } from './rig.ts';

/** When each segment was published, in ms after the start, and its length in frames. */
function published(rig: Rig): [number, number][] {
  return rig.published.map(({ atMs, endFrame }, index) => [
    atMs - 1_000_000,
    endFrame - (rig.published[index - 1]?.endFrame ?? 0),
  ]);
}

const named = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}${index}`);
const spoken = (rig: Rig) => rig.frames.filter((name) => !name.startsWith('~'));

test('publishes three segments at once, so that players start', async () => {
  const rig = new Rig({ pacing: 'asap' });
  rig.push('a', 75, { minSegments: 3 });
  await rig.clock.advance(10);
  expect(published(rig)).toEqual([
    [0, 25],
    [0, 25],
    [0, 25],
  ]);
});

test('keeps the only segment in hand back until the one before has been played', async () => {
  const rig = new Rig({ pacing: 'asap' });
  rig.push('a', 75, { minSegments: 3 });
  await rig.clock.advance(100);
  rig.push('b', 60);
  await rig.clock.advance(5_000);
  expect(published(rig).slice(3)).toEqual([[1_000, 60]]);
});

test('does not keep back what another chunk follows', async () => {
  const rig = new Rig({ pacing: 'asap' });
  rig.push('a', 75, { minSegments: 3 });
  await rig.clock.advance(100);
  rig.push('b', 60);
  await rig.clock.advance(100);
  rig.push('c', 50);
  await rig.clock.advance(10_000);
  expect(published(rig).slice(3, 5)).toEqual([
    [200, 60],
    [2_600, 50],
  ]);
  expect([...rig.pcm]).toEqual([...rig.wantedPcm]);
});

test('fills a pause before players starve: a segment at least every 1.5 target durations', async () => {
  const rig = new Rig({ pacing: 'asap' });
  rig.push('a', 75, { minSegments: 3 });
  await rig.clock.advance(21_000);
  const times = published(rig).map(([atMs]) => atMs);
  for (const [index, atMs] of times.entries()) expect(atMs - (times[index - 1] ?? 0)).toBeLessThanOrEqual(6_000);
  expect(times.at(-1)).toBe(20_000);
  expect(rig.frames.filter((name) => name.startsWith('~'))).toHaveLength(4 * 100);
});

test('sleeps when nobody watches', async () => {
  const rig = new Rig({ pacing: 'asap', watched: false });
  rig.push('a', 75, { minSegments: 3 });
  await rig.clock.advance(60_000);
  expect(rig.stretches).toEqual(['a75']);
  expect(rig.clock.waits(rig.publisher)).toBe(false);
});

test('interrupts a chunk that is encoded too slowly, and ends filler only when a whole segment is there', async () => {
  const rig = new Rig({ pacing: 'asap' });
  const chunk = rig.push('a', 300, { encoded: 100 });
  await rig.clock.advance(16_000);
  expect(rig.stretches).toEqual(['a100', '~300']);
  expect(rig.log).toEqual(['start a', 'pause a', 'filler']);
  chunk.encode(200, rig.clock.now());
  rig.end();
  await rig.clock.advance(10_000);
  expect(spoken(rig)).toEqual(named('a', 300));
  expect(rig.log).toEqual(['start a', 'pause a', 'filler', 'no filler', 'resume a', 'finish a', 'end']);
  expect([...rig.pcm]).toEqual([...rig.wantedPcm]);
});

test('a chunk that fails before its first segment was never on air', async () => {
  const rig = new Rig({ pacing: 'asap' });
  const chunk = rig.push('a', 100, { encoded: 20 });
  chunk.media.fail(new StreamError('ENCODER_FAILED', 'killed'));
  await rig.clock.advance(100);
  expect(rig.log).toEqual([]);
});

test('goes on after a chunk that fails while filler stands in for it', async () => {
  const rig = new Rig({ pacing: 'asap' });
  const chunk = rig.push('a', 300, { encoded: 150 });
  await rig.clock.advance(8_000);
  chunk.media.fail(new StreamError('ENCODER_FAILED', 'killed'));
  rig.push('b', 50);
  rig.end();
  await rig.clock.advance(8_000);
  expect(rig.log).toEqual(['start a', 'pause a', 'filler', 'finish a', 'no filler', 'start b', 'finish b', 'end']);
  expect(spoken(rig)).toEqual([...named('a', 100), ...named('b', 50)]);
});

test('ends in a pause with one part of filler, and on air with the chunk itself', async () => {
  const [paused, onAir] = [new Rig({ pacing: 'asap' }), new Rig({ pacing: 'asap' })];
  paused.push('a', 50);
  await paused.clock.advance(1_000);
  paused.end();
  onAir.push('a', 50);
  onAir.end();
  for (const rig of [paused, onAir]) await rig.clock.advance(100);
  expect([paused.stretches, onAir.stretches]).toEqual([['a50', '~5'], ['a50']]);
  expect([paused.timeline.ended, onAir.timeline.ended]).toEqual([true, true]);
});

test('a chunk that has less than its file promised ends where it ends, and the stream with it', async () => {
  const rig = new Rig({ pacing: 'asap' });
  const chunk = rig.push('a', 250, { encoded: 0, minSegments: 3 });
  chunk.encode(110, rig.clock.now()).encodeHeld(140, rig.clock.now());
  rig.end();
  await rig.clock.advance(100);
  const before = rig.timeline.endFrame;
  expect(before).toBeLessThanOrEqual(110);
  chunk.media.finish();
  await rig.clock.advance(100);
  expect(rig.stretches).toEqual(['a110']);
  expect(rig.log).toEqual(['start a', 'finish a', 'end']);
  expect([...rig.pcm]).toEqual([...rig.wantedPcm]);
});
