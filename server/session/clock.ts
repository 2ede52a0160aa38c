import { Heap } from '../lib/heap.ts';

type Appointment = { readonly atMs: number; readonly order: number; readonly owner: object; readonly run: () => void };

/**
 * The one clock of all sessions: wall time that never steps back, and one timer for all appointments. An owner has one
 * appointment at most; an owner without one costs nothing.
 */
export class Clock {
  readonly #appointments = new Heap<Appointment>((a, b) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order));
  readonly #current = new WeakMap<object, Appointment>();
  #timer: NodeJS.Timeout | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;
  #order = 0;
  #closed = false;
  readonly #originMs: number;
  /** What it said at first, in ms since the epoch: whatever an earlier server did was before. */
  readonly startedMs: number;

  /** Told of an appointment that threw: all others are kept. By default it is thrown. */
  onFault: (error: unknown) => void = (error) => {
    throw error;
  };

  /** @param startMs - What it says now, in ms since the epoch. */
  constructor(startMs = performance.timeOrigin + performance.now()) {
    this.#originMs = startMs - performance.now();
    this.startedMs = startMs;
  }

  /** Milliseconds since the epoch, from a monotonic source: the system clock may be set without moving the stream. */
  now(): number {
    return this.#originMs + performance.now();
  }

  /** Runs `run` at `atMs`, in place of the owner's earlier appointment. */
  at(owner: object, atMs: number, run: () => void): void {
    if (this.#closed) return;
    const appointment = { atMs, order: this.#order++, owner, run };
    this.#current.set(owner, appointment);
    this.#appointments.push(appointment);
    this.#arm();
  }

  /** True when the owner has an appointment. */
  waits(owner: object): boolean {
    return this.#current.has(owner);
  }

  cancel(owner: object): void {
    this.#current.delete(owner);
  }

  /** Runs what is due. An event loop looks at no timer while sockets keep it busy: who serves a crowd calls this in between. */
  keepUp(): void {
    if (this.#timerAtMs > this.now()) return;
    clearTimeout(this.#timer);
    this.#fire();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    this.#appointments.remove(() => true);
  }

  #arm(): void {
    const next = this.#appointments.peek();
    if (!next || next.atMs >= this.#timerAtMs) return;
    clearTimeout(this.#timer);
    this.#timerAtMs = next.atMs;
    this.#timer = setTimeout(() => this.#fire(), Math.max(0, Math.ceil(next.atMs - this.now())));
  }

  #fire(): void {
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    // setTimeout fires up to one millisecond early: nobody is called before the time, or an owner that looks at the clock would
    // come back at once, again and again.
    const now = this.now();
    const faults: unknown[] = [];
    for (let next = this.#appointments.peek(); next && next.atMs <= now; next = this.#appointments.peek()) {
      this.#appointments.pop();
      // An appointment that was replaced or cancelled is still in the heap: only the owner's current one counts.
      if (this.#current.get(next.owner) !== next) continue;
      this.#current.delete(next.owner);
      try {
        next.run();
      } catch (error) {
        faults.push(error);
      }
    }
    this.#arm();
    for (const error of faults) this.onFault(error);
  }
}
