import type { EventLog, EventType, SessionEvent } from './types.ts';

/** Events that a reconnecting reader can still get: a minute and a half of a model that writes all the time. */
const REMEMBERED = 2_000;

export type EventLogOptions = {
  /** Those that an earlier server told, oldest first. */
  readonly earlier?: readonly SessionEvent[];
  /** Of the last event that an earlier server may have told. */
  readonly lastSeq?: number;
  /** Events are told by `tell()`, not when they are appended. */
  readonly isHeld?: boolean;
};

/** A session's events: appended, numbered without holes, told to whoever listens. */
export class BoundedEventLog implements EventLog {
  #events: SessionEvent[];
  /** Of the newest event, told or not. */
  #newest: number;
  #lastSeq: number;
  readonly #isHeld: boolean;
  readonly #listeners = new Set<(event: SessionEvent) => void>();

  constructor({ earlier = [], lastSeq = earlier.at(-1)?.seq ?? 0, isHeld = false }: EventLogOptions = {}) {
    this.#events = [...earlier];
    this.#newest = lastSeq;
    this.#lastSeq = this.#newest;
    this.#isHeld = isHeld;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  append(type: EventType, nowMs: number, fields: Readonly<Record<string, unknown>> = {}): SessionEvent {
    this.#newest += 1;
    const event: SessionEvent = { ...fields, seq: this.#newest, at: new Date(nowMs).toISOString(), type };
    this.#events.push(event);
    // Trimmed in batches, so that appending stays cheap.
    if (this.#events.length > 2 * REMEMBERED) this.#events = this.#events.slice(-REMEMBERED);
    if (!this.#isHeld) this.tell();
    return event;
  }

  /** Tells the events that were held. */
  tell(): void {
    while (this.#lastSeq < this.#newest) {
      this.#lastSeq += 1;
      const event = this.#events[this.#events.length - 1 - (this.#newest - this.#lastSeq)];
      if (event) for (const listener of this.#listeners) listener(event);
    }
  }

  since(seq: number): readonly SessionEvent[] {
    const end = this.#events.length - (this.#newest - this.#lastSeq);
    const missed = this.#lastSeq - Math.max(0, seq);
    return missed <= 0 ? [] : this.#events.slice(Math.max(0, end - missed), end);
  }

  subscribe(listener: (event: SessionEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
