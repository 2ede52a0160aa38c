import { setTimeout as delay } from 'node:timers/promises';
import { type CrowdReport, type CrowdTask, Deliveries, summariseCrowd } from './crowd-report.ts';
import { type Delivery, Viewer } from './viewer.ts';

/** Opened at once: more than a backlog holds would only measure the backlog. */
const OPENED_AT_ONCE = 100;

/** A process of its own that is a crowd of viewers: what it costs is not the server's, nor is its event loop the measuring one's. */
process.once('message', (task: CrowdTask) => {
  watch(task).then(
    (report) => process.send?.(report, () => process.exit(0)),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function watch({ mediaUrl, viewers: count, warmUpMs, measureMs }: CrowdTask): Promise<CrowdReport> {
  const deliveries = new Deliveries();
  const failures: string[] = [];
  let isCounting = false;
  const events = {
    delivered: (delivery: Delivery): void => {
      if (isCounting) deliveries.add(delivery);
    },
    failed: (what: string): void => {
      failures.push(what);
    },
  };
  const viewers: Viewer[] = [];
  while (viewers.length < count) {
    const some = Array.from({ length: Math.min(OPENED_AT_ONCE, count - viewers.length) }, () =>
      Viewer.open(mediaUrl, events),
    );
    viewers.push(...(await Promise.all(some)));
  }
  for (const viewer of viewers) void viewer.watch();
  process.send?.('watching');
  await delay(warmUpMs);
  isCounting = true;
  const cpuBefore = process.cpuUsage();
  await delay(measureMs);
  isCounting = false;
  const { user, system } = process.cpuUsage(cpuBefore);
  for (const viewer of viewers) viewer.close();
  return summariseCrowd(deliveries, {
    viewers: count,
    failures,
    seconds: measureMs / 1000,
    cores: (user + system) / 1000 / measureMs,
  });
}
