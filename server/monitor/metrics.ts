import { performance } from 'node:perf_hooks';
import { collectDefaultMetrics, Registry, type RegistryContentType } from 'prom-client';
import { type PresentView, presentView } from '../quality/views.ts';
import { type Census, takeCensus } from './census.ts';
import { Instruments } from './instruments.ts';
import { type ServerHistograms, serverMetrics } from './server-metrics.ts';
import type { Sources } from './sources.ts';
import { type ViewerHistograms, viewerMetrics } from './viewer-metrics.ts';

export type MetricsText = { readonly contentType: string; readonly text: string };

/** prom-client measures the event loop with a timer of its own, for ever. This is as good as never; `LoopDelay` measures instead. */
const NEVER_MS = 2 ** 31 - 1;
const LOOP_DELAYS = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
  (which) => `nodejs_eventloop_lag_${which}_seconds`,
);

export type MetricsOptions = {
  readonly sources: Sources;
  now(): number;
  /** Longest delay of the event loop in the latest sample, in seconds. */
  loopDelay(): number | undefined;
};

/** Everything `GET /metrics` tells. */
export class Metrics {
  readonly histograms: ServerHistograms & ViewerHistograms;
  readonly #registry = new Registry<RegistryContentType>();
  /** Of the scrape that is being answered: several metrics are made of each. */
  #census: Census | undefined;
  #present: PresentView | undefined;
  #hasProcess = false;
  /** Scrapes take turns: the format is a setting of the registry. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ sources, now, loopDelay }: MetricsOptions) {
    const make = new Instruments(this.#registry as Registry);
    const census = (): Census => (this.#census ??= takeCensus(sources.sessions()));
    const present = (): PresentView => (this.#present ??= presentView(sources.quality.viewers(), now()));
    this.histograms = {
      ...serverMetrics(make, sources, census),
      ...viewerMetrics(make, sources.quality.totals, present),
    };
    make.gauge(
      'throughline_event_loop_delay_seconds',
      'Longest time that something due had to wait, in the latest sample of five seconds.',
      loopDelay,
    );
    let before = performance.eventLoopUtilization();
    make.gauge(
      'throughline_event_loop_utilization_ratio',
      'Share of the time since the last scrape spent working.',
      () => {
        const { utilization } = performance.eventLoopUtilization(before);
        before = performance.eventLoopUtilization();
        return utilization;
      },
    );
  }

  /** All metrics as text: OpenMetrics 1.0, or Prometheus' own format. */
  text(isOpenMetrics: boolean): Promise<MetricsText> {
    const made = this.#turn.then(() => this.#render(isOpenMetrics));
    this.#turn = made.catch(() => undefined);
    return made;
  }

  async #render(isOpenMetrics: boolean): Promise<MetricsText> {
    this.#addProcess();
    this.#census = undefined;
    this.#present = undefined;
    const registry = this.#registry;
    registry.setContentType(isOpenMetrics ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE);
    const metrics = registry.getMetricsAsArray().map((metric) => ({ metric, name: metric.name }));
    try {
      return { contentType: registry.contentType, text: await registry.metrics() };
    } finally {
      // For OpenMetrics prom-client takes `_total` off the names of counters, and leaves it off.
      for (const { metric, name } of metrics) metric.name = name;
    }
  }

  /** From the first scrape on: watching the garbage collector costs something. */
  #addProcess(): void {
    if (this.#hasProcess) return;
    this.#hasProcess = true;
    collectDefaultMetrics({ register: this.#registry as Registry, eventLoopMonitoringPrecision: NEVER_MS });
    for (const name of LOOP_DELAYS) this.#registry.removeSingleMetric(name);
  }
}
