import { describe, expect, test } from 'vitest';
import { StreamError } from '../errors.ts';
import type { Sample } from '../isobmff/types.ts';
import { AAC_BLOCK, blocksCovering, sampleAt } from '../timeline/axis.ts';
import { PROFILE, settle } from './fakes.ts';
import { Rig } from './rig.ts';

/** Everything that must hold of any session, whatever was pushed when. */
function expectContinuous(rig: Rig): void {
  const parts = rig.segmentsNow().flatMap((segment) => segment.parts);
  let [number, frame, block] = [parts[0]?.number ?? 0, parts[0]?.startFrame ?? 0, parts[0]?.firstBlock ?? 0];
  for (const part of parts) {
    expect([part.number, part.startFrame, part.firstBlock]).toEqual([number, frame, block]);
    number += 1;
    frame += part.frames;
    block += part.blocks;
  }
  expect([...rig.pcm]).toEqual([...rig.wantedPcm]);
}

describe('a live session', () => {
  test('starts with its head start, then gives a part every 200 ms, a lead before it is shown', async () => {
    const rig = new Rig({ pacing: 'live' });
    rig.publisher.run();
    expect(rig.timeline.endFrame).toBe(105);
    await rig.clock.advance(1_000);
    expect(rig.timeline.endFrame).toBe(130);
    for (const { atMs, endFrame } of rig.published.slice(-5))
      expect(rig.publisher.presentationMs(endFrame - 5)).toBe(atMs + 500);
  });

  test('cuts filler at the next part boundary when speech is ready', async () => {
    const rig = new Rig({ pacing: 'live' });
    rig.publisher.run();
    await rig.clock.advance(290);
    await rig.clock.advance(60);
    const before = rig.timeline.endFrame;
    rig.push('a', 30);
    await settle();
    expect(rig.frames[before]).toBe('a0');
    await rig.clock.advance(3_000);
    expect(rig.stretches.slice(0, 2)).toEqual([`~${before}`, 'a30']);
    expectContinuous(rig);
  });

  test('joins chunks back to back without filler between them', async () => {
    const rig = new Rig({ pacing: 'live' });
    rig.publisher.run();
    for (const [name, frames] of [
      ['a', 23],
      ['b', 7],
      ['c', 41],
    ] as const)
      rig.push(name, frames);
    rig.end();
    await rig.clock.advance(5_000);
    expect(rig.stretches).toEqual(['~105', 'a23', 'b7', 'c41']);
    expect(rig.log).toEqual([
      'filler',
      'no filler',
      'start a',
      'finish a',
      'start b',
      'finish b',
      'start c',
      'finish c',
      'end',
    ]);
    expectContinuous(rig);
    expect(rig.timeline.endBlock).toBe(blocksCovering(sampleAt(PROFILE, 176)));
    expect(rig.pcm.length - sampleAt(PROFILE, 176)).toBeLessThan(AAC_BLOCK);
  });

  test('holds speech back that would be outrun, and starts it once enough is encoded', async () => {
    const rig = new Rig({ pacing: 'live' });
    rig.publisher.run();
    const chunk = rig.push('a', 50, { encoded: 0 });
    for (let frames = 0; frames < 50; frames += 5) {
      await rig.clock.advance(400);
      chunk.encode(5, rig.clock.now());
      if (frames < 20) expect(rig.log).not.toContain('start a');
    }
    await rig.clock.advance(3_000);
    expect(rig.log).toContain('start a');
    expect(rig.stretches.filter((stretch) => !stretch.startsWith('~'))).toEqual(['a50']);
    expectContinuous(rig);
  });

  test('plays what is made at exactly real time in one go, and starts it after a seventh of it', async () => {
    const rig = new Rig({ pacing: 'live' });
    rig.publisher.run();
    await rig.clock.advance(130);
    const chunk = rig.push('a', 80, { encoded: 0 });
    let startedAt = 0;
    for (let frames = 0; frames < 80; frames++) {
      await rig.clock.advance(40);
      chunk.encode(1, rig.clock.now());
      if (startedAt === 0 && rig.log.includes('start a')) startedAt = frames;
    }
    await rig.clock.advance(3_000);
    expect(rig.stretches.filter((stretch) => !stretch.startsWith('~'))).toEqual(['a80']);
    // 3.2 s at 1.0x: without slack it would be 16 frames.
    expect(startedAt).toBeGreaterThan(6);
    expect(startedAt).toBeLessThan(13);
    expectContinuous(rig);
  });

  test('waits a moment at a segment boundary before filler breaks a sentence', async () => {
    const rig = new Rig({ pacing: 'live' });
    rig.publisher.run();
    const chunk = rig.push('a', 75, { encoded: 0 });
    chunk.encode(25, rig.clock.now());
    while (rig.frames.at(-1) !== 'a24') await rig.clock.advance(20);
    await rig.clock.advance(350);
    chunk.encode(50, rig.clock.now());
    await rig.clock.advance(3_000);
    expect(rig.stretches.filter((stretch) => !stretch.startsWith('~'))).toEqual(['a75']);
    // No part was later than what players have in hand.
    const gaps = rig.published.map(({ atMs }, at) => atMs - (rig.published[at - 1]?.atMs ?? atMs));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(200 + 250);
    expectContinuous(rig);
  });

  test('interrupts speech whose encode falls behind at a segment boundary, and goes on with nothing lost or repeated', async () => {
    const rig = new Rig({ pacing: 'live' });
    rig.publisher.run();
    const chunk = rig.push('a', 100, { encoded: 0 });
    await rig.clock.advance(100);
    chunk.encode(27, rig.clock.now());
    expect(rig.log).toContain('start a');
    await rig.clock.advance(4_000);
    chunk.encode(5, rig.clock.now());
    await rig.clock.advance(2_000);
    expect(rig.stretches.slice(1, 3).map((stretch) => stretch.charAt(0))).toEqual(['a', '~']);
    chunk.encode(68, rig.clock.now());
    rig.push('b', 20);
    rig.end();
    await rig.clock.advance(10_000);
    const spoken = rig.frames.filter((name) => !name.startsWith('~'));
    const wanted = (name: string, count: number) => Array.from({ length: count }, (_, index) => `${name}${index}`);
    expect(spoken).toEqual([...wanted('a', 100), ...wanted('b', 20)]);
    expect(rig.log.filter((entry) => entry === 'start a')).toHaveLength(1);
    expectContinuous(rig);
  });

  test('goes on after a chunk that failed half-way', async () => {
    const rig = new Rig({ pacing: 'live' });
    rig.publisher.run();
    const chunk = rig.push('a', 50, { encoded: 0 });
    await rig.clock.advance(10);
    chunk.encode(13, rig.clock.now());
    await rig.clock.advance(200);
    chunk.media.fail(new StreamError('ENCODER_FAILED', 'killed'));
    await rig.clock.advance(1_000);
    rig.push('b', 20);
    rig.end();
    await rig.clock.advance(3_000);
    expect(rig.log.filter((entry) => /finish|end/.test(entry))).toEqual(['finish a', 'finish b', 'end']);
    expect(rig.stretches[1]).toBe('a10');
    expect(rig.frames.filter((name) => name.startsWith('b'))).toHaveLength(20);
    expectContinuous(rig);
  });

  test('ends with a part that carries all the sound that is left', async () => {
    const rig = new Rig({ pacing: 'live' });
    rig.publisher.run();
    rig.push('a', 9);
    await rig.clock.advance(3_000);
    rig.end();
    await rig.clock.advance(3_000);
    expect(rig.timeline.ended).toBe(true);
    expect(rig.timeline.endBlock).toBe(blocksCovering(sampleAt(PROFILE, rig.timeline.endFrame)));
    expect(rig.clock.waits(rig.publisher)).toBe(false);
    expectContinuous(rig);
  });

  test('without filler waits on the axis, and moves program date time on', async () => {
    const rig = new Rig({ pacing: 'live', filler: false });
    rig.publisher.run();
    await rig.clock.advance(5_000);
    expect(rig.timeline.endFrame).toBe(0);
    rig.push('a', 25);
    await rig.clock.advance(6_000);
    rig.push('b', 25);
    await rig.clock.advance(2_000);
    rig.end();
    await settle();
    expect(rig.stretches).toEqual(['a25', 'b25', '~5']);
    const times = rig.segments.map((segment) => segment.programDateTimeMs - 1_000_000);
    expect(times.slice(0, 2)).toEqual([5_500, 11_500]);
    expectContinuous(rig);
  });

  test('never runs further ahead of the clock than its lead and one part, however speech and pauses alternate', async () => {
    const rig = new Rig({ pacing: 'live' });
    rig.publisher.run();
    for (let round = 0; round < 40; round++) {
      await rig.clock.advance(60);
      const before = rig.timeline.endFrame;
      rig.push('a', 5);
      // Soon after one part of filler is out, speech cuts it again.
      while (rig.timeline.endFrame < before + 10) await rig.clock.advance(5);
      expect(rig.publisher.presentationMs(rig.timeline.endFrame) - rig.clock.now()).toBeLessThanOrEqual(
        500 + 200 + 200,
      );
    }
  });
});

test('tells the end a little after the last part, which players want to have loaded by then', async () => {
  const rig = new Rig({ pacing: 'live' });
  rig.publisher.run();
  await rig.clock.advance(1_000);
  rig.end();
  await rig.clock.advance(200);
  const { endFrame } = rig.timeline;
  expect([rig.timeline.ended, rig.timeline.open]).toEqual([false, undefined]);
  await rig.clock.advance(300);
  expect([rig.timeline.ended, rig.timeline.endFrame]).toEqual([true, endFrame]);
  expect(rig.log.at(-1)).toBe('end');
});

describe('an idle live session', () => {
  test('has no appointment with the clock', async () => {
    const rig = new Rig({ pacing: 'live', watched: false });
    rig.publisher.run();
    expect(rig.clock.waits(rig.publisher)).toBe(false);
    rig.watched = true;
    rig.publisher.run();
    await rig.clock.advance(1_000);
    expect(rig.clock.waits(rig.publisher)).toBe(true);
    rig.watched = false;
    await rig.clock.advance(1_000);
    expect(rig.clock.waits(rig.publisher)).toBe(false);
  });

  test('is after an hour asleep where a session is that published everything', async () => {
    const [asleep, awake] = [new Rig({ pacing: 'live' }), new Rig({ pacing: 'live' })];
    for (const rig of [asleep, awake]) {
      rig.publisher.run();
      rig.watched = rig === awake;
      rig.push('a', 33);
      await rig.clock.advance(3_600_000);
      rig.watched = true;
      rig.publisher.run();
      rig.push('b', 33);
      await rig.clock.advance(5_000);
    }
    const lastOf = (rig: Rig) => {
      const segment = rig.timeline.listed.at(-1);
      const part = segment?.parts.at(-1);
      return {
        msn: segment?.msn,
        pdt: segment?.programDateTimeMs,
        number: part?.number,
        at: part?.startFrame,
        block: part?.firstBlock,
      };
    };
    expect(lastOf(asleep)).toEqual(lastOf(awake));
    expect(asleep.published.length).toBeLessThan(500);
    const listed = asleep.timeline.listed;
    expect(listed.reduce((sum, segment) => sum + segment.frames, 0)).toBeGreaterThanOrEqual(10 * PROFILE.fps);
    expect(listed.map((segment) => segment.msn)).toEqual(listed.map((_, index) => (listed[0]?.msn ?? 0) + index));
  });

  test('shows filler from the next segment on when the encode stalls, and then goes on', async () => {
    const rig = new Rig({ pacing: 'live' });
    rig.publisher.run();
    const chunk = rig.push('a', 100, { encoded: 0 });
    chunk.encode(52, rig.clock.now());
    await rig.clock.advance(4_000);
    chunk.encode(48, rig.clock.now());
    await rig.clock.advance(6_000);
    const said = rig.frames.filter((name) => name.startsWith('a'));
    expect(said).toEqual(Array.from({ length: 100 }, (_, index) => `a${index}`));
    // Two segments of the chunk, filler for as long as it took, and the rest.
    expect(rig.stretches.filter((stretch) => stretch.startsWith('a'))).toEqual(['a50', 'a50']);
    expectContinuous(rig);
  });

  test('goes on when whoever is told of what it publishes fails', async () => {
    const rig = new Rig({ pacing: 'live' });
    rig.onPublished = () => {
      throw new Error('a listener is broken');
    };
    rig.publisher.run();
    rig.push('a', 50);
    await rig.clock.advance(6_000);
    expect(rig.log).toContain('finish a');
    expect(rig.log.filter((line) => line.startsWith('fault')).length).toBeGreaterThan(0);
    expectContinuous(rig);
  });

  test('gives up the chunk on air when publishing it throws, and goes on with filler', async () => {
    const rig = new Rig({ pacing: 'live' });
    rig.publisher.run();
    const chunk = rig.push('a', 50);
    // Two frames are lost between the encoder and the timeline: the axes refuse the part.
    (chunk.media.video[0] as Sample[]).splice(20, 2);
    Object.defineProperty(chunk.media, 'framesReady', { value: 50 });
    await rig.clock.advance(6_000);
    expect(rig.log.filter((line) => line.startsWith('fault'))).toHaveLength(1);
    expect(rig.log).toContain('finish a');
    rig.push('b', 10);
    await rig.clock.advance(3_000);
    expect(rig.log).toContain('finish b');
    expect(rig.timeline.endFrame).toBeGreaterThan(300);
  });
});

describe('a chunk that has less than its file promised', () => {
  test('ends where it ends, and what follows comes at once', async () => {
    const rig = new Rig({ pacing: 'live' });
    rig.publisher.run();
    const chunk = rig.push('a', 250, { encoded: 0 });
    chunk.encode(32, rig.clock.now()).encodeHeld(218, rig.clock.now());
    rig.push('b', 20);
    await rig.clock.advance(3_000);
    // Nothing is published that may not be part of it.
    expect(rig.stretches.slice(1)).toEqual(['a30']);
    chunk.media.finish();
    await rig.clock.advance(3_000);
    expect(rig.stretches.slice(1, 3)).toEqual(['a32', 'b20']);
    expect(rig.log).toEqual(expect.arrayContaining(['finish a', 'start b', 'finish b']));
    expectContinuous(rig);
  });

  test('ends where all of it that came is out already', async () => {
    const rig = new Rig({ pacing: 'live' });
    rig.publisher.run();
    const chunk = rig.push('a', 250, { encoded: 0 });
    chunk.encode(30, rig.clock.now()).encodeHeld(220, rig.clock.now());
    await rig.clock.advance(3_000);
    chunk.media.finish();
    rig.end();
    await rig.clock.advance(3_000);
    expect(rig.stretches.slice(1)).toEqual(['a30', '~5']);
    expect(rig.log.slice(-1)).toEqual(['end']);
    expectContinuous(rig);
  });
});
