import { setTimeout as sleep } from 'node:timers/promises';
import { residentMegabytes } from '../support/processes.ts';
import { startServer } from '../support/server.ts';
import { processCpu } from './cpu-seconds.ts';
import type { PartReport } from './figures.ts';
import type { BenchContext } from './part.ts';
import { closeConnections, timedSuccess, wallMs } from './timed-http.ts';

const SESSIONS = { full: 10_000, quick: 2_000 };
/** Opened and deleted first, so that compiled code and a grown heap are not taken for the cost of sessions. */
const WARM_UP_SESSIONS = 500;
const AT_ONCE = 32;
const SETTLE_MS = 5_000;
const IDLE_SECONDS = { full: 20, quick: 10 };

/** Runs `work` for each item, a few at once. */
async function forAll<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = [...items].reverse();
  const worker = async (): Promise<void> => {
    for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function openAll(origin: string, ids: readonly string[]): Promise<void> {
  await forAll(ids, async (id) => {
    const headers = { 'content-type': 'application/json' };
    await timedSuccess(`${origin}/v1/sessions`, { method: 'POST', headers, body: Buffer.from(JSON.stringify({ id })) });
  });
}

async function deleteAll(origin: string, ids: readonly string[]): Promise<void> {
  await forAll(ids, async (id) => {
    await timedSuccess(`${origin}/v1/sessions/${id}`, { method: 'DELETE' });
  });
}

const names = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${prefix}-${i}`);

/** What 10,000 sessions cost that nobody watches and nobody feeds. */
export async function idle({ dataDir, quick, log }: BenchContext): Promise<PartReport> {
  const count = quick ? SESSIONS.quick : SESSIONS.full;
  const seconds = quick ? IDLE_SECONDS.quick : IDLE_SECONDS.full;
  await using server = await startServer({ dataDir, env: { LOG_LEVEL: 'warn' } });
  const resident = async (): Promise<number> => {
    await sleep(SETTLE_MS);
    return await residentMegabytes(server.pid);
  };
  const warmUp = names('warm', WARM_UP_SESSIONS);
  await openAll(server.origin, warmUp);
  await deleteAll(server.origin, warmUp);
  const emptyMb = await resident();
  log(`empty server: ${emptyMb.toFixed(0)} MB`);

  const ids = names('idle', count);
  const startMs = wallMs();
  await openAll(server.origin, ids);
  const openedPerSecond = (count * 1000) / (wallMs() - startMs);
  closeConnections();
  const fullMb = await resident();
  log(`${count} sessions: ${fullMb.toFixed(0)} MB, opened ${openedPerSecond.toFixed(0)} per second`);

  const before = await processCpu(server.pid);
  await sleep(seconds * 1000);
  const after = await processCpu(server.pid);
  const idleMb = await residentMegabytes(server.pid);
  const cpuSeconds = (after?.own ?? Number.NaN) - (before?.own ?? Number.NaN);
  log(`idle for ${seconds} s: ${cpuSeconds.toFixed(2)} CPU s`);
  await deleteAll(server.origin, ids);
  closeConnections();
  const deletedMb = await resident();
  log(`deleted: ${deletedMb.toFixed(0)} MB`);
  return {
    figures: [
      {
        id: 'idle.memory',
        title: `${count} idle sessions, over the empty server`,
        unit: 'MB',
        samples: [idleMb - emptyMb],
      },
      {
        id: 'idle.per-session',
        title: '  per session',
        unit: 'kB',
        samples: [((idleMb - emptyMb) * 1000) / count],
        digits: 1,
      },
      { id: 'idle.empty', title: '  the empty server', unit: 'MB', samples: [emptyMb] },
      { id: 'idle.deleted', title: '  after they were all deleted', unit: 'MB', samples: [deletedMb] },
      {
        id: 'idle.cpu',
        title: `CPU of the server in ${seconds} s of idleness`,
        unit: 's',
        samples: [cpuSeconds],
        digits: 2,
      },
      { id: 'idle.opened', title: 'sessions opened', unit: 'per s', samples: [openedPerSecond] },
    ],
    notes: [
      `resident memory of the server process, ${SETTLE_MS / 1000} s after the last request; no collection is forced`,
    ],
  };
}
