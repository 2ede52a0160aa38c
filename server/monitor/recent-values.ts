import { type Spread, spread } from '../quality/views.ts';

/** The latest values of something, as many as fit, each with its time in ms since the epoch. */
export class RecentValues {
  readonly #values: Float64Array;
  readonly #times: Float64Array;
  #added = 0;

  constructor(capacity: number) {
    this.#values = new Float64Array(capacity);
    this.#times = new Float64Array(capacity);
  }

  add(value: number, nowMs: number): void {
    const place = this.#added % this.#values.length;
    this.#values[place] = value;
    this.#times[place] = nowMs;
    this.#added += 1;
  }

  since(ms: number): number[] {
    const found: number[] = [];
    const kept = Math.min(this.#added, this.#values.length);
    for (let place = 0; place < kept; place++) {
      if ((this.#times[place] ?? 0) >= ms) found.push(this.#values[place] ?? 0);
    }
    return found;
  }

  spreadSince(ms: number): Spread | undefined {
    return spread(this.since(ms));
  }
}
