import { isAborted } from './aborted.ts';
import { type ListedPart, listParts } from './part-list.ts';
import { timedRequest, timedSuccess } from './timed-http.ts';

/** A part as a player gets it; wall clock in ms since 1970. */
export type SeenPart = ListedPart & {
  /** When the reload that lists it was answered. */
  readonly listedMs: number;
  /** When its bytes were here; absent when the reader does not fetch. */
  readonly fetchedMs?: number;
};

/** Program date times are rounded to the millisecond where they are written. */
const SAME_DATE_MS = 5;
const WAIT_LIMIT_MS = 30_000;

type Options = {
  /** Fetch each part, as a player does. */
  readonly fetchParts: boolean;
  readonly onPart?: (part: SeenPart) => void;
};

/** Follows a live media playlist as a low-latency player does: by blocking reloads, one part after the other. */
export class PartReader implements AsyncDisposable {
  readonly #abort = new AbortController();
  readonly #reading: Promise<void>;
  readonly #options: Options;
  #seen: SeenPart[] = [];
  #waiters: (() => void)[] = [];

  constructor(mediaPlaylistUrl: string, options: Options) {
    this.#options = options;
    this.#reading = this.#read(mediaPlaylistUrl);
    // Told by close(): until then nobody listens.
    this.#reading.catch(() => undefined);
  }

  /** The part whose first sample has this program date time. */
  async at(dateMs: number): Promise<SeenPart> {
    const deadlineMs = Date.now() + WAIT_LIMIT_MS;
    for (;;) {
      const part = this.#seen.find((candidate) => Math.abs(candidate.dateMs - dateMs) < SAME_DATE_MS);
      if (part !== undefined) return part;
      if (Date.now() > deadlineMs) throw new Error(`no part at ${new Date(dateMs).toISOString()}`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiters.push(resolve);
      await Promise.race([promise, this.#ended()]);
    }
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#reading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Rejects when the reading is over: what is waited for will not come. */
  async #ended(): Promise<never> {
    await this.#reading;
    throw new Error('the reader has stopped');
  }

  async #read(url: string): Promise<void> {
    const { signal } = this.#abort;
    try {
      let query = '';
      let known = new Set<string>();
      for (let isFirst = true; ; isFirst = false) {
        const answer = await timedSuccess(url + query, { signal });
        const list = listParts(answer.body.toString());
        // What was there before the reader came says nothing about when it came.
        if (!isFirst) await this.#take(url, list.parts, known, answer.fetchedMs);
        if (list.ended) return;
        known = new Set(list.parts.map(({ uri }) => uri));
        query = `?_HLS_msn=${list.nextMsn}&_HLS_part=${list.nextPart}`;
      }
    } catch (error) {
      if (!isAborted(error)) throw error;
    }
  }

  async #take(url: string, parts: readonly ListedPart[], known: ReadonlySet<string>, listedMs: number): Promise<void> {
    for (const part of parts.filter(({ uri }) => !known.has(uri))) {
      const seen = {
        ...part,
        listedMs,
        ...(this.#options.fetchParts && { fetchedMs: await this.#fetch(part.uri, url) }),
      };
      this.#seen.push(seen);
      this.#options.onPart?.(seen);
    }
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  async #fetch(uri: string, base: string): Promise<number> {
    const { signal } = this.#abort;
    const answer = await timedRequest(new URL(uri, base).href, { signal });
    if (answer.status !== 200) throw new Error(`GET ${uri}: ${answer.status}, though the playlist names it`);
    return answer.fetchedMs;
  }
}
