import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { missingForEdge, startVarnish } from '../../support/edge.ts';
import { startServer } from '../../support/server.ts';
import type { Figure, PartReport } from '../figures.ts';
import type { BenchContext } from '../part.ts';
import { Talker } from '../talker.ts';
import { gatherCrowd } from './crowd.ts';
import { mediaUrlOf } from './viewers.ts';

const CROWDS = { full: [10, 100, 1_000], quick: [10, 100] };
const WARM_UP_MS = 4_000;
const MEASURE_MS = 15_000;

/** Requests of the media plane that the server has answered, by its own account. */
export async function mediaRequests(origin: string): Promise<number> {
  const text = await (await fetch(`${origin}/metrics`)).text();
  const counts = [...text.matchAll(/^throughline_http_answers_total\{plane="media",[^}]*\} (\d+)/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

/** Crowds behind the Varnish configuration that ships with us: what reaches the server? */
export async function edge({ dir, dataDir, clip, quick, log }: BenchContext): Promise<PartReport> {
  const missing = missingForEdge();
  if (missing.length > 0) throw new Error(`not installed: ${missing.join(', ')}`);
  const media = await readFile(clip);
  const figures: Figure[] = [];
  const notes: string[] = [];
  for (const count of quick ? CROWDS.quick : CROWDS.full) {
    await using server = await startServer({ dataDir, env: { LOG_LEVEL: 'warn' } });
    await using varnish = await startVarnish(server.origin, join(dir, `edge-${count}`));
    await using talker = await Talker.open(server.origin, media, undefined);
    talker.start();
    await talker.talking();
    const { pathname } = new URL(await mediaUrlOf(server, talker.id));
    const mediaUrl = `${varnish.origin}${pathname}`;
    const crowd = await gatherCrowd({ mediaUrl, viewers: count, warmUpMs: WARM_UP_MS, measureMs: MEASURE_MS });
    const [before, startMs] = [await mediaRequests(server.origin), performance.now()];
    const { fanOutMs, missed, failures, requestsPerSecond } = await crowd.report;
    const seconds = (performance.now() - startMs) / 1000;
    const perSecond = ((await mediaRequests(server.origin)) - before) / seconds;
    talker.stop();
    const line = `${count} viewers behind Varnish: ${perSecond.toFixed(1)} requests/s reach the server of ${requestsPerSecond.toFixed(0)}; fan-out p50 ${fanOutMs.p50.toFixed(0)}, p99 ${fanOutMs.p99.toFixed(0)} ms; ${missed} missed, ${failures.length} errors`;
    log(line);
    notes.push(line);
    figures.push(
      {
        id: `edge.${count}.origin`,
        title: `${count} viewers behind Varnish: requests that reach the server`,
        unit: 'per s',
        samples: [perSecond],
        digits: 1,
      },
      { id: `edge.${count}.p99`, title: '  a part is with all of them, p99', unit: 'ms', samples: [fanOutMs.p99] },
    );
  }
  return { figures, notes };
}
