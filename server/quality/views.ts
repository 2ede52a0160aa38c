import { defined } from '../lib/defined.ts';
import { median, quantiles } from '../lib/quantile.ts';
import { type Counts, rebufferRatio, stallsPerHour } from './counts.ts';
import type { PlayerState } from './report.ts';
import type { Viewer } from './viewer.ts';

/** Half of the values are at most `p50`, 95 % at most `p95`. */
export type Spread = { readonly p50: number; readonly p95: number };

/** What adds up, in seconds and per hour. Absent: not known yet. */
export type CountsView = {
  readonly playbacks: number;
  readonly watchSeconds: number;
  /** The part of it in which rebuffering is timed: what `rebufferRatio` is a share of. */
  readonly timedWatchSeconds: number;
  readonly stalls: number;
  readonly stallsPerHour?: number;
  readonly rebufferSeconds: number;
  readonly rebufferRatio?: number;
  readonly droppedFrames: number;
  readonly errors: number;
};

/** How it is for those who watch now. Seconds, bits per second; rates are medians, which one viewer that makes things up does not move. */
export type PresentView = {
  /** Viewers that tell something by CMCD: others may watch as well. */
  readonly viewers: number;
  readonly states: { readonly [state in PlayerState]?: number };
  readonly startup?: Spread;
  readonly latency?: Spread;
  readonly buffer?: Spread;
  readonly bitrate?: number;
  readonly throughput?: number;
};

/** One viewer. Seconds, bits per second. */
export type ViewerView = {
  readonly sid: string;
  /** `reports`: event mode; `requests`: what its requests carry is all there is. */
  readonly mode: 'reports' | 'requests';
  readonly since: string;
  readonly state?: PlayerState;
  readonly startup?: number;
  readonly latency?: number;
  readonly buffer?: number;
  readonly bitrate?: number;
  readonly throughput?: number;
  readonly lastErrors?: readonly string[];
} & Omit<CountsView, 'playbacks'>;

export function countsView(counts: Counts): CountsView {
  return {
    playbacks: counts.playbacks,
    watchSeconds: seconds(counts.watchMs),
    timedWatchSeconds: seconds(counts.timedWatchMs),
    stalls: counts.stalls,
    ...defined({ stallsPerHour: rounded(stallsPerHour(counts), 100) }),
    rebufferSeconds: seconds(counts.rebufferMs),
    ...defined({ rebufferRatio: rounded(rebufferRatio(counts), 1e6) }),
    droppedFrames: counts.droppedFrames,
    errors: counts.errors,
  };
}

/**
 * Sums up those who are present, by what is decoded of them.
 *
 * @param viewers - Also those who are gone: they are left out.
 */
export function presentView(viewers: Iterable<Viewer>, nowMs: number): PresentView {
  const present = [...viewers].filter((viewer) => viewer.isPresent(nowMs));
  const states: { [state in PlayerState]?: number } = {};
  for (const { known } of present) {
    if (known?.state !== undefined) states[known.state] = (states[known.state] ?? 0) + 1;
  }
  const each = (read: (viewer: Viewer) => number | undefined): number[] => {
    const values: number[] = [];
    for (const viewer of present) {
      const value = read(viewer);
      if (value !== undefined) values.push(value);
    }
    return values;
  };
  return {
    viewers: present.length,
    states,
    ...defined({
      startup: spread(each(({ counts }) => (counts.starts > 0 ? seconds(counts.startDelayMs) : undefined))),
      latency: spread(each(({ known }) => inSeconds(known?.latencyMs))),
      buffer: spread(each(({ known }) => inSeconds(known?.bufferMs))),
      bitrate: median(each(({ known }) => inBits(known?.bitrateKbps))),
      throughput: median(each(({ known }) => inBits(known?.throughputKbps))),
    }),
  };
}

export function viewerView(viewer: Viewer, nowMs: number): ViewerView {
  const report = viewer.latest();
  const { playbacks: _, ...counts } = countsView(viewer.counts);
  return {
    sid: viewer.sid,
    mode: viewer.reports(nowMs) ? 'reports' : 'requests',
    since: new Date(Math.round(viewer.firstMs)).toISOString(),
    ...defined({
      state: report?.state,
      startup: viewer.counts.starts > 0 ? seconds(viewer.counts.startDelayMs) : undefined,
      latency: inSeconds(report?.latencyMs),
      buffer: inSeconds(report?.bufferMs),
      bitrate: inBits(report?.bitrateKbps),
      throughput: inBits(report?.throughputKbps),
      lastErrors: report && report.errors.length > 0 ? report.errors : undefined,
    }),
    ...counts,
  };
}

/** Those who are present, the most troubled first. */
export function worstFirst(viewers: Iterable<Viewer>, nowMs: number, most: number): Viewer[] {
  return [...viewers]
    .filter((viewer) => viewer.isPresent(nowMs))
    .sort((a, b) => b.counts.stalls - a.counts.stalls || b.counts.errors - a.counts.errors || b.lastMs - a.lastMs)
    .slice(0, most);
}

/** @returns `undefined` without values. */
export function spread(values: readonly number[]): Spread | undefined {
  const [p50, p95] = quantiles(values, 0.5, 0.95);
  return p50 === undefined || p95 === undefined ? undefined : { p50, p95 };
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}

function inSeconds(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : seconds(ms);
}

function inBits(kilobits: number | undefined): number | undefined {
  return kilobits === undefined ? undefined : Math.round(kilobits * 1000);
}

function rounded(value: number | undefined, perUnit: number): number | undefined {
  return value === undefined ? undefined : Math.round(value * perUnit) / perUnit;
}
