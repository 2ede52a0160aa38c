import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { deleteSession, endSession, openSession, sessionStatus } from '../../support/api.ts';
import { activeResources, heapAfterCollection, INSPECTED } from '../../support/inspector.ts';
import { encodersOf, filesIn, openFiles } from '../../support/leftovers.ts';
import { residentMegabytes } from '../../support/processes.ts';
import { type RunningServer, startServer } from '../../support/server.ts';
import type { PartReport } from '../figures.ts';
import type { BenchContext } from '../part.ts';
import { closeConnections, pushTimed } from '../timed-http.ts';

const SESSIONS = { full: 50, quick: 8 };
const CHUNKS = { full: 40, quick: 10 };
/** Sessions that are at it at once. */
const AT_ONCE = 8;
/** Done first: compiled code and a grown heap are no leak. */
const WARM_UP_SESSIONS = 8;
const SETTLE_MS = 20_000;
const LIMIT_MS = 180_000;
const PROFILE = { width: 128, height: 128, fps: 25, audioRate: 24_000, renditions: [] } as const;

type Rest = {
  readonly memoryMb: number;
  readonly files: number;
  readonly processes: number;
  readonly timers: number;
  readonly onDisk: number;
};

/** Sessions that are opened, fed, ended and deleted: what is left of them? */
export async function soak({ dataDir, clip, quick, log }: BenchContext): Promise<PartReport> {
  const sessions = quick ? SESSIONS.quick : SESSIONS.full;
  const chunks = quick ? CHUNKS.quick : CHUNKS.full;
  await using server = await startServer({ dataDir, env: { LOG_LEVEL: 'warn', ...INSPECTED } });
  const media = await readFile(clip);
  await feed(server, media, { sessions: WARM_UP_SESSIONS, chunks: 5 });
  const before = await rest(server, dataDir);
  log(`before: ${JSON.stringify(before)}`);
  const startMs = performance.now();
  await feed(server, media, { sessions, chunks });
  const seconds = (performance.now() - startMs) / 1000;
  const after = await rest(server, dataDir);
  log(`after: ${JSON.stringify(after)}`);
  // What grows once is a heap that has found its size; what grows each time is a leak.
  await feed(server, media, { sessions, chunks });
  const again = await rest(server, dataDir);
  log(`and after as many again: ${JSON.stringify(again)}`);
  const title = `${sessions * chunks} chunks in ${sessions} sessions that came and went: `;
  return {
    figures: [
      {
        id: 'soak.memory',
        title: `${title}memory that stays`,
        unit: 'MB',
        samples: [after.memoryMb - before.memoryMb],
      },
      {
        id: 'soak.memory-again',
        title: '  memory that stays of as many again',
        unit: 'MB',
        samples: [again.memoryMb - after.memoryMb],
      },
      { id: 'soak.files', title: '  open files that stay', unit: '', samples: [after.files - before.files] },
      { id: 'soak.processes', title: '  processes that stay', unit: '', samples: [after.processes - before.processes] },
      { id: 'soak.timers', title: '  timers that stay', unit: '', samples: [after.timers - before.timers] },
      { id: 'soak.disk', title: '  files on disk that stay', unit: '', samples: [after.onDisk - before.onDisk] },
      { id: 'soak.time', title: '  took', unit: 's', samples: [seconds] },
    ],
    notes: [
      `each looked at ${SETTLE_MS / 1000} s after the last request, and after a collection: ${JSON.stringify({ before, after, again })}`,
    ],
  };
}

async function feed(server: RunningServer, media: Buffer, wanted: { sessions: number; chunks: number }): Promise<void> {
  let left = wanted.sessions;
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const { id } = await openSession(server.origin, { pacing: 'asap', profile: PROFILE });
      for (let chunk = 0; chunk < wanted.chunks; chunk++) await pushTimed(server.origin, id, media);
      await endSession(server.origin, id);
      const deadlineMs = Date.now() + LIMIT_MS;
      while ((await sessionStatus(server.origin, id)).state !== 'ended') {
        if (Date.now() > deadlineMs) throw new Error(`session ${id} does not end`);
        await sleep(200);
      }
      const { chunks } = await sessionStatus(server.origin, id);
      if (chunks.published !== wanted.chunks) throw new Error(`session ${id}: ${JSON.stringify(chunks)}`);
      await deleteSession(server.origin, id);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function rest(server: RunningServer, dataDir: string): Promise<Rest> {
  closeConnections();
  await sleep(SETTLE_MS);
  await heapAfterCollection(server.log);
  return {
    memoryMb: Math.round(await residentMegabytes(server.pid)),
    files: await openFiles(server.pid),
    processes: (await encodersOf(server.pid)).length,
    timers: (await activeResources(server.log)).filter((name) => name === 'Timeout').length,
    onDisk: (await filesIn(dataDir)).length,
  };
}
