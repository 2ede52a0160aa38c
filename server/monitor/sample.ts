import { countsView, presentView, type Spread } from '../quality/views.ts';
import { takeCensus } from './census.ts';
import type { Sample } from './history.ts';
import type { Sources } from './sources.ts';

/** Spreads in a sample are of what happened in this time before it. */
const SPREAD_MS = 60_000;

/** What has happened since the start, as of one moment. */
export type Marks = {
  readonly atMs: number;
  readonly stalls: number;
  readonly rebufferSeconds: number;
  readonly watchSeconds: number;
  readonly timedWatchSeconds: number;
  readonly published: number;
  readonly failed: number;
  readonly degraded: number;
  readonly interruptions: number;
  readonly requests: number;
  readonly cpuSeconds: number;
};

export function takeMarks({ quality, figures, tally }: Sources, nowMs: number): Marks {
  const { stalls, rebufferSeconds, watchSeconds, timedWatchSeconds } = countsView(quality.totals);
  const { published, failed, interruptions } = figures.counts;
  const { user, system } = process.cpuUsage();
  return {
    atMs: nowMs,
    ...{ stalls, rebufferSeconds, watchSeconds, timedWatchSeconds, published, failed, interruptions },
    degraded: Object.values(figures.degraded).reduce((sum, count) => sum + count, 0),
    requests: tally.total('media') + tally.total('api') + tally.total('other'),
    cpuSeconds: (user + system) / 1e6,
  };
}

/**
 * @param before - As of the sample before this one.
 * @param loopDelay - Seconds.
 */
export function takeSample(sources: Sources, before: Marks, now: Marks, loopDelay: number | undefined): Sample {
  const nowMs = now.atMs;
  const census = takeCensus(sources.sessions());
  const { states, latency } = presentView(sources.quality.viewers(), nowMs);
  const { active, waiting } = sources.encoder();
  return {
    at: Math.round(nowMs),
    sessions: census.open + census.ending,
    talking: census.talking,
    viewers: census.viewers,
    rebuffering: states.rebuffering ?? 0,
    encodesActive: active,
    encodesWaiting: waiting,
    encodeSpeed: orNull(sources.encodes.speedSince(nowMs - SPREAD_MS)),
    ...stageSpreads(sources, nowMs - SPREAD_MS),
    latencyP50: orNull(latency?.p50),
    latencyP95: orNull(latency?.p95),
    ...since(before, now),
    heldRequests: sources.http().heldRequests,
    loopDelay: orNull(loopDelay),
  };
}

/** True when the next sample would show the same. */
export function isQuiet(sample: Sample): boolean {
  const { viewers, talking, encodesActive, encodesWaiting, heldRequests } = sample;
  return viewers + talking + encodesActive + encodesWaiting + heldRequests === 0;
}

function stageSpreads({ figures, publishLag }: Sources, sinceMs: number) {
  const tts = figures.stages.tts.spreadSince(sinceMs);
  const avatar = figures.stages.avatar.spreadSince(sinceMs);
  const encode = figures.stages.encode.spreadSince(sinceMs);
  const firstPart = figures.firstOfTurn.spreadSince(sinceMs);
  const lag = publishLag.spreadSince(sinceMs);
  const [p50, p95] = [(of?: Spread) => orNull(of?.p50), (of?: Spread) => orNull(of?.p95)];
  return {
    ...{ ttsP50: p50(tts), ttsP95: p95(tts), avatarP50: p50(avatar), avatarP95: p95(avatar) },
    ...{ encodeP50: p50(encode), encodeP95: p95(encode), firstPartP50: p50(firstPart), firstPartP95: p95(firstPart) },
    ...{ publishLagP50: p50(lag), publishLagP95: p95(lag) },
  };
}

function since(before: Marks, now: Marks) {
  const seconds = (now.atMs - before.atMs) / 1000;
  return {
    stalls: now.stalls - before.stalls,
    rebufferSeconds: inMs(now.rebufferSeconds - before.rebufferSeconds),
    watchSeconds: inMs(now.watchSeconds - before.watchSeconds),
    timedWatchSeconds: inMs(now.timedWatchSeconds - before.timedWatchSeconds),
    chunksPublished: now.published - before.published,
    chunksFailed: now.failed - before.failed,
    degraded: now.degraded - before.degraded,
    interruptions: now.interruptions - before.interruptions,
    requests: now.requests - before.requests,
    cpu: seconds > 0 ? inMs((now.cpuSeconds - before.cpuSeconds) / seconds) : 0,
  };
}

/** To three places. */
function inMs(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function orNull(value: number | undefined): number | null {
  return value === undefined ? null : inMs(value);
}
