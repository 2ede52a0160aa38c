import { STALL_MS } from '../analyse/definitions.ts';
import type { SentenceFigures } from '../analyse/run-figures.ts';
import { isStalled } from '../analyse/summary.ts';
import { PLAYER_TITLES } from '../run/players.ts';
import type { RunResult } from './results.ts';
import { label, tag } from './svg.ts';

const WIDTH = 1_000;
const LEFT = 6;
const RIGHT = 6;
const SENTENCES = { top: 18, height: 16 };
const BUFFER = { top: 40, height: 34 };
const HEIGHT = 92;
/** Seconds of buffer that fill the height; more is cut off. */
const FULL_BUFFER_SECONDS = 10;
const TICK_SECONDS = 20;

type Scale = (ms: number) => number;

/** One run over time: releases, sentences, stalls, and the buffer below them. */
export function timeline(run: RunResult, endMs: number): string {
  const x: Scale = (ms) => LEFT + (Math.max(0, ms) / endMs) * (WIDTH - LEFT - RIGHT);
  const stalled = run.sentences.filter((sentence) => !sentence.isCut && isStalled(sentence)).length;
  const title = `${PLAYER_TITLES[run.player]}, seed ${run.seed}: ${stalled} stalled`;
  const content = [
    label(LEFT, 11, title, { 'font-weight': '600' }),
    ...axis(x, endMs),
    bufferArea(run, x),
    ...run.sentences.map((sentence) => sentenceMarks(sentence, x, run.player)),
  ];
  return tag('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-label': title }, content.join(''));
}

function axis(x: Scale, endMs: number): string[] {
  const bottom = BUFFER.top + BUFFER.height;
  const count = Math.floor(endMs / 1000 / TICK_SECONDS) + 1;
  return Array.from({ length: count }, (_, index) => index * TICK_SECONDS).map(
    (seconds) =>
      tag('line', { class: 'axis', x1: x(seconds * 1000), x2: x(seconds * 1000), y1: SENTENCES.top, y2: bottom }) +
      label(x(seconds * 1000) + 2, bottom + 11, `${seconds} s`, { class: 'soft' }),
  );
}

function bufferArea({ buffer }: RunResult, x: Scale): string {
  const bottom = BUFFER.top + BUFFER.height;
  const y = (seconds: number): number => bottom - Math.min(1, seconds / FULL_BUFFER_SECONDS) * BUFFER.height;
  // Every fourth look is as good a picture.
  const points = buffer.filter(([atMs], index) => atMs >= 0 && index % 4 === 0);
  const [first, last] = [points.at(0), points.at(-1)];
  if (first === undefined || last === undefined) return '';
  const line = points.map(([atMs, seconds]) => `${x(atMs).toFixed(1)},${y(seconds).toFixed(1)}`);
  const area = [`${x(first[0]).toFixed(1)},${bottom}`, ...line, `${x(last[0]).toFixed(1)},${bottom}`].join(' ');
  return tag('polygon', { class: 'buffer', points: area });
}

function sentenceMarks(sentence: SentenceFigures, x: Scale, player: string): string {
  const { releaseMs, firstFrameMs, lastFrameMs, stalls, lateMs, isCut, text } = sentence;
  const { top, height } = SENTENCES;
  const tick = tag('line', { class: 'release', x1: x(releaseMs), x2: x(releaseMs), y1: top - 3, y2: top + 3 });
  if (firstFrameMs === null || lastFrameMs === null) return tick;
  const bar = (fromMs: number, toMs: number, className: string): string =>
    tag('rect', { class: className, x: x(fromMs), y: top, width: Math.max(1, x(toMs) - x(fromMs) - 0.8), height });
  const spoken = tag(
    'g',
    {},
    tag('title', {}, text.replace(/[&<>]/g, '')) + bar(firstFrameMs, lastFrameMs, isCut ? 'cut' : player),
  );
  const late = lateMs > STALL_MS ? bar(firstFrameMs - lateMs, firstFrameMs, 'wait') : '';
  return tick + late + spoken + stalls.map(({ atMs, ms }) => bar(atMs, atMs + ms, 'stall')).join('');
}
