import { StreamError } from '../errors.ts';
import { Chunk, type ChunkFields } from './chunk.ts';
import { ChunkQueue } from './chunk-queue.ts';
import type { Clock } from './clock.ts';
import type { ChunkCounts, SavedOrder } from './journal/saved-queue.ts';
import { Preparer, type PreparerOptions } from './preparer.ts';
import type { SessionLimits } from './settings.ts';

/** Chunks encoded ahead of the one on air. */
const ENCODE_AHEAD = 3;

export type ChunkDeskOptions = {
  readonly limits: SessionLimits;
  readonly fps: number;
  readonly clock: Clock;
  /** Milliseconds until a chunk that was queued now could be on air. */
  startsInMs(): number;
  ending(): boolean;
  onEncoding(chunk: Chunk): void;
  onProgress(chunk: Chunk): void;
  /** It came out other than its file promised (`EncodedChunk.differences`). */
  onAdjusted(chunk: Chunk): void;
  onFailed(chunk: Chunk): void;
};

/** What an earlier server had. */
export type DeskState = {
  readonly counts: ChunkCounts;
  readonly orders: Iterable<readonly [turn: string | undefined, order: SavedOrder]>;
  /** Those that wait, and the one that was on air (`Chunk.heard`). */
  readonly chunks: readonly Chunk[];
};

/** A session's chunks from being accepted to being handed to the publisher: order, limits, encoding ahead. */
export class ChunkDesk {
  readonly counts: ChunkCounts = { accepted: 0, published: 0, failed: 0, dropped: 0 };
  readonly #options: ChunkDeskOptions;
  readonly #preparer: Preparer;
  readonly #queue = new ChunkQueue();
  readonly #preparing = new Set<Promise<void>>();
  #onAir: Chunk | undefined;

  constructor(
    preparer: Omit<PreparerOptions, 'onStart' | 'onProgress' | 'onLost' | 'onAdjusted'>,
    options: ChunkDeskOptions,
  ) {
    this.#options = options;
    this.#preparer = new Preparer({
      ...preparer,
      onStart: (chunk) => this.#encoding(chunk),
      onProgress: options.onProgress,
      onLost: (chunk, error) => {
        this.#failed(chunk, error);
        chunk.abort.abort();
      },
      onAdjusted: options.onAdjusted,
    });
  }

  /** The chunk on air. */
  get onAir(): Chunk | undefined {
    return this.#onAir;
  }

  get empty(): boolean {
    return this.#queue.size === 0;
  }

  /** Whether a chunk waits that is of none of these turns. */
  hasBeside(turns: ReadonlySet<string>): boolean {
    return this.#queue.upcoming().some(({ turn }) => !turns.has(turn ?? ''));
  }

  /** Media that waits, in seconds, as far as lengths are known. */
  get queuedSeconds(): number {
    return this.#queue.frames / this.#options.fps;
  }

  /** @throws {StreamError} `INDEX_TAKEN`, `QUEUE_FULL`. */
  reserve(turn: string | undefined, index: number | undefined): number {
    this.assertRoom(1);
    return this.#queue.reserve(turn, index);
  }

  /** @throws {StreamError} `QUEUE_FULL` when not all of `chunks` more may wait. */
  assertRoom(chunks: number): void {
    const { maxQueuedChunks, maxQueuedSeconds } = this.#options.limits;
    const { size } = this.#queue;
    if (size + chunks > maxQueuedChunks) {
      throw new StreamError(
        'QUEUE_FULL',
        `at most ${maxQueuedChunks} chunks may wait: ${size} do, ${chunks} more came`,
      );
    }
    if (this.queuedSeconds >= maxQueuedSeconds)
      throw new StreamError('QUEUE_FULL', `${maxQueuedSeconds} s of media wait already`);
  }

  release(turn: string | undefined, index: number): void {
    this.#queue.release(turn, index);
  }

  /** A chunk with a reserved index is being accepted: `add` or `refuse` follows. @returns its place in the queue. */
  accept(turn: string | undefined, index: number): number {
    const current = this.#onAir ?? this.halfHeard;
    return this.#queue.accept(turn, index, current !== undefined && current.turn === turn);
  }

  /** A chunk that was being accepted is not accepted after all. */
  refuse(turn: string | undefined, index: number): void {
    this.#queue.refuse(turn, index);
  }

  add(fields: Omit<ChunkFields, 'acceptedMs'>): Chunk {
    const chunk = new Chunk({ ...fields, acceptedMs: this.#options.clock.now() });
    this.#queue.add(chunk);
    this.counts.accepted += 1;
    return chunk;
  }

  /** Goes on with what an earlier server had. */
  restore({ counts, orders, chunks }: DeskState): void {
    Object.assign(this.counts, counts);
    const begun = chunks.find(({ heard }) => heard !== undefined);
    if (begun) this.#queue.restoreBegun(begun);
    for (const [turn, { used, due }] of orders) {
      const known = chunks.filter((chunk) => chunk.turn === turn);
      this.#queue.restore(turn, indicesIn(used), due, known);
    }
    for (const chunk of chunks) if (chunk !== begun) this.#queue.add(chunk);
  }

  /** All that waits, in order. */
  get waiting(): readonly Chunk[] {
    return this.#queue.upcoming();
  }

  /** The chunk that was on air when the server was started again, while it waits for that once more. */
  get halfHeard(): Chunk | undefined {
    return this.#queue.begun;
  }

  /** The chunk that is due, if it has begun to be encoded. */
  next(nowMs: number): Chunk | undefined {
    for (;;) {
      const chunk = this.#queue.peek(nowMs, this.#options.ending());
      if (chunk?.state !== 'failed') return chunk?.encoded ? chunk : undefined;
      this.#queue.remove(chunk);
    }
  }

  gapEndsMs(): number | undefined {
    return this.#queue.gapEndsMs();
  }

  /** The chunk goes on air. */
  take(chunk: Chunk): void {
    this.#queue.remove(chunk);
    this.#onAir = chunk;
    chunk.state = 'published';
    chunk.times.publishedMs = this.#options.clock.now();
    if (!chunk.heard) this.counts.published += 1;
    this.prepareAhead();
  }

  /** The chunk that went on air leaves it before anything of it was published. */
  takeBack(chunk: Chunk): void {
    chunk.state = 'dropped';
    this.counts.published -= 1;
    this.counts.dropped += 1;
  }

  /** The chunk is off air: its media is let go. */
  done(chunk: Chunk): void {
    if (this.#onAir === chunk) this.#onAir = undefined;
    if (chunk.encoded) chunk.encoded.onProgress = () => undefined;
    chunk.encoded?.release();
    // A fault took it off the air: nobody wants the rest.
    if (chunk.encoded && chunk.encoded.framesReady < chunk.encoded.frames) chunk.abort.abort();
  }

  /** Takes everything that waits out of the queue and calls it off. @returns what will not be heard, in order. */
  drop(): Chunk[] {
    return this.#withdraw(this.#queue.upcoming());
  }

  /** Takes some of the chunks that wait out of the queue. @returns those of them that will not be heard. */
  withdraw(ids: ReadonlySet<string>): Chunk[] {
    return this.#withdraw(this.#queue.upcoming().filter(({ id }) => ids.has(id)));
  }

  /** Takes the half heard chunk off, which is cut where it was. */
  cutHalfHeard(): Chunk | undefined {
    const chunk = this.halfHeard;
    if (!chunk) return undefined;
    this.#queue.remove(chunk);
    callOff(chunk);
    return chunk.state === 'failed' ? undefined : chunk;
  }

  #withdraw(waiting: readonly Chunk[]): Chunk[] {
    for (const chunk of waiting) this.#queue.remove(chunk);
    const dropped = waiting.filter((chunk) => chunk.state !== 'failed');
    for (const chunk of dropped) {
      chunk.state = 'dropped';
      this.counts.dropped += 1;
      callOff(chunk);
    }
    return dropped;
  }

  /** Sends the chunks that are next in order to the encoder. */
  prepareAhead(): void {
    let startsInMs = this.#options.startsInMs();
    // A failed chunk stays in the queue until its turn comes: those behind it must not wait for that.
    for (const chunk of this.#queue.first(ENCODE_AHEAD, ({ state }) => state !== 'failed')) {
      if (!chunk.preparation) this.#prepare(chunk, this.#options.clock.now() + startsInMs);
      startsInMs += (chunk.frames / this.#options.fps) * 1000;
    }
  }

  /** Calls off everything and waits for it. */
  async close(): Promise<void> {
    for (const chunk of [...this.#queue.upcoming(), ...(this.#onAir ? [this.#onAir] : [])]) callOff(chunk);
    await Promise.allSettled(this.#preparing);
  }

  #prepare(chunk: Chunk, deadlineMs: number): void {
    const work = this.#preparer
      .prepare(chunk, deadlineMs)
      .catch((error: unknown) => this.#failed(chunk, error))
      .finally(() => this.#preparing.delete(work));
    chunk.preparation = work;
    this.#preparing.add(work);
  }

  #encoding(chunk: Chunk): void {
    if (chunk.state === 'accepted') chunk.state = 'encoding';
    this.#options.onEncoding(chunk);
  }

  #failed(chunk: Chunk, error: unknown): void {
    if (chunk.abort.signal.aborted) return;
    const onAir = chunk.state === 'published';
    chunk.error = error instanceof StreamError ? error : new StreamError('INTERNAL', String(error), { cause: error });
    chunk.state = 'failed';
    this.counts.failed += 1;
    if (onAir) this.counts.published -= 1;
    else chunk.encoded?.release();
    this.#options.onFailed(chunk);
    this.#options.onProgress(chunk);
    this.prepareAhead();
  }
}

function* indicesIn(ranges: SavedOrder['used']): Generator<number> {
  for (const [first, last] of ranges) for (let index = first; index <= last; index++) yield index;
}

function callOff(chunk: Chunk): void {
  chunk.abort.abort();
  chunk.encoded?.release();
  if (!chunk.preparation && chunk.origin.kind === 'render') chunk.origin.drop();
}
