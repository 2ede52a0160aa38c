import { describe, expect, test } from 'vitest';
import type { Sample } from '../isobmff/types.ts';
import { blocksCovering, sampleAt } from './axis.ts';
import { type Segment, Timeline } from './timeline.ts';

const AXIS = { fps: 25, audioRate: 48_000 };
const sample = (isSync: boolean): Sample => ({
  data: new Uint8Array(1),
  durationTicks: 512,
  isSync,
  compositionOffsetTicks: 0,
});
const samples = (count: number, isSync = true): Sample[] =>
  Array.from({ length: count }, (_, index) => sample(isSync && index === 0));

function append(
  timeline: Timeline,
  frames: number,
  options: { derived?: boolean; final?: boolean; renditions?: number } = {},
) {
  const { derived = false, final = false, renditions = 1 } = options;
  const video = Array.from({ length: renditions }, () => samples(frames));
  return timeline.appendPart({ video, audio: samples(timeline.blocksFor(frames, final)) }, { derived, final });
}

/** Segments of one part each, `length` frames long. */
function publish(timeline: Timeline, lengths: readonly number[], initId = 0): void {
  for (const length of lengths) {
    timeline.openSegment({ initId, programDateTimeMs: timeline.endFrame * 40 });
    append(timeline, length);
    timeline.closeSegment();
  }
}

const endOf = (segment: Segment) => segment.startFrame + segment.frames;

describe('a timeline', () => {
  test('numbers parts and segments, and places them on both axes', () => {
    const timeline = new Timeline({ axis: AXIS, windowFrames: 250 });
    timeline.openSegment({ initId: 0, programDateTimeMs: 7 });
    append(timeline, 5, { derived: true });
    append(timeline, 3);
    expect(timeline.open).toMatchObject({ msn: 0, frames: 8, derived: false, complete: false, programDateTimeMs: 7 });
    timeline.openSegment({ initId: 0, programDateTimeMs: 8 });
    const part = append(timeline, 5, { derived: true });
    expect(part).toMatchObject({ number: 2, startFrame: 8, firstBlock: 13, blocks: 9, independent: true });
    expect(timeline.part(1)).toMatchObject({ segment: { msn: 0, complete: true }, part: { startFrame: 5, frames: 3 } });
    expect([timeline.part(3), timeline.segment(2), timeline.segment(-1)]).toEqual([undefined, undefined, undefined]);
    expect(timeline.segment(1)?.derived).toBe(true);
  });

  test('carries every block that is left in its last part', () => {
    const timeline = new Timeline({ axis: AXIS, windowFrames: 250 });
    timeline.openSegment({ initId: 0, programDateTimeMs: 0 });
    append(timeline, 7);
    append(timeline, 1, { final: true });
    expect(timeline.endBlock).toBe(blocksCovering(sampleAt(AXIS, 8)));
    timeline.end();
    expect(timeline.ended).toBe(true);
    expect(() => timeline.openSegment({ initId: 0, programDateTimeMs: 0 })).toThrow('the stream has ended');
  });

  test('lists its window, and keeps what it named for as long as RFC 8216bis 6.2.2 says', () => {
    const timeline = new Timeline({ axis: AXIS, windowFrames: 250 });
    const goneAt = new Map<number, number>();
    const removedAt = new Map<number, number>();
    let longest = 0;
    const all: Segment[] = [];
    for (let index = 0; index < 1_000; index++) {
      publish(timeline, [1 + ((index * index * 7 + index) % 25)]);
      const listed = timeline.listed;
      const last = listed.at(-1);
      if (last) all.push(last);
      const frames = timeline.endFrame - (listed[0]?.startFrame ?? 0);
      longest = Math.max(longest, frames);
      if (timeline.endFrame > 400) expect(frames).toBeGreaterThanOrEqual(250);
      expect(frames).toBeLessThan(250 + 25);
      for (const segment of all) {
        if (segment.msn < (listed[0]?.msn ?? 0) && !removedAt.has(segment.msn))
          removedAt.set(segment.msn, timeline.endFrame);
        if (!timeline.segment(segment.msn) && !goneAt.has(segment.msn)) goneAt.set(segment.msn, timeline.endFrame);
      }
    }
    expect(goneAt.size).toBeGreaterThan(100);
    for (const [msn, at] of goneAt) {
      const segment = all[msn];
      expect(at - (removedAt.get(msn) ?? at)).toBeGreaterThanOrEqual((segment?.frames ?? 0) + longest);
    }
    // And no more than that and a batch: memory is bounded.
    expect(timeline.endFrame - endOf(all[goneAt.size] as Segment)).toBeLessThan(2 * longest + 17 * 25);
  });

  test('keeps everything without a window', () => {
    const timeline = new Timeline({ axis: AXIS, windowFrames: Number.POSITIVE_INFINITY });
    publish(
      timeline,
      Array.from({ length: 500 }, () => 25),
    );
    expect(timeline.listed).toHaveLength(500);
  });

  test('marks a change of init segment, and counts it once it has left the window', () => {
    const timeline = new Timeline({ axis: AXIS, windowFrames: 50 });
    publish(timeline, [25, 25]);
    publish(timeline, [25], 1);
    expect(timeline.listed.map((segment) => segment.discontinuity)).toEqual([false, true]);
    publish(timeline, [25], 1);
    expect(timeline.discontinuitySequence).toBe(0);
    publish(timeline, [25, 25], 1);
    expect(timeline.discontinuitySequence).toBe(1);
  });

  test('leaps to where it would be, had it published all of it', () => {
    const [leaped, whole] = [0, 1].map(() => new Timeline({ axis: AXIS, windowFrames: 50 }));
    if (!leaped || !whole) throw new Error('two timelines');
    for (const timeline of [leaped, whole]) publish(timeline, [25]);
    for (const timeline of [leaped, whole]) publish(timeline, [25], 1);
    leaped.leap({ segments: 40, parts: 40, frames: 1000 });
    publish(
      whole,
      Array.from({ length: 40 }, () => 25),
      1,
    );
    expect(leaped.listed).toEqual([]);
    for (const timeline of [leaped, whole]) publish(timeline, [25, 25, 25], 1);
    const state = (t: Timeline) => [t.endFrame, t.endBlock, t.nextMsn, t.nextPart, t.discontinuitySequence];
    expect(state(leaped)).toEqual(state(whole));
    expect(leaped.listed.map(({ parts: _, ...rest }) => rest).slice(-2)).toEqual(
      whole.listed.map(({ parts: _, ...rest }) => rest),
    );
    expect(leaped.part(44)?.segment.msn).toBe(44);
    expect(leaped.segment(3)).toBeUndefined();
  });

  test.each<[string, (timeline: Timeline) => void, string]>([
    ['a part without a segment', (t) => append(t, 5), 'a part needs an open segment and frames'],
    [
      'a part without frames',
      (t) => open(t).appendPart({ video: [[]], audio: [] }, { derived: false }),
      'a part needs an open segment and frames',
    ],
    [
      'renditions of different length',
      (t) => open(t).appendPart({ video: [samples(5), samples(4)], audio: samples(7) }, { derived: false }),
      'renditions differ in length: 5, 4 frames',
    ],
    [
      'a segment without a sync sample in front',
      (t) => open(t).appendPart({ video: [samples(5, false)], audio: samples(7) }, { derived: false }),
      'segment 0 would not start with a sync sample',
    ],
    [
      'a rendition without a sync sample in front',
      (t) => open(t).appendPart({ video: [samples(5), samples(5, false)], audio: samples(7) }, { derived: false }),
      'segment 0 would not start with a sync sample',
    ],
    [
      'too few blocks',
      (t) => open(t).appendPart({ video: [samples(5)], audio: samples(6) }, { derived: false }),
      'part 0 must carry 7 audio blocks, got 6',
    ],
    [
      'too many blocks',
      (t) => open(t).appendPart({ video: [samples(5)], audio: samples(8) }, { derived: false }),
      'part 0 must carry 7 audio blocks, got 8',
    ],
    [
      'a leap from an open segment',
      (t) => open(t).leap({ segments: 1, parts: 1, frames: 5 }),
      'a leap starts between segments',
    ],
    ['a leap after the end', (t) => ended(t).leap({ segments: 1, parts: 1, frames: 5 }), 'the stream has ended'],
  ])('refuses %s', (_, act, message) => {
    expect(() => act(new Timeline({ axis: AXIS, windowFrames: 50 }))).toThrow(
      expect.objectContaining({ code: 'TIMELINE_BROKEN', message }),
    );
  });
});

function open(timeline: Timeline): Timeline {
  timeline.openSegment({ initId: 0, programDateTimeMs: 0 });
  return timeline;
}

function ended(timeline: Timeline): Timeline {
  timeline.end();
  return timeline;
}
