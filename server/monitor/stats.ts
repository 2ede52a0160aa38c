import { defined } from '../lib/defined.ts';
import { rebufferRatio, stallsPerHour } from '../quality/counts.ts';
import { type CountsView, countsView, type PresentView, presentView, type Spread } from '../quality/views.ts';
import { type Census, takeCensus } from './census.ts';
import type { EncoderLoad } from './encodes.ts';
import { type Columns, columnsOf, type Sample } from './history.ts';
import { SAMPLE_EVERY_MS } from './sampler.ts';
import { listSessions, type SessionRow } from './session-rows.ts';
import type { Sources } from './sources.ts';

/** How far back `recent` and the history reach. */
export const RECENT_MS = 15 * 60_000;
/** Speeds, and how late parts are, as of the last minute. */
const MINUTE_MS = 60_000;

/** What viewers saw in the last 15 minutes. */
export type RecentView = Pick<CountsView, 'watchSeconds' | 'stalls' | 'rebufferSeconds'> & {
  readonly stallsPerHour?: number;
  readonly rebufferRatio?: number;
  readonly startup?: Spread;
  /** Of the last minute. */
  readonly publishLag?: Spread;
  readonly chunksPublished: number;
  readonly chunksFailed: number;
  readonly degraded: number;
  readonly interruptions: number;
};

/** How it is, for whoever looks after the server: `GET /v1/stats`. */
export type Stats = {
  readonly at: string;
  readonly startedAt: string;
  readonly sessions: Omit<Census, 'viewers'>;
  /** `watching`: all that ask for media; the rest is of those who tell something by CMCD. */
  readonly viewers: PresentView & { readonly watching: number };
  readonly recent: RecentView;
  /** Since the server started. */
  readonly totals: CountsView;
  readonly encoder: EncoderLoad & { readonly speed?: number };
  readonly http: { readonly heldRequests: number; readonly eventStreams: number };
  readonly process: { readonly memoryBytes: number; readonly cpu?: number; readonly loopDelay?: number };
  /** In trouble first, then by viewers. */
  readonly busiest: readonly SessionRow[];
  readonly history: { readonly intervalSeconds: number; readonly columns: Columns };
};

export type StatsOptions = {
  readonly startedMs: number;
  /** Of the last 15 minutes, oldest first. */
  readonly samples: readonly Sample[];
  /** The history is told from here on. */
  readonly afterMs: number;
};

export function makeStats(sources: Sources, nowMs: number, options: StatsOptions): Stats {
  const { viewers: watching, ...sessions } = takeCensus(sources.sessions());
  const { samples, startedMs, afterMs } = options;
  const last = samples.at(-1);
  const isFresh = last !== undefined && nowMs - last.at < 2 * SAMPLE_EVERY_MS;
  return {
    at: isoTime(nowMs),
    startedAt: isoTime(startedMs),
    sessions,
    viewers: { ...presentView(sources.quality.viewers(), nowMs), watching },
    recent: recentView(sources, samples, nowMs),
    totals: countsView(sources.quality.totals),
    encoder: { ...sources.encoder(), ...defined({ speed: sources.encodes.speedSince(nowMs - MINUTE_MS) }) },
    http: sources.http(),
    process: {
      memoryBytes: process.memoryUsage.rss(),
      ...(isFresh && defined({ cpu: last.cpu, loopDelay: last.loopDelay ?? undefined })),
    },
    busiest: listSessions(sources, nowMs),
    history: {
      intervalSeconds: SAMPLE_EVERY_MS / 1000,
      columns: columnsOf(samples.filter(({ at }) => at > afterMs)),
    },
  };
}

function recentView({ startup, publishLag }: Sources, samples: readonly Sample[], nowMs: number): RecentView {
  const all = (read: (sample: Sample) => number): number =>
    Math.round(samples.reduce((sum, sample) => sum + read(sample), 0) * 1000) / 1000;
  const stalls = all((sample) => sample.stalls);
  const watchSeconds = all((sample) => sample.watchSeconds);
  const rebufferSeconds = all((sample) => sample.rebufferSeconds);
  const timedWatchMs = all((sample) => sample.timedWatchSeconds) * 1000;
  return {
    watchSeconds,
    stalls,
    rebufferSeconds,
    ...defined({
      stallsPerHour: stallsPerHour({ stalls, watchMs: watchSeconds * 1000 }),
      rebufferRatio: rebufferRatio({ rebufferMs: rebufferSeconds * 1000, timedWatchMs }),
      startup: startup.spreadSince(nowMs - RECENT_MS),
      publishLag: publishLag.spreadSince(nowMs - MINUTE_MS),
    }),
    chunksPublished: all((sample) => sample.chunksPublished),
    chunksFailed: all((sample) => sample.chunksFailed),
    degraded: all((sample) => sample.degraded),
    interruptions: all((sample) => sample.interruptions),
  };
}

function isoTime(ms: number): string {
  return new Date(Math.round(ms)).toISOString();
}
