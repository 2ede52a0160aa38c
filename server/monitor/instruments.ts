import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Values of a metric, with their labels, as they are now. */
export type Reading<Label extends string> = Iterable<readonly [labels: Partial<Record<Label, string>>, value: number]>;

/**
 * Makes metrics of one registry. What is counted elsewhere is read when somebody scrapes; only distributions are kept here. Names follow
 * the conventions of Prometheus: base units, and `_total` for counters.
 */
export class Instruments {
  readonly #registers: Registry[];

  constructor(registry: Registry) {
    this.#registers = [registry];
  }

  counter(name: `throughline_${string}_total`, help: string, read: () => number): void {
    this.counters(name, help, [], () => [[{}, read()]]);
  }

  counters<Label extends string>(
    name: `throughline_${string}_total`,
    help: string,
    labelNames: Label[],
    read: () => Reading<Label>,
  ): void {
    new Counter({
      name,
      help,
      labelNames,
      registers: this.#registers,
      collect() {
        this.reset();
        for (const [labels, value] of read()) this.inc(labels, value);
      },
    });
  }

  /** @param read - `undefined`: there is nothing to measure, and no value is given. */
  gauge(name: `throughline_${string}`, help: string, read: () => number | undefined): void {
    this.gauges(name, help, [], () => {
      const value = read();
      return value === undefined ? [] : [[{}, value]];
    });
  }

  gauges<Label extends string>(
    name: `throughline_${string}`,
    help: string,
    labelNames: Label[],
    read: () => Reading<Label>,
  ): void {
    new Gauge({
      name,
      help,
      labelNames,
      registers: this.#registers,
      collect() {
        this.reset();
        // Without labels a reset gauge is 0, and can't be left out.
        if (labelNames.length === 0) this.remove();
        for (const [labels, value] of read()) this.set(labels, value);
      },
    });
  }

  histogram<Label extends string = never>(
    name: `throughline_${string}_${'seconds' | 'ratio'}`,
    help: string,
    buckets: readonly number[],
    labelNames: Label[] = [],
  ): Histogram<Label> {
    return new Histogram({ name, help, labelNames, buckets: [...buckets], registers: this.#registers });
  }
}
