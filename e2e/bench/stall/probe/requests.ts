import { wallMsAt } from './clock.ts';
import type { SeenRequest } from './types.ts';

const MAX_REQUESTS = 20_000;

/** Every request of the page that has ended, as the page saw it. */
export function watchRequests(): SeenRequest[] {
  const requests: SeenRequest[] = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceResourceTiming[]) {
      if (requests.length >= MAX_REQUESTS) return;
      // 0 where it did not come that far: it was given up, or answered from a cache.
      const sent = entry.requestStart || entry.startTime;
      requests.push({
        url: entry.name,
        startMs: wallMsAt(entry.startTime),
        sentMs: wallMsAt(sent),
        firstByteMs: wallMsAt(entry.responseStart || entry.responseEnd),
        endMs: wallMsAt(entry.responseEnd),
        bytes: entry.transferSize,
      });
    }
  }).observe({ type: 'resource', buffered: true });
  return requests;
}
