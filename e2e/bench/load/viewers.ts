import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSession, waitForPlaylist } from '../../support/api.ts';
import { fetchMultivariant } from '../../support/hls-client.ts';
import { residentMegabytes } from '../../support/processes.ts';
import { type RunningServer, startServer } from '../../support/server.ts';
import { familyCpu } from '../cpu-seconds.ts';
import type { Figure, PartReport } from '../figures.ts';
import type { BenchContext } from '../part.ts';
import { Talker } from '../talker.ts';
import { CLIP_SECONDS } from '../talking-clip.ts';
import { gatherCrowd } from './crowd.ts';
import type { CrowdReport } from './crowd-report.ts';

const CROWDS = { full: [1_000, 2_000], quick: [200] };
const TALKERS = 10;
const WARM_UP_MS = 5_000;
const MEASURE_MS = { full: 15_000, quick: 8_000 };
/** Crowds of one size, one after the other: what else the machine does is seldom the same. */
const ROUNDS = { full: 3, quick: 1 };
const LEAD_MS = 500;

type Seen = {
  readonly crowd: CrowdReport;
  /** Parts of the watched session, after they were due, by the server's own account: median, 95 of 100. */
  readonly publishLagMs: readonly [number, number];
  readonly cores: number;
  readonly childCores: number;
  readonly residentMb: number;
};

async function lag(origin: string): Promise<[number, number]> {
  const { recent } = (await (await fetch(`${origin}/v1/stats`)).json()) as {
    recent: { publishLag?: { p50?: number; p95?: number } };
  };
  const ms = (seconds: number | undefined): number => (seconds ?? Number.NaN) * 1000;
  return [ms(recent.publishLag?.p50), ms(recent.publishLag?.p95)];
}

/** A crowd watches one session, which talks without a pause. */
async function watch(server: RunningServer, mediaUrl: string, viewers: number, measureMs: number): Promise<Seen> {
  const { report } = await gatherCrowd({ mediaUrl, viewers, warmUpMs: WARM_UP_MS, measureMs });
  const [before, startMs] = [await familyCpu(server.pid), performance.now()];
  const crowd = await report;
  const [after, seconds] = [await familyCpu(server.pid), (performance.now() - startMs) / 1000];
  return {
    crowd,
    publishLagMs: await lag(server.origin),
    cores: (after.own - before.own) / seconds,
    childCores: (after.total - after.own - (before.total - before.own)) / seconds,
    residentMb: await residentMegabytes(server.pid),
  };
}

function describe({ crowd, publishLagMs, cores, childCores, residentMb }: Seen): string {
  const { viewers, parts, fanOutMs, missed, failures, requestsPerSecond, megabitsPerSecond } = crowd;
  const wrong =
    failures.length === 0 ? '0 errors' : `${failures.length} errors (${[...new Set(failures)].slice(0, 3).join('; ')})`;
  return [
    `${viewers} viewers: ${parts} parts, fan-out p50 ${fanOutMs.p50.toFixed(0)}, p99 ${fanOutMs.p99.toFixed(0)}, worst ${fanOutMs.max.toFixed(0)} ms`,
    `${missed} deliveries missed, ${wrong}, ${requestsPerSecond.toFixed(0)} requests/s, ${megabitsPerSecond.toFixed(0)} Mbit/s`,
    `publish lag p50 ${publishLagMs[0].toFixed(0)}, p95 ${publishLagMs[1].toFixed(0)} ms`,
    `server ${cores.toFixed(2)} cores, its encoders ${childCores.toFixed(2)}, ${residentMb.toFixed(0)} MB; the crowd ${crowd.cores.toFixed(2)} cores`,
  ].join('; ');
}

function figuresOf(viewers: number, rounds: readonly Seen[]): Figure[] {
  const figure = (name: string, title: string, unit: string, of: (seen: Seen) => number, digits?: number): Figure => ({
    id: `viewers.${viewers}.${name}`,
    title,
    unit,
    samples: rounds.map(of),
    ...(digits !== undefined && { digits }),
  });
  return [
    figure('p99', `${viewers} viewers: a part is with all of them, p99`, 'ms', ({ crowd }) => crowd.fanOutMs.p99),
    figure('p50', '  median', 'ms', ({ crowd }) => crowd.fanOutMs.p50),
    figure('errors', '  errors and deliveries missed', '', ({ crowd }) => crowd.failures.length + crowd.missed),
    figure('lag', '  parts are published after they are due, p95', 'ms', ({ publishLagMs }) => publishLagMs[1]),
    figure('rate', '  requests', 'per s', ({ crowd }) => crowd.requestsPerSecond),
    figure('cores', '  server, without its encoders', 'cores', ({ cores }) => cores, 2),
    figure('memory', '  server', 'MB', ({ residentMb }) => residentMb),
  ];
}

/** Low-latency viewers of one session, then so many of them while other sessions talk. */
export async function viewers({ dataDir, clip, quick, log }: BenchContext): Promise<PartReport> {
  const media = await readFile(clip);
  const measureMs = quick ? MEASURE_MS.quick : MEASURE_MS.full;
  const figures: Figure[] = [];
  const notes: string[] = [];
  const crowds = quick ? CROWDS.quick : CROWDS.full;
  const env = { LOG_LEVEL: 'warn', LEAD_MS: `${LEAD_MS}` };
  for (const count of crowds) {
    await using server = await startServer({ dataDir, env });
    await using talker = await Talker.open(server.origin, media, undefined);
    talker.start();
    await talker.talking();
    const mediaUrl = await mediaUrlOf(server, talker.id);
    const rounds: Seen[] = [];
    while (rounds.length < (quick ? ROUNDS.quick : ROUNDS.full)) {
      const seen = await watch(server, mediaUrl, count, measureMs);
      log(describe(seen));
      notes.push(describe(seen));
      rounds.push(seen);
    }
    talker.stop();
    figures.push(...figuresOf(count, rounds));
  }
  const together = await beside(crowds[0] ?? 0, { dataDir, media, measureMs, env });
  log(together.note);
  return {
    figures: [...figures, together.figure],
    notes: [
      'parts of 0.2 s: each viewer asks 10 times a second, a held playlist and a part; the crowd shares the cores',
      'published: when the first of all viewers was told of the part',
      ...notes,
      together.note,
    ],
  };
}

type Beside = {
  readonly dataDir: string;
  readonly media: Buffer;
  readonly measureMs: number;
  readonly env: Readonly<Record<string, string>>;
};

/** Sessions that talk while a crowd watches one of them. */
async function beside(
  count: number,
  { dataDir, media, measureMs, env }: Beside,
): Promise<{ figure: Figure; note: string }> {
  await using server = await startServer({ dataDir, env });
  const talkers: Talker[] = [];
  try {
    for (let index = 0; index < TALKERS; index++) {
      talkers.push(await Talker.open(server.origin, media, undefined));
      talkers.at(-1)?.start();
      await sleep((CLIP_SECONDS * 1000) / TALKERS);
    }
    await Promise.all(talkers.map((talker) => talker.talking()));
    for (const talker of talkers) talker.count();
    const seen = await watch(server, await mediaUrlOf(server, talkers[0]?.id ?? ''), count, measureMs);
    for (const talker of talkers) talker.stop();
    const fillers = talkers.reduce((sum, talker) => sum + talker.fillers, 0);
    return {
      figure: {
        id: 'viewers.talkers',
        title: `${TALKERS} sessions talk while ${count} watch: underruns`,
        unit: '',
        samples: [fillers],
      },
      note: `${TALKERS} sessions talk: ${fillers} underruns; ${describe(seen)}`,
    };
  } finally {
    for (const talker of talkers) await talker.close();
  }
}

export async function mediaUrlOf(server: RunningServer, id: string): Promise<string> {
  const url = `${server.origin}/live/${id}/index.m3u8`;
  await waitForPlaylist(url);
  const [mediaUrl = ''] = await fetchMultivariant(url);
  return mediaUrl;
}

/** A session that is watched and says nothing. */
export async function idleSession(server: RunningServer): Promise<string> {
  const { id } = await openSession(server.origin);
  return await mediaUrlOf(server, id);
}
