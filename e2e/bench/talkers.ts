import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { deleteSession } from '../support/api.ts';
import { type RunningServer, startServer } from '../support/server.ts';
import { familyCpu } from './cpu-seconds.ts';
import type { PartReport } from './figures.ts';
import { OtherWork } from './other-work.ts';
import type { BenchContext } from './part.ts';
import { Talker } from './talker.ts';
import { CLIP_SECONDS } from './talking-clip.ts';

const STEPS = [8, 12, 16, 20, 24, 28, 32, 36, 40];
const QUICK_STEPS = [12, 20, 28];
const MEASURE_SECONDS = { full: 20, quick: 12 };
/** A step that fails is tried again so often in all. */
const ATTEMPTS = 2;
const LEAD_MS = 500;
/** A part that comes this much later than it is due makes a player's buffer shrink for good. */
const LATE_MS = 200;
/** Sessions whose parts are watched from outside; all are watched by their events. */
const WATCHED = 4;

type Step = {
  readonly sessions: number;
  readonly fillers: number;
  readonly worstLateMs: number;
  /** 99 of 100 watched parts were no later than this. */
  readonly p99LateMs: number;
  readonly lateParts: number;
  readonly parts: number;
  readonly serverCores: number;
  readonly loadCores: number;
  readonly otherCores: number;
};

const keptUp = ({ fillers, lateParts }: Step): boolean => fillers === 0 && lateParts === 0;

/** Lets so many sessions talk without a pause; they begin spread over one clip's length, as conversations do. */
async function step(server: RunningServer, media: Buffer, sessions: number, seconds: number): Promise<Step> {
  const talkers: Talker[] = [];
  try {
    for (let i = 0; i < sessions; i++) {
      talkers.push(await Talker.open(server.origin, media, i < WATCHED ? { leadMs: LEAD_MS } : undefined));
      talkers.at(-1)?.start();
      await sleep((CLIP_SECONDS * 1000) / sessions);
    }
    // Each has its queue filled before it counts.
    await Promise.all(talkers.map((talker) => talker.talking()));
    const others = new OtherWork();
    const [serverBefore, loadBefore, startMs] = [await familyCpu(server.pid), process.cpuUsage(), performance.now()];
    for (const talker of talkers) talker.count();
    await sleep(seconds * 1000);
    const elapsed = (performance.now() - startMs) / 1000;
    const load = process.cpuUsage(loadBefore);
    for (const talker of talkers) talker.stop();
    const lateness = talkers.flatMap((talker) => talker.latenessMs).sort((a, b) => a - b);
    return {
      sessions,
      fillers: talkers.reduce((sum, talker) => sum + talker.fillers, 0),
      worstLateMs: Math.max(...lateness),
      p99LateMs: lateness[Math.floor(lateness.length * 0.99)] ?? Number.NaN,
      lateParts: lateness.filter((late) => late > LATE_MS).length,
      parts: lateness.length,
      serverCores: ((await familyCpu(server.pid)).total - serverBefore.total) / elapsed,
      loadCores: (load.user + load.system) / 1e6 / elapsed,
      otherCores: await others.cores(),
    };
  } finally {
    for (const talker of talkers) {
      await talker.close();
      await deleteSession(server.origin, talker.id);
    }
  }
}

function describe(step: Step): string {
  const { sessions, fillers, worstLateMs, p99LateMs, lateParts, parts, serverCores, loadCores, otherCores } = step;
  const cores = `server ${serverCores.toFixed(2)}, load generator ${loadCores.toFixed(2)}, others ${otherCores.toFixed(2)} cores`;
  const verdict = keptUp(step) ? 'keeps up' : 'falls behind';
  const late = `${lateParts} of ${parts} parts late, 99 % by ${p99LateMs.toFixed(0)} ms, worst ${worstLateMs.toFixed(0)} ms`;
  return `${sessions} sessions: ${verdict}; ${fillers} fillers in between; ${late}; ${cores}`;
}

/** How many live sessions talk at once without falling behind. */
export async function talkers({ dataDir, clip, quick, log }: BenchContext): Promise<PartReport> {
  await using server = await startServer({ dataDir, env: { LOG_LEVEL: 'warn', LEAD_MS: `${LEAD_MS}` } });
  const media = await readFile(clip);
  const steps: Step[] = [];
  const seconds = quick ? MEASURE_SECONDS.quick : MEASURE_SECONDS.full;
  for (const sessions of quick ? QUICK_STEPS : STEPS) {
    // Once more after a failure: somebody else's burst is not the server's limit.
    let failures = 0;
    for (; failures < ATTEMPTS; failures++) {
      const result = await step(server, media, sessions, seconds);
      steps.push(result);
      log(describe(result));
      if (keptUp(result)) break;
    }
    if (failures === ATTEMPTS) break;
  }
  const most = Math.max(0, ...steps.filter(keptUp).map(({ sessions }) => sessions));
  const last = steps.findLast(keptUp);
  return {
    figures: [
      { id: 'talkers.sessions', title: 'live sessions talking at once', unit: 'sessions', samples: [most] },
      ...(last === undefined
        ? []
        : [
            { id: 'talkers.late', title: '  worst part, after it was due', unit: 'ms', samples: [last.worstLateMs] },
            {
              id: 'talkers.cores',
              title: '  server and children',
              unit: 'cores',
              samples: [last.serverCores],
              digits: 2,
            },
          ]),
    ],
    notes: [
      `falling behind: filler between queued chunks of any session, or a part of ${WATCHED} watched ones > ${LATE_MS} ms after it was due`,
      `the load generator (uploads, readers) shares the ${availableParallelism()} cores`,
      ...steps.map(describe),
    ],
  };
}
