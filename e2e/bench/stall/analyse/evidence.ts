import type { ElementSample, SeenRequest } from '../probe/types.ts';
import type { RunRecord } from '../run/play.ts';
import type { SentenceFigures } from './run-figures.ts';

/** How far back a stall's causes are looked for. */
const BEFORE_MS = 4_000;
const LONGEST = 6;

/** A request that was under way before or during a stall; times in ms from the start of the conversation. */
export type RequestEvidence = {
  readonly path: string;
  readonly startMs: number;
  /** Waiting for a connection, for the first byte, and for the rest. */
  readonly queuedMs: number;
  readonly firstByteMs: number;
  readonly restMs: number;
  readonly bytes: number;
};

/** What was going on around one stall or late start. */
export type StallEvidence = {
  readonly clip: number;
  readonly kind: 'within' | 'late';
  readonly atMs: number;
  readonly ms: number;
  /** Seconds buffered 3, 2, 1 and 0 s before. */
  readonly aheadSeconds: readonly (number | null)[];
  /** Retransmissions in the time before: by later segments, and by the timer. */
  readonly fastRetransmits: number;
  readonly timeouts: number;
  /** The longest of them, in the order they began. */
  readonly requests: readonly RequestEvidence[];
};

/** The causes of each stall, as far as they can be seen from outside. */
export function evidenceOf(record: RunRecord, sentences: readonly SentenceFigures[]): StallEvidence[] {
  return sentences.flatMap(({ clip, stalls, lateMs, firstFrameMs, isCut }) => {
    if (isCut) return [];
    const within = stalls.map((stall) => ({ clip, kind: 'within' as const, ...stall }));
    const isLate = lateMs > 100 && firstFrameMs !== null;
    const late = isLate ? [{ clip, kind: 'late' as const, atMs: firstFrameMs - lateMs, ms: lateMs }] : [];
    return [...late, ...within].map((stall) => ({ ...stall, ...around(record, stall.atMs, stall.ms) }));
  });
}

function around(record: RunRecord, atMs: number, ms: number) {
  const { probe, relay, startMs } = record;
  const [fromMs, wallMs, endMs] = [startMs + atMs - BEFORE_MS, startMs + atMs, startMs + atMs + ms];
  const troubles = relay.troubles.filter((trouble) => trouble.atMs > fromMs && trouble.atMs < endMs);
  const requests = probe.requests.filter((request) => request.startMs < endMs && request.endMs > fromMs);
  const longest = requests.toSorted((a, b) => b.endMs - b.startMs - (a.endMs - a.startMs)).slice(0, LONGEST);
  return {
    aheadSeconds: [3, 2, 1, 0].map((seconds) => aheadAt(probe.samples, wallMs - seconds * 1000)),
    fastRetransmits: troubles.filter(({ kind }) => kind === 'fast-retransmit').length,
    timeouts: troubles.filter(({ kind }) => kind !== 'fast-retransmit').length,
    requests: longest.toSorted((a, b) => a.startMs - b.startMs).map((request) => requestEvidence(request, startMs)),
  };
}

/** Of whichever element plays. */
function aheadAt(samples: readonly ElementSample[], wallMs: number): number | null {
  const before = samples.findLast(({ atMs, isPaused }) => atMs <= wallMs && !isPaused);
  return before === undefined ? null : Math.round(before.aheadSeconds * 100) / 100;
}

function requestEvidence({ url, startMs, sentMs, firstByteMs, endMs, bytes }: SeenRequest, zeroMs: number) {
  const { pathname, search } = new URL(url);
  return {
    path: `${pathname}${search}`.replace(/^\/live\/[^/]+\//, ''),
    startMs: Math.round(startMs - zeroMs),
    queuedMs: Math.round(sentMs - startMs),
    firstByteMs: Math.round(firstByteMs - sentMs),
    restMs: Math.round(endMs - firstByteMs),
    bytes,
  };
}
