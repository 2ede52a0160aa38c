import { wallMsAt } from './clock.ts';
import type { SeenRequest } from './types.ts';

const MAX_REQUESTS = 20_000;

/** Every request of the page that has ended, as the page saw it. */
export function watchRequests(): SeenRequest[] {
  const requests: SeenRequest[] = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceResourceTiming[]) {
      if (requests.length >= MAX_REQUESTS) return;
      requests.push({
        url: entry.name,
        startMs: wallMsAt(entry.startTime),
        sentMs: wallMsAt(entry.requestStart),
        firstByteMs: wallMsAt(entry.responseStart),
        endMs: wallMsAt(entry.responseEnd),
        bytes: entry.transferSize,
      });
    }
  }).observe({ type: 'resource', buffered: true });
  return requests;
}
