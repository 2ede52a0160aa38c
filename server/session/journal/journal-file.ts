import { storageFault } from '../../lib/storage-error.ts';
import { BatchFile, type BatchFileOptions, type BatchWork } from './batch-file.ts';
import { BatchQueue, type FilledBatch, redoWritesOf } from './batch-queue.ts';
import { type Batch, encodeBatch } from './journal-line.ts';
import { Patience } from './patience.ts';
import type { JournalRecord } from './records.ts';
import type { Storage } from './storage.ts';
import { refusalOf } from './storage-health.ts';

/**
 * What is not written after so long is shown all the same. A player that is as near the live edge as it may be has 600 ms in hand
 * (PART-HOLD-BACK), and parts come the lead before their time; a disk that takes 100 ms for each call is within it.
 */
const PATIENCE_MS = 400;
/** Records that are kept one by one while nothing can be stored; more are condensed. */
const MAX_BACKLOG_RECORDS = 5_000;

export type JournalFileOptions = BatchFileOptions & {
  readonly path: string;
  readonly storage: Storage;
  /** Batches are synced before they count as written; nothing is shown before, however long that takes. */
  readonly durable: boolean;
  /** Where it goes on; absent: a new journal. */
  readonly from?: { readonly batch: number; readonly sizeBytes: number } | undefined;
  /** All that was added may be shown. */
  onSettled(): void;
  /** Stores what could not be stored, before the journal is written anew. */
  storeAgain(): Promise<void>;
  /** The journal goes on as it is, but something is wrong with it. */
  onTrouble(error: unknown): void;
  /** Something is shown that is not written yet. */
  onLate(): void;
};

type Waiter = PromiseWithResolvers<void>;

/**
 * One session's journal: batches at its end, one write at a time, what comes meanwhile being the next batch. Once the disk is late, each
 * batch is kept in the redo log until it is written, and shown from there.
 */
export class JournalFile {
  readonly #options: JournalFileOptions;
  readonly #file: BatchFile;
  readonly #queue: BatchQueue;
  #syncWaiters: Waiter[] = [];
  #settleWaiters: Waiter[] = [];
  #draining: Promise<void> | undefined;
  /** A slow disk is waited for so long; durable ones wait for ever. */
  readonly #patience: Patience | undefined;
  #isLate = false;
  /** What is not in the file, since nothing can be stored. */
  #backlog: Batch[] | undefined;
  #cause: unknown;
  /** It can't be made whole again: the session goes on from memory, and takes nothing new. */
  #isBroken = false;
  #closed = false;

  constructor(options: JournalFileOptions) {
    this.#options = options;
    this.#queue = new BatchQueue(options.from?.batch ?? 0);
    this.#file = new BatchFile(options);
    if (options.durable) return;
    this.#patience = new Patience({
      ...{ limitMs: PATIENCE_MS, note: () => this.#noteLate() },
      onOver: () => this.#late(),
      onNeedless: () => this.#notLate(),
    });
  }

  /** All that was added is written, or is not waited for. */
  get settled(): boolean {
    if (this.#draining === undefined || this.#backlog !== undefined) return true;
    return this.#isLate && this.#queue.filling === 0;
  }

  /** Number of the batch that is being filled. */
  get batch(): number {
    return this.#queue.number;
  }

  /** @param work - As in `addWork`. */
  add(record: JournalRecord, work?: BatchWork): void {
    if (this.#closed) return;
    this.#queue.add(record);
    if (work) this.addWork(work);
    if (this.#isLate && this.#queue.filling === 1) queueMicrotask(() => this.#fillLate());
    this.#drainSoon();
  }

  /** Work that belongs to the batch that is being filled: it is written when that is done, too. */
  addWork(work: BatchWork): void {
    if (!this.#closed) this.#queue.addWork(work);
  }

  /** Resolves when all that was added may be shown. */
  async written(): Promise<void> {
    if (this.settled) return;
    const waiter = Promise.withResolvers<void>();
    this.#settleWaiters.push(waiter);
    await waiter.promise;
  }

  /** Resolves when all that was added is on disk. @throws {StreamError} `STORAGE_FULL`. */
  async synced(): Promise<void> {
    if (this.#closed) return;
    const waiter = Promise.withResolvers<void>();
    this.#syncWaiters.push(waiter);
    this.#drainSoon();
    await waiter.promise;
  }

  /** Takes nothing more, and waits until what it took is written. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    if (this.#canCatchUp) this.#drainSoon();
    this.#closed = true;
    await this.#draining;
    await this.#file.close();
  }

  /** The session is deleted: nothing is written any more. */
  async discard(): Promise<void> {
    this.#closed = true;
    this.#queue.clear();
    await this.#draining;
    this.#backlog = undefined;
    this.#options.storage.redo?.clear(this.#options.path);
    await this.#options.storage.state.complete(this, true);
    await this.#file.close();
  }

  #drainSoon(): void {
    if (this.#draining) return;
    // What is added in the same go is one batch.
    this.#draining = Promise.resolve().then(() => this.#drain());
    this.#patience?.begin();
  }

  async #drain(): Promise<void> {
    while (this.#hasMore) {
      if (this.#canCatchUp) await this.#catchUp();
      else await this.#write();
    }
    this.#patience?.end();
    if (!this.#backlog) {
      this.#options.storage.redo?.clear(this.#options.path);
      if (this.#isLate) this.#notLate();
    }
    this.#draining = undefined;
    this.#settle();
  }

  get #hasMore(): boolean {
    const { filling, unwritten } = this.#queue;
    return filling + unwritten.length + this.#syncWaiters.length > 0 || this.#canCatchUp;
  }

  #fill(): void {
    const batch = this.#queue.fill();
    if (batch && this.#isLate) this.#keep(batch);
  }

  async #write(): Promise<void> {
    this.#fill();
    const batches = [...this.#queue.unwritten];
    const waiters = this.#syncWaiters;
    this.#syncWaiters = [];
    try {
      // What follows a gap would mean something else than it did.
      if (this.#backlog) throw this.#cause;
      if (batches.length > 0) {
        const work = batches.flatMap((batch) => batch.work);
        await this.#file.append(batches, work);
        if (this.#options.durable) await this.#file.sync();
      }
    } catch (error) {
      this.#queue.drop(batches.length);
      await this.#fail(batches, error, waiters);
      return;
    }
    this.#queue.drop(batches.length);
    if (waiters.length > 0) void this.#sync(waiters);
    if (this.#file.isLarge) await this.#rewrite();
  }

  /** What comes meanwhile is written meanwhile: a sync holds up only who asked for it. */
  async #sync(waiters: readonly Waiter[]): Promise<void> {
    try {
      await this.#file.sync();
      for (const waiter of waiters) waiter.resolve();
    } catch (error) {
      const refusal = this.#options.storage.health.fail(error);
      for (const waiter of waiters) waiter.reject(refusal);
    }
  }

  async #fail(batches: readonly Batch[], error: unknown, waiters: readonly Waiter[]): Promise<void> {
    const { health, state, redo } = this.#options.storage;
    const refusal = this.#isBroken ? refusalOf(error) : health.fail(error);
    if (batches.length > 0) {
      if (!this.#backlog) {
        this.#cause = error;
        this.#backlog = [];
        redo?.lose(this.#options.path);
        await state.ahead(this);
        health.whenWell(() => this.#drainSoon());
      }
      this.#backlog.push(...batches);
      await this.#trimBacklog();
    }
    for (const waiter of waiters) waiter.reject(refusal);
    this.#settle();
  }

  get #canCatchUp(): boolean {
    return this.#backlog !== undefined && !this.#isBroken && !this.#options.storage.health.fault;
  }

  /** There is room again: the journal is written anew, with what it lacks. */
  async #catchUp(): Promise<void> {
    const { health, state, redo } = this.#options.storage;
    try {
      await this.#options.storeAgain();
      await this.#file.replace(await this.#file.condensed(this.#backlog ?? [], this.#queue.lastDropped));
      this.#backlog = undefined;
      redo?.clear(this.#options.path);
      // It may be late again by now, with what was told meanwhile.
      if (this.#isLate) this.#keepUnwritten();
      else await state.complete(this, true);
    } catch (error) {
      if (!storageFault(error)) {
        this.#options.onTrouble(error);
        this.#isBroken = true;
        return;
      }
      health.fail(error);
      health.whenWell(() => this.#drainSoon());
    }
  }

  async #rewrite(): Promise<void> {
    try {
      await this.#file.replace(await this.#file.condensed(this.#backlog ?? [], this.#queue.lastDropped));
    } catch (error) {
      if (storageFault(error)) this.#options.storage.health.fail(error);
      else this.#options.onTrouble(error);
      this.#file.postpone();
    }
  }

  async #trimBacklog(): Promise<void> {
    const records = this.#backlog?.reduce((sum, batch) => sum + batch.records.length, 0) ?? 0;
    if (records > MAX_BACKLOG_RECORDS)
      this.#backlog = [await this.#file.condensed(this.#backlog ?? [], this.#queue.lastDropped)];
  }

  async #noteLate(): Promise<void> {
    const { state, redo } = this.#options.storage;
    const noted = state.ahead(this);
    // What is in the redo log is found without; the note is for a container that takes its memory along.
    if (!redo?.isOpen) await noted;
  }

  #late(): void {
    this.#isLate = true;
    this.#options.onLate();
    this.#keepUnwritten();
    this.#fill();
    this.#settle();
  }

  #keepUnwritten(): void {
    for (const batch of this.#queue.unwritten) this.#keep(batch);
  }

  /** What is told while the disk is late is a batch at once, as it would be on its way to a disk that is not. */
  #fillLate(): void {
    if (!this.#isLate) return;
    this.#fill();
    this.#settle();
  }

  #keep(batch: FilledBatch): void {
    const { path, storage } = this.#options;
    const writes = redoWritesOf(batch);
    if (writes) storage.redo?.batch(path, batch.number, encodeBatch(batch), writes);
    else storage.redo?.lose(path);
  }

  #notLate(): void {
    this.#isLate = false;
    void this.#options.storage.state.complete(this, false);
  }

  #settle(): void {
    for (const waiter of this.#settleWaiters.splice(0)) waiter.resolve();
    if (!this.#closed) this.#options.onSettled();
  }
}
