import { Heap } from '../../../../server/lib/heap.ts';

export type ScheduledEvent = { cancel(): void };
type Entry = { readonly atMs: number; readonly order: number; run: (() => void) | undefined };

/** Events on a clock of their own: tests run it as fast as they like, the relay keeps it at the wall clock. */
export class Simulation {
  readonly #events = new Heap<Entry>((a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order));
  #nowMs = 0;
  #order = 0;

  get nowMs(): number {
    return this.#nowMs;
  }

  /** When the next event is due; cancelled ones count. */
  get nextMs(): number | undefined {
    return this.#events.peek()?.atMs;
  }

  /** Runs `run` at a time; at once, in the next step, when that is past. */
  at(atMs: number, run: () => void): ScheduledEvent {
    const entry: Entry = { atMs: Math.max(atMs, this.#nowMs), order: this.#order++, run };
    this.#events.push(entry);
    return {
      cancel: () => {
        entry.run = undefined;
      },
    };
  }

  after(delayMs: number, run: () => void): ScheduledEvent {
    return this.at(this.#nowMs + delayMs, run);
  }

  /** Runs all events up to a time, each at the time it was due, and sets the clock there. */
  runUntil(timeMs: number): void {
    for (let next = this.#events.peek(); next !== undefined && next.atMs <= timeMs; next = this.#events.peek()) {
      this.#events.pop();
      this.#nowMs = next.atMs;
      next.run?.();
    }
    this.#nowMs = Math.max(this.#nowMs, timeMs);
  }
}
