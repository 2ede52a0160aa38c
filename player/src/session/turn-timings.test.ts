import { expect, test } from 'vitest';
import { layOut, seconds } from '../pages/waterfall.ts';
import { parseEvent } from './session-event.ts';
import { TurnTimings, waitOf } from './turn-timings.ts';

const NOON = Date.UTC(2026, 10, 20, 12);
const date = (ms: number) => new Date(NOON + ms).toISOString();
let seq = 0;
const event = (fields: object) => parseEvent(JSON.stringify({ seq: ++seq, at: date(0), ...fields }))!;

const started = event({ type: 'turn.started', turn: 't1', utterance: 'Hi?' });
const published = (id: string, stages: object | undefined, startMs: number, more = {}) =>
  event({
    type: 'chunk.published',
    chunk: id,
    turn: 't1',
    text: 'Hello.',
    start: 1,
    duration: 1,
    programDateTime: date(startMs),
    ...(stages && { stages }),
    ...more,
  });
const STAGES = {
  llm: [10, 200],
  sentence: [200, 300],
  tts: [300, 400],
  avatar: [400, 450],
  encode: [460, 500],
  publish: [500, 600],
};

/** Asked at 1,000 ms of the page's clock, under way for 20 ms. */
function answered(asked = { askedMs: 1_000, sentMs: 1_000, recorded: false }) {
  const timings = new TurnTimings();
  timings.ask(asked);
  timings.apply(started, 1_020, true);
  timings.apply(published('c1', STAGES, 1_500), 1_640, true);
  return timings;
}

test('counts every stage from the moment the user asked', () => {
  const [chunk] = answered().latest!.chunks;
  expect(chunk?.bars.map(({ stage, fromMs, toMs }) => [stage, fromMs, toMs])).toEqual([
    ['llm', 20, 210],
    ['sentence', 210, 310],
    ['tts', 310, 410],
    ['avatar', 410, 460],
    ['encode', 470, 510],
    ['publish', 510, 610],
  ]);
});

test('measures when the first picture is on screen, and what of the wait was ours', () => {
  const timings = answered();
  timings.present(NOON + 1_440, 1_860);
  expect(waitOf(timings.latest!)).toBeUndefined();
  timings.present(NOON + 1_500, 1_900);
  timings.present(NOON + 1_540, 1_940);
  // 20 to 460 ms were language model, voice and face.
  expect(waitOf(timings.latest!)).toEqual({ totalMs: 900, oursMs: 460 });
  expect(timings.latest?.chunks[0]?.bars.at(-1)).toEqual({ stage: 'screen', fromMs: 610, toMs: 900 });
});

test('counts what the browser needs to recognise speech', () => {
  const timings = answered({ askedMs: 400, sentMs: 1_000, recorded: false });
  expect(timings.latest?.chunks[0]?.bars.slice(0, 2)).toEqual([
    { stage: 'asr', fromMs: 0, toMs: 600 },
    { stage: 'llm', fromMs: 620, toMs: 810 },
  ]);
});

test('draws what an older server tells', () => {
  const timings = new TurnTimings();
  timings.apply(started, 1_000, true);
  const lengths = { queuedMs: 50, ttsMs: 100, avatarMs: 0, encodeMs: 80, firstPartMs: 300 };
  timings.apply(published('c1', undefined, 1_500, { ...lengths, at: date(400) }), 1_400, true);
  expect(timings.latest?.chunks[0]?.bars).toEqual([
    { stage: 'tts', fromMs: 150, toMs: 250 },
    { stage: 'encode', fromMs: 250, toMs: 330 },
    { stage: 'publish', fromMs: 330, toMs: 400 },
  ]);
});

test('follows the last turn alone, and takes the past for past', () => {
  const timings = answered();
  timings.apply(event({ type: 'turn.started', turn: 't0' }), 2_000, false);
  expect(timings.latest?.turn).toBe('t1');
  timings.apply(event({ type: 'turn.started', turn: 't2' }), 3_000, true);
  timings.apply(published('c2', STAGES, 2_500), 3_100, true);
  // Nothing is known of it yet: what is drawn stays.
  expect(timings.latest?.chunks.map(({ id }) => id)).toEqual(['c1']);
  timings.apply(published('c3', STAGES, 2_500, { turn: 't2' }), 3_200, true);
  expect(timings.latest).toMatchObject({ turn: 't2', chunks: [{ id: 'c3' }] });
});

test('lays rows out between a number and a time, with round ticks', () => {
  const timings = answered();
  timings.apply(published('c2', { tts: [310, 700], publish: [5_000, 5_200] }, 2_500), 6_300, true);
  timings.present(NOON + 1_500, 1_900);
  const picture = layOut(timings.latest!, 564);
  expect(picture.ticks.map(({ x, label }) => [Math.round(x), label])).toEqual([
    [18, '0'],
    [111, '0.5'],
    [203, '1.0'],
    [296, '1.5'],
    [388, '2.0'],
    [481, '2.5'],
  ]);
  expect(picture.rows.map(({ y, label, time }) => [y, label, time])).toEqual([
    [18, '1', '0.9 s'],
    [38, '2', ''],
  ]);
  // What comes long after the first picture is not drawn: it would squeeze what leads up to it.
  expect(picture.rows[1]?.bars.map(({ stage }) => stage)).toEqual(['tts']);
  expect(picture.rows[0]?.bars[0]).toMatchObject({ stage: 'llm', title: 'First token: 0.2 s, from 0.02 s on' });
});

test('shows eight chunks and counts the others', () => {
  const timings = answered();
  for (let index = 2; index < 12; index++) {
    timings.apply(published(`c${index}`, STAGES, index * 1_500), 2_000, true);
  }
  const picture = layOut(timings.latest!, 390);
  expect([picture.rows.length, picture.more]).toEqual([8, 3]);
  expect(Math.max(...picture.rows.map(({ y }) => y + picture.barHeight))).toBeLessThanOrEqual(picture.height);
});

test.each([
  [0, '0'],
  [52, '0.05'],
  [910, '0.9'],
  [9_960, '10'],
  [12_400, '12'],
])('writes %i ms as %s s', (ms, text) => {
  expect(seconds(ms)).toBe(text);
});
