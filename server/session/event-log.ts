import type { EventLog, EventType, SessionEvent } from './types.ts';

/** Events that a reconnecting reader can still get: a minute and a half of a model that writes all the time. */
const REMEMBERED = 2_000;

/** A session's events: appended, numbered without holes, told to whoever listens. */
export class BoundedEventLog implements EventLog {
  #events: SessionEvent[] = [];
  #lastSeq = 0;
  readonly #listeners = new Set<(event: SessionEvent) => void>();

  get lastSeq(): number {
    return this.#lastSeq;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  append(type: EventType, nowMs: number, fields: Readonly<Record<string, unknown>> = {}): SessionEvent {
    this.#lastSeq += 1;
    const event: SessionEvent = { ...fields, seq: this.#lastSeq, at: new Date(nowMs).toISOString(), type };
    this.#events.push(event);
    // Trimmed in batches, so that appending stays cheap.
    if (this.#events.length > 2 * REMEMBERED) this.#events = this.#events.slice(-REMEMBERED);
    for (const listener of this.#listeners) listener(event);
    return event;
  }

  since(seq: number): readonly SessionEvent[] {
    const missed = this.#lastSeq - Math.max(0, seq);
    return missed <= 0 ? [] : this.#events.slice(-missed);
  }

  subscribe(listener: (event: SessionEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
