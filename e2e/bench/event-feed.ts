import type { SessionEvent } from '../../server/session/types.ts';
import { isAborted } from './aborted.ts';

type Waiter = { readonly matches: (event: SessionEvent) => boolean; resolve(event: SessionEvent): void };
export type ChunkEvent = SessionEvent & { readonly chunk: { readonly id: string } };

/** For one event; a server that is broken must not hold the benchmark. */
const WAIT_LIMIT_MS = 60_000;

/** Follows a session's events (Server-Sent Events) and remembers them all: a session of a benchmark has a few hundred. */
export class EventFeed implements AsyncDisposable {
  readonly seen: SessionEvent[] = [];
  readonly #abort = new AbortController();
  readonly #onEvent: (event: SessionEvent) => void;
  readonly #reading: Promise<void>;
  #waiters: Waiter[] = [];

  constructor(eventsUrl: string, onEvent: (event: SessionEvent) => void = () => undefined) {
    this.#onEvent = onEvent;
    this.#reading = this.#read(eventsUrl);
    // Told by close(): until then nobody listens.
    this.#reading.catch(() => undefined);
  }

  /** The first event, seen already or to come, that matches. */
  async first(matches: (event: SessionEvent) => boolean): Promise<SessionEvent> {
    const known = this.seen.find(matches);
    if (known !== undefined) return known;
    const { promise, resolve, reject } = Promise.withResolvers<SessionEvent>();
    this.#waiters.push({ matches, resolve });
    const limit = setTimeout(() => reject(new Error(`no such event in ${WAIT_LIMIT_MS} ms`)), WAIT_LIMIT_MS);
    return await promise.finally(() => clearTimeout(limit));
  }

  /** The event of this type about a chunk. @throws When the chunk failed. */
  async ofChunk(type: SessionEvent['type'], chunkId: string): Promise<SessionEvent> {
    const event = await this.first(
      (candidate) =>
        (candidate.type === type || candidate.type === 'chunk.failed') &&
        (candidate as ChunkEvent).chunk.id === chunkId,
    );
    if (event.type !== type) throw new Error(`chunk ${chunkId} failed: ${JSON.stringify(event)}`);
    return event;
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#reading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #read(url: string): Promise<void> {
    try {
      const { body } = await fetch(url, { signal: this.#abort.signal });
      if (body === null) throw new Error(`${url} answered without a body`);
      let rest = '';
      for await (const text of body.pipeThrough(new TextDecoderStream())) {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line.startsWith('data: ')) this.#take(JSON.parse(line.slice('data: '.length)));
      }
    } catch (error) {
      if (!isAborted(error)) throw error;
    }
  }

  #take(event: SessionEvent): void {
    this.seen.push(event);
    this.#onEvent(event);
    const [matched, others] = [
      this.#waiters.filter((waiter) => waiter.matches(event)),
      this.#waiters.filter((waiter) => !waiter.matches(event)),
    ];
    this.#waiters = others;
    for (const waiter of matched) waiter.resolve(event);
  }
}
