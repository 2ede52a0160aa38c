import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { sessionEvent } from '../../server/http/event-schemas.ts';
import type { EventType, SessionEvent } from '../../server/session/types.ts';

/** For one event: the machine may be busy, but a test that hangs must say what it waited for. */
const WAIT_LIMIT_MS = 40_000;
const RECONNECT_MS = 50;

type Waiter = { readonly matches: (event: SessionEvent) => boolean; resolve(event: SessionEvent): void };

/**
 * Follows a session's events (Server-Sent Events) and remembers them all. A connection that ends is opened again with the last event
 * seen, as browsers do; a sequence number that is not the next one fails every wait from then on.
 */
export class EventReader implements AsyncDisposable {
  readonly seen: SessionEvent[] = [];
  /** Connections so far. */
  connections = 0;
  readonly #url: string;
  readonly #closing = new AbortController();
  readonly #reading: Promise<void>;
  #connection = new AbortController();
  #waiters: Waiter[] = [];
  #forgotten: string | undefined;
  #fault: Error | undefined;
  readonly #faulty = Promise.withResolvers<never>();

  constructor(eventsUrl: string) {
    this.#url = eventsUrl;
    this.#faulty.promise.catch(() => undefined);
    this.#reading = this.#follow();
  }

  /** Throws when a number was left out or came twice, or the server refused. */
  assertWhole(): void {
    if (this.#fault) throw this.#fault;
  }

  /** The first event, seen already or to come, that matches. @param what - For the message when it does not come. */
  async first(what: string, matches: (event: SessionEvent) => boolean): Promise<SessionEvent> {
    this.assertWhole();
    const known = this.seen.find(matches);
    if (known) return known;
    const { promise, resolve, reject } = Promise.withResolvers<SessionEvent>();
    this.#waiters.push({ matches, resolve });
    const tail = () => this.seen.slice(-12).map((event) => JSON.stringify(event).slice(0, 400));
    const late = () => reject(new Error(`no ${what} in ${WAIT_LIMIT_MS} ms; the last events:\n${tail().join('\n')}`));
    const limit = setTimeout(late, WAIT_LIMIT_MS);
    return await Promise.race([promise, this.#faulty.promise]).finally(() => clearTimeout(limit));
  }

  ofType(type: EventType, turn?: string): SessionEvent[] {
    return this.seen.filter((event) => event.type === type && (turn === undefined || turnOf(event) === turn));
  }

  /** Breaks the connection off, as a network does; it is opened again. */
  breakOff(): void {
    this.#connection.abort();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#connection.abort();
    await this.#reading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #follow(): Promise<void> {
    while (!this.#closing.signal.aborted && this.seen.at(-1)?.type !== 'session.ended') {
      this.#connection = new AbortController();
      try {
        await this.#read(this.#connection.signal);
      } catch (error) {
        if (this.#fault) return;
        // A connection that breaks is opened again; anything else is a fault of the test.
        if (!(error instanceof DOMException) && !(error instanceof TypeError)) throw error;
      }
      await sleep(RECONNECT_MS);
    }
  }

  async #read(signal: AbortSignal): Promise<void> {
    const last = this.seen.at(-1)?.seq;
    const headers: Record<string, string> = last === undefined ? {} : { 'last-event-id': `${last}` };
    const response = await fetch(this.#url, { signal, headers });
    this.connections += 1;
    if (response.status === 503) {
      // It goes down: whoever comes next answers.
      await response.body?.cancel();
      return;
    }
    if (!response.ok || response.body === null) {
      if (response.status !== 404) this.#fail(new Error(`${this.#url}: ${response.status} ${await response.text()}`));
      // The session was deleted.
      this.#closing.abort();
      return;
    }
    let rest = '';
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.startsWith('data: ')) this.#take(JSON.parse(line.slice('data: '.length)));
        // A server that was killed while its disk was slow does not know which numbers it had used: it leaps, and says so.
        else this.#forgotten = /^: events \d+ to (\d+) are forgotten/.exec(line)?.[1] ?? this.#forgotten;
      }
    }
  }

  #take(event: SessionEvent): void {
    const last = Math.max(this.seen.at(-1)?.seq ?? 0, Number(this.#forgotten ?? 0));
    if (event.seq !== last + 1) this.#fail(new Error(`event ${event.seq} came after event ${last}`));
    this.seen.push(event);
    const checked = sessionEvent.safeParse(event);
    if (!checked.success)
      this.#fail(new Error(`event ${event.type} is not as documented: ${z.prettifyError(checked.error)}`));
    const matched = this.#waiters.filter((waiter) => waiter.matches(event));
    this.#waiters = this.#waiters.filter((waiter) => !matched.includes(waiter));
    for (const waiter of matched) waiter.resolve(event);
  }

  #fail(error: Error): void {
    this.#fault ??= error;
    this.#faulty.reject(error);
  }
}

/** The turn that an event is about, if it is about one. */
export function turnOf(event: SessionEvent): string | undefined {
  const { chunk } = event as { chunk?: { turn?: string } };
  return (event.turn as string | undefined) ?? chunk?.turn;
}
