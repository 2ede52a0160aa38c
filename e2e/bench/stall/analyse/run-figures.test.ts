import { expect, test } from 'vitest';
import type { SeenFrame } from '../probe/types.ts';
import type { RunRecord } from '../run/play.ts';
import type { SentenceClip } from '../script/clips.ts';
import { scheduleOf } from '../script/schedule.ts';
import { analyseRun } from './run-figures.ts';
import { summarise } from './summary.ts';

const FRAMES = 50;
const START_MS = 1_000_000;
const SECONDS = FRAMES / 25;
/** Two answers of three sentences, 2 s each: the second half a second late, the third just in time, the rest ready. */
const SCHEDULE = scheduleOf(
  [
    { pauseMs: 0, speed: 0.8, sentences: ['a', 'b', 'c'] },
    { pauseMs: 2_000, speed: 10, sentences: ['d', 'e', 'f'] },
  ],
  Array.from({ length: 6 }, () => SECONDS * 1000),
);
const CLIPS = Array.from({ length: 6 }, (_, index): SentenceClip => {
  return { clip: index + 1, text: '', file: '', bytes: 0, frames: FRAMES, pcm: new Int16Array(0) };
});

/** A run in which each sentence begins at a time, in ms from the start, without sound. */
function runWith(starts: readonly number[]): RunRecord {
  const frames = starts.flatMap((start, index) =>
    Array.from({ length: FRAMES }, (_, frame): SeenFrame => {
      const atMs = START_MS + start + frame * 40;
      return {
        element: 0,
        mark: { clip: index + 1, frame },
        mediaTime: 0,
        atMs,
        presented: index * FRAMES + frame + 1,
      };
    }),
  );
  return {
    ...{ player: 'one-element', link: 'fibre', seed: 1, startMs: START_MS, interruptedMs: [] },
    releasedMs: new Map(SCHEDULE.sentences.map(({ clip, releaseMs }) => [clip, START_MS + releaseMs])),
    probe: {
      ...{ navigationMs: START_MS - 5_000, frames, fronts: [{ atMs: 0, element: 0 }], events: [], samples: [] },
      ...{ requests: [], droppedFrames: 0, sound: undefined },
    },
    relay: {
      down: { packets: 0, bytes: 0, lost: 0, dropped: 0 },
      up: { packets: 0, bytes: 0, lost: 0, dropped: 0 },
      ...{ connections: 0, troubles: [], latestMs: 0 },
    },
  };
}

test('a schedule says what is ready in time, and what is late by the generator alone', () => {
  expect(SCHEDULE.sentences.map(({ kind, releaseMs }) => [kind, releaseMs])).toEqual([
    ['first', 0],
    ['late', 2_500],
    ['late', 5_000],
    ['first', 9_000],
    ['ready', 9_200],
    ['ready', 9_400],
  ]);
});

test('nobody is late who keeps his latency, even where the generator leaves gaps', () => {
  const { sentences, joins } = analyseRun(runWith([500, 3_000, 5_500, 9_500, 11_500, 13_500]), SCHEDULE, CLIPS);
  expect(sentences.map(({ lateMs }) => lateMs)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(sentences.map(({ latencyMs }) => latencyMs)).toEqual([500, 500, 500, 500, 2_300, 4_100]);
  expect(joins.map(({ pictureGapMs }) => pictureGapMs)).toEqual([0, 0]);
});

test('who begins later than he could is late by the difference, whether he waited for the release or for the sentence ahead', () => {
  const { sentences } = analyseRun(runWith([500, 3_250, 5_500, 9_500, 11_500, 13_800]), SCHEDULE, CLIPS);
  expect(sentences.map(({ lateMs }) => lateMs)).toEqual([0, 250, 0, 0, 0, 300]);
  const { startedLate, stalled, rebufferMs, pictureGaps } = summarise([
    { ...analyseRun(runWith([500, 3_250, 5_500, 9_500, 11_500, 13_800]), SCHEDULE, CLIPS) },
  ]);
  expect({ startedLate, stalled, rebufferMs, pictureGaps }).toEqual({
    startedLate: 2,
    stalled: 2,
    rebufferMs: 550,
    pictureGaps: 1,
  });
});

test('who has fallen behind is not charged for it again', () => {
  // The second answer begins 3 s after its release: what follows has that latency, too.
  const { sentences } = analyseRun(runWith([500, 3_000, 5_500, 12_000, 14_000, 16_000]), SCHEDULE, CLIPS);
  expect(sentences.map(({ lateMs }) => lateMs)).toEqual([0, 0, 0, 0, 0, 0]);
});

test('a sentence that stands still is stalled once, and what was interrupted counts for nothing', () => {
  const record = runWith([500, 3_000, 5_500, 9_500, 11_500, 13_500]);
  const frames = record.probe.frames.map((frame) =>
    frame.mark?.clip === 6 && frame.mark.frame > 20 ? { ...frame, atMs: frame.atMs + 400 } : frame,
  );
  const stalled = { ...record, probe: { ...record.probe, frames } };
  const analysed = analyseRun(stalled, SCHEDULE, CLIPS);
  expect(analysed.sentences.at(-1)?.stalls).toEqual([{ atMs: 13_500 + 21 * 40, ms: 400 }]);
  expect(summarise([analysed])).toMatchObject({
    sentences: 6,
    stalled: 1,
    stalledWithin: 1,
    startedLate: 0,
    rebufferMs: 400,
  });
  const cut = { ...SCHEDULE, sentences: SCHEDULE.sentences.map((one) => ({ ...one, isCut: one.clip === 6 })) };
  expect(summarise([analyseRun(stalled, cut, CLIPS)])).toMatchObject({ sentences: 5, stalled: 0, joins: 1 });
});
