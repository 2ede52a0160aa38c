import { describe, expect, test } from 'vitest';
import { sampleAt } from '../timeline/axis.ts';
import { PROFILE, pcmOf, settle } from './fakes.ts';
import { Rig } from './rig.ts';

const FADE = 960;

/** Sound of the timeline around the cut: what was said up to it, then the fade, then silence. */
function expectCutAt(rig: Rig, endFrame: number, name: string): void {
  const cut = sampleAt(PROFILE, endFrame);
  const start = sampleAt(PROFILE, rig.frames.indexOf(`${name}0`));
  const pcm = rig.pcm;
  expect(pcm.subarray(cut - 4_800, cut).every((sample, at) => sample === pcmOf(name, cut - 4_800 + at - start))).toBe(
    true,
  );
  expect(Math.abs((pcm[cut] ?? 0) - pcmOf(name, cut - start))).toBeLessThan(2);
  expect(pcm.subarray(cut + FADE, cut + FADE + 4_800).every((sample) => sample === 0)).toBe(true);
}

describe('cutting a live session', () => {
  test('keeps what is published, fades, and shows filler', async () => {
    const rig = new Rig({ pacing: 'live' });
    rig.publisher.run();
    await rig.clock.advance(300);
    rig.push('a', 200);
    await rig.clock.advance(2_330);
    const before = rig.timeline.endFrame;
    expect(rig.publisher.cut()?.id).toBe('a');
    expect(rig.timeline.endFrame).toBe(before);
    await rig.clock.advance(3_000);
    expect(rig.log.slice(-2)).toEqual(['filler', 'cut a']);
    expect(rig.stretches).toHaveLength(3);
    expectCutAt(rig, before, 'a');
  });

  test('lets speech that is ready follow after one part of filler, fade and all', async () => {
    const rig = new Rig({ pacing: 'live' });
    rig.publisher.run();
    rig.push('a', 200);
    await rig.clock.advance(2_000);
    const before = rig.timeline.endFrame;
    rig.publisher.cut();
    rig.push('b', 50);
    await rig.clock.advance(4_000);
    expect(rig.frames.slice(before, before + 55)).toEqual([
      ...Array.from({ length: 5 }, (_, index) => `~${index}`),
      ...Array.from({ length: 50 }, (_, index) => `b${index}`),
    ]);
    const pcm = rig.pcm;
    expect(pcm[sampleAt(PROFILE, before + 5)]).toBe(pcmOf('b', 0));
    expect(pcm[sampleAt(PROFILE, before) + 1]).not.toBe(0);
    expect(pcm[sampleAt(PROFILE, before) + FADE]).toBe(0);
  });

  test('works without filler: a part carries the fade, then the playlist rests', async () => {
    const rig = new Rig({ pacing: 'live', filler: false });
    rig.publisher.run();
    rig.push('a', 100);
    await rig.clock.advance(1_000);
    const before = rig.timeline.endFrame;
    rig.publisher.cut();
    await rig.clock.advance(5_000);
    expect(rig.timeline.endFrame).toBe(before + 5);
    rig.push('b', 25);
    await rig.clock.advance(3_000);
    expect(rig.stretches.at(-1)).toBe('b25');
  });

  test('forgets a chunk that filler had interrupted', async () => {
    const rig = new Rig({ pacing: 'live' });
    rig.publisher.run();
    const slow = rig.push('a', 100, { encoded: 0 });
    slow.encode(52, rig.clock.now());
    await rig.clock.advance(5_000);
    expect(rig.log.at(-1)).toBe('filler');
    expect(rig.publisher.cut()?.id).toBe('a');
    slow.encode(48, rig.clock.now());
    await rig.clock.advance(5_000);
    expect(rig.frames.filter((name) => name.startsWith('a'))).toHaveLength(50);
  });

  test('changes nothing while filler plays, and nothing after the end', async () => {
    const rig = new Rig({ pacing: 'live' });
    rig.publisher.run();
    await rig.clock.advance(1_000);
    expect(rig.publisher.cut()).toBeUndefined();
    rig.push('a', 25);
    rig.end();
    await rig.clock.advance(5_000);
    expect(rig.timeline.ended).toBe(true);
    expect(rig.publisher.cut()).toBeUndefined();
  });

  test('ends the stream after the fade when it was ending', async () => {
    const rig = new Rig({ pacing: 'live' });
    rig.publisher.run();
    rig.push('a', 200);
    rig.end();
    await rig.clock.advance(2_000);
    const before = rig.timeline.endFrame;
    rig.publisher.cut();
    await rig.clock.advance(2_000);
    expect(rig.timeline.ended).toBe(true);
    expect(rig.timeline.endFrame).toBe(before + 5);
    expect(rig.log.at(-1)).toBe('end');
  });

  test('is silent where the sound of the cut chunk was still being encoded', async () => {
    const rig = new Rig({ pacing: 'live' });
    rig.publisher.run();
    const { promise, resolve } = Promise.withResolvers<void>();
    rig.aac.gate = promise;
    rig.push('a', 100);
    await settle();
    rig.publisher.cut();
    resolve();
    rig.aac.gate = undefined;
    await rig.clock.advance(3_000);
    expect(rig.frames.every((name) => name.startsWith('~') || name.startsWith('a'))).toBe(true);
    const cut = rig.frames.findIndex((name) => name.startsWith('a'));
    if (cut >= 0) expect(rig.stretches.length).toBeGreaterThan(1);
    expect(rig.pcm.subarray(-4_800).every((sample) => sample === 0)).toBe(true);
  });
});

test('cutting an asap session ends the playlist with a part of filler, and the next chunk follows', async () => {
  const rig = new Rig({ pacing: 'asap' });
  rig.publisher.run();
  const chunk = rig.push('a', 400, { encoded: 0 });
  chunk.encode(300, rig.clock.now());
  await settle();
  const before = rig.timeline.endFrame;
  expect(before).toBeGreaterThan(0);
  expect(rig.publisher.cut()?.id).toBe('a');
  rig.publisher.run();
  rig.push('b', 100);
  rig.end();
  await rig.clock.advance(5_000);
  expect(rig.timeline.ended).toBe(true);
  expect(rig.stretches.slice(-2)).toEqual(['~5', 'b100']);
  expect(rig.stretches.at(-3)?.startsWith('a')).toBe(true);
});
