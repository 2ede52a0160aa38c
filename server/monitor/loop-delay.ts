import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Node looks at the event loop so often: what it measures contains this. */
const RESOLUTION_MS = 20;

/** How long the event loop keeps what is due waiting. It needs a timer of Node's, so it runs only while somebody measures. */
export class LoopDelay {
  readonly #histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });

  start(): void {
    this.#histogram.enable();
  }

  stop(): void {
    this.#histogram.disable();
    this.#histogram.reset();
  }

  /** The longest since it was read last, in milliseconds; `undefined` while nothing is measured. */
  read(): number | undefined {
    const { max, count } = this.#histogram;
    this.#histogram.reset();
    return count === 0 ? undefined : Math.max(0, max / 1e6 - RESOLUTION_MS);
  }
}
