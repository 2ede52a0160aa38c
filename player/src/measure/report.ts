import type { QualityFigures } from './quality.ts';

/** CMCD player states (CTA-5004-B, `sta`). */
export type PlayerState = 'starting' | 'playing' | 'rebuffering' | 'paused' | 'seeking' | 'ended' | 'failed';

const STATES: Readonly<Record<PlayerState, string>> = {
  starting: 's',
  playing: 'p',
  rebuffering: 'r',
  paused: 'a',
  seeking: 'k',
  ended: 'e',
  failed: 'f',
};

/** What one event report tells beside the figures. */
export type ReportHead = {
  /** `ps`: another state; `t`: time has passed; `e`: an error. */
  readonly event: 'ps' | 't' | 'e';
  readonly state: PlayerState;
  /** Wall clock in milliseconds since the epoch. */
  readonly atMs: number;
  /** Counts the reports of a view from 0. */
  readonly sequence: number;
  readonly viewId: string;
  readonly contentId?: string;
  /** Name of an error. */
  readonly error?: string;
};

const seconds = (value: number): number => Math.round(value * 1000);
const hundreds = (value: number): number => Math.round(value / 100) * 100;
const kilobits = (value: number): number => Math.round(value / 1000);

/**
 * One line of a CMCD version 2 event report (CTA-5004-B, event mode): keys in alphabetical order; times in milliseconds, rates in
 * kbit/s; lists of one where the standard wants lists.
 */
export function reportLine(head: ReportHead, figures: QualityFigures): string {
  const { latency, stalls, stalledMs, droppedFrames, startupMs, bitrate, throughput, bufferAhead } = figures;
  const fields: Record<string, string | undefined> = {
    bl: list(hundreds(seconds(bufferAhead))),
    br: bitrate === undefined ? undefined : list(kilobits(bitrate)),
    bsa: list(stalls),
    bsda: list(stalledMs),
    cid: head.contentId === undefined ? undefined : quoted(head.contentId),
    dfa: `${droppedFrames}`,
    e: head.event,
    ec: head.error === undefined ? undefined : `(${quoted(head.error)})`,
    ltc: latency === undefined ? undefined : `${Math.max(0, seconds(latency))}`,
    msd: startupMs === undefined ? undefined : `${startupMs}`,
    mtp: throughput === undefined ? undefined : list(hundreds(kilobits(throughput))),
    sf: 'h',
    sid: quoted(head.viewId),
    sn: `${head.sequence}`,
    sta: STATES[head.state],
    ts: `${head.atMs}`,
    v: '2',
  };
  return Object.entries(fields)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]))
    .join(',');
}

function list(value: number): string {
  return `(${value})`;
}

/** RFC 9651 3.3.3: printable ASCII, with quotes and backslashes escaped. */
function quoted(text: string): string {
  return `"${text.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&')}"`;
}
