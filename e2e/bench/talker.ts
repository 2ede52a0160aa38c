import type { SessionEvent } from '../../server/session/types.ts';
import { openSession, waitForPlaylist } from '../support/api.ts';
import { fetchMultivariant } from '../support/hls-client.ts';
import { EventFeed } from './event-feed.ts';
import { PartReader, type SeenPart } from './part-reader.ts';
import { pushTimed } from './timed-http.ts';

/** Chunks in hand when one goes on air: two wait behind it. */
const IN_HAND = 3;

/** A live session that talks without a pause: whenever a chunk goes on air, the next one is pushed. */
export class Talker implements AsyncDisposable {
  readonly id: string;
  readonly #origin: string;
  readonly #media: Buffer;
  readonly #events: EventFeed;
  readonly #reader: PartReader | undefined;
  readonly #pushes = new Set<Promise<unknown>>();
  #failure: unknown;
  #accepted = 0;
  #isTalking = false;
  #isCounting = false;
  /** How long after it was due each part of a watched session was listed, in ms. */
  readonly latenessMs: number[] = [];
  /** Times that filler came though chunks were waiting. */
  fillers = 0;

  private constructor(
    session: { readonly id: string; readonly eventsUrl: string },
    origin: string,
    media: Buffer,
    watched: { readonly url: string; readonly leadMs: number } | undefined,
  ) {
    this.id = session.id;
    this.#origin = origin;
    this.#media = media;
    this.#events = new EventFeed(session.eventsUrl, (event) => this.#heard(event));
    if (watched === undefined) return;
    this.#reader = new PartReader(watched.url, {
      fetchParts: true,
      onPart: (part) => this.#listed(part, watched.leadMs),
    });
  }

  /** @param watch - Follow the session's parts, which are due `leadMs` before their program date time. */
  static async open(origin: string, media: Buffer, watch: { readonly leadMs: number } | undefined): Promise<Talker> {
    const session = await openSession(origin);
    if (watch === undefined) return new Talker(session, origin, media, undefined);
    await waitForPlaylist(session.playlistUrl);
    const [url = ''] = await fetchMultivariant(session.playlistUrl);
    return new Talker(session, origin, media, { ...watch, url });
  }

  /** Pushes the first chunk. */
  start(): void {
    this.#isTalking = true;
    this.#push();
  }

  /** Settles once its second chunk is on air: the queue behind it is full. */
  async talking(): Promise<void> {
    await this.#events.first((event) => event.type === 'chunk.published' && this.#published() >= 2);
    this.#check();
  }

  /** What happens from now on counts. */
  count(): void {
    this.#isCounting = true;
  }

  /** Pushes no more, and what follows does not count. @throws What a push failed with. */
  stop(): void {
    this.#isTalking = false;
    this.#isCounting = false;
    this.#check();
  }

  async close(): Promise<void> {
    this.#isTalking = false;
    await Promise.allSettled(this.#pushes);
    await this.#events.close();
    await this.#reader?.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #published(): number {
    return this.#events.seen.filter(({ type }) => type === 'chunk.published').length;
  }

  #push(): void {
    const push = pushTimed(this.#origin, this.id, this.#media)
      .then(() => {
        this.#accepted += 1;
      })
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => this.#pushes.delete(push));
    this.#pushes.add(push);
  }

  #heard({ type }: SessionEvent): void {
    if (type === 'filler.started' && this.#isCounting) this.fillers += 1;
    if (type === 'chunk.failed') this.#failure ??= new Error(`a chunk of session ${this.id} failed`);
    if (type !== 'chunk.published' || !this.#isTalking) return;
    const missing = this.#published() + IN_HAND - 1 - this.#accepted - this.#pushes.size;
    for (let i = 0; i < missing; i++) this.#push();
  }

  #listed(part: SeenPart, leadMs: number): void {
    if (this.#isCounting) this.latenessMs.push(part.listedMs - (part.dateMs - leadMs));
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}
