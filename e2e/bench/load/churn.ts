import { setTimeout as sleep } from 'node:timers/promises';
import { heapAfterCollection, INSPECTED } from '../../support/inspector.ts';
import { residentMegabytes } from '../../support/processes.ts';
import { startServer } from '../../support/server.ts';
import type { PartReport } from '../figures.ts';
import type { BenchContext } from '../part.ts';
import { closeConnections, timedSuccess } from '../timed-http.ts';

const SESSIONS = { full: 40_000, quick: 4_000 };
/** Opened and deleted first: compiled code and a grown heap are no leak. */
const WARM_UP = 4_000;
const AT_ONCE = 32;
const SETTLE_MS = 8_000;

type Rest = { readonly residentMb: number; readonly heapMb: number };

/** Sessions that are opened and deleted at once, as MediaMTX' issue 4678 had it: what stays of them? */
export async function churn({ dataDir, quick, log }: BenchContext): Promise<PartReport> {
  const count = quick ? SESSIONS.quick : SESSIONS.full;
  await using server = await startServer({ dataDir, env: { LOG_LEVEL: 'warn', ...INSPECTED } });
  const rest = async (): Promise<Rest> => {
    closeConnections();
    await sleep(SETTLE_MS);
    const { heapUsed } = await heapAfterCollection(server.log);
    return { heapMb: heapUsed / 2 ** 20, residentMb: await residentMegabytes(server.pid) };
  };
  await openAndDelete(server.origin, WARM_UP);
  const before = await rest();
  log(`${WARM_UP} sessions came and went: ${inWords(before)}`);
  const startMs = performance.now();
  await openAndDelete(server.origin, count);
  const perSecond = (count * 1000) / (performance.now() - startMs);
  const after = await rest();
  log(`${count} more: ${inWords(after)}, ${perSecond.toFixed(0)} per second`);
  return {
    figures: [
      {
        id: 'churn.memory',
        title: `${count} sessions opened and deleted: memory that stays`,
        unit: 'MB',
        samples: [after.residentMb - before.residentMb],
      },
      {
        id: 'churn.heap',
        title: '  objects that stay',
        unit: 'MB',
        samples: [after.heapMb - before.heapMb],
        digits: 1,
      },
      { id: 'churn.rate', title: '  opened and deleted', unit: 'per s', samples: [perSecond] },
    ],
    notes: [
      `${SETTLE_MS / 1000} s after the last request and a collection, without which garbage of the last second decides: ${inWords(before)}, then ${inWords(after)}`,
    ],
  };
}

const inWords = ({ residentMb, heapMb }: Rest): string =>
  `${residentMb.toFixed(0)} MB, ${heapMb.toFixed(1)} MB of them objects`;

async function openAndDelete(origin: string, count: number): Promise<void> {
  let left = count;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      const id = `churn-${left--}`;
      const body = Buffer.from(JSON.stringify({ id }));
      await timedSuccess(`${origin}/v1/sessions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      await timedSuccess(`${origin}/v1/sessions/${id}`, { method: 'DELETE' });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
