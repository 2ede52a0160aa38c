import { type ChunkTiming, STAGES, type StageName, type TurnTiming } from '../session/turn-timings.ts';

/** A waterfall as shapes, in CSS pixels. */
export type Waterfall = {
  readonly width: number;
  readonly height: number;
  readonly ticks: readonly { readonly x: number; readonly label: string }[];
  readonly rows: readonly {
    readonly y: number;
    readonly label: string;
    /** When it was on screen. */
    readonly time: string;
    readonly bars: readonly {
      readonly stage: StageName;
      readonly x: number;
      readonly width: number;
      readonly title: string;
    }[];
    /** The same moment, where it is within the picture. */
    readonly screenX?: number;
  }[];
  readonly barHeight: number;
  /** Chunks there is no room for. */
  readonly more: number;
};

const MAX_ROWS = 8;
const ROWS_HEIGHT = 96;
const MAX_ROW_HEIGHT = 20;
const AXIS_HEIGHT = 18;
/** For the number of the sentence, and for its time. */
const LEFT = 18;
const RIGHT = 46;
/** Narrower can't be seen. */
const MIN_BAR = 1.5;
const MAX_TICKS = 6;
/** What comes much later than the first picture would squeeze what leads up to it. */
const SPAN = 3;
const MIN_END_MS = 500;

const TITLES = new Map<string, string>(STAGES.map(({ name, title }) => [name, title]));

/** @param width - Of the place there is, in CSS pixels. */
export function layOut({ chunks }: TurnTiming, width: number): Waterfall {
  const shown = chunks.slice(0, MAX_ROWS);
  const endMs = endOf(shown);
  const inner = Math.max(1, width - LEFT - RIGHT);
  const x = (ms: number): number => LEFT + (Math.max(0, ms) / endMs) * inner;
  const rowHeight = Math.min(MAX_ROW_HEIGHT, ROWS_HEIGHT / Math.max(1, shown.length));
  return {
    width,
    height: ROWS_HEIGHT + AXIS_HEIGHT,
    ticks: ticksUpTo(endMs).map((ms) => ({ x: x(ms), label: seconds(ms) })),
    rows: shown.map(({ bars, screenMs }, index) => ({
      y: AXIS_HEIGHT + index * rowHeight,
      label: String(index + 1),
      time: screenMs === undefined ? '' : `${seconds(screenMs)} s`,
      bars: bars
        .filter(({ fromMs }) => fromMs < endMs)
        .map(({ stage, fromMs, toMs }) => ({
          stage,
          x: x(fromMs),
          width: Math.max(MIN_BAR, x(Math.min(toMs, endMs)) - x(fromMs)),
          title: describe(stage, fromMs, toMs),
        })),
      ...(screenMs !== undefined && screenMs <= endMs && { screenX: x(screenMs) }),
    })),
    barHeight: Math.max(6, rowHeight - 6),
    more: chunks.length - shown.length,
  };
}

export function describe(stage: StageName, fromMs: number, toMs: number): string {
  return `${TITLES.get(stage) ?? stage}: ${seconds(Math.max(0, toMs - fromMs))} s, from ${seconds(fromMs)} s on`;
}

/** With as many digits as are of use: 0.05, 0.9, 12. */
export function seconds(ms: number): string {
  const s = ms / 1000;
  if (Math.abs(s) < 0.095) {
    return s.toFixed(s === 0 ? 0 : 2);
  }
  return s.toFixed(s < 9.95 ? 1 : 0);
}

function endOf(chunks: readonly ChunkTiming[]): number {
  const ends = chunks.flatMap(({ bars }) => bars.map(({ toMs }) => toMs));
  const last = Math.max(MIN_END_MS, ...ends);
  const first = Math.max(0, ...(chunks[0]?.bars.map(({ toMs }) => toMs) ?? []));
  return Math.min(last, Math.max(MIN_END_MS, first * SPAN));
}

function ticksUpTo(endMs: number): number[] {
  const step = [50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000].find((ms) => endMs / ms <= MAX_TICKS) ?? 60_000;
  return Array.from({ length: Math.floor(endMs / step) + 1 }, (_, index) => index * step);
}
