import type { Disk } from '../../lib/disk.ts';
import { storageFault } from '../../lib/storage-error.ts';
import { BatchFile } from './batch-file.ts';
import type { Batch } from './journal-line.ts';
import { Patience } from './patience.ts';
import type { JournalRecord } from './records.ts';
import type { ServerState } from './server-state.ts';
import { refusalOf, type StorageHealth } from './storage-health.ts';

/**
 * What is not written after so long is shown all the same. A player that is as near the live edge as it may be has 600 ms in hand
 * (PART-HOLD-BACK), and parts come the lead before their time; a disk that takes 100 ms for each call is within it.
 */
const PATIENCE_MS = 400;
/** Records that are kept one by one while nothing can be stored; more are condensed. */
const MAX_BACKLOG_RECORDS = 5_000;

/** What journals of a server share. */
export type Storage = { readonly disk: Disk; readonly health: StorageHealth; readonly state: ServerState };

export type JournalFileOptions = {
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

/** One session's journal: batches at its end, one write at a time, what comes meanwhile being the next batch. */
export class JournalFile {
  readonly #options: JournalFileOptions;
  readonly #file: BatchFile;
  #records: JournalRecord[] = [];
  /** Writes of other files that belong to the batch. */
  #work: (() => Promise<void>)[] = [];
  #syncWaiters: Waiter[] = [];
  #settleWaiters: Waiter[] = [];
  #batch: number;
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
    this.#batch = options.from?.batch ?? 0;
    this.#file = new BatchFile(options.path, options.storage.disk, options.from?.sizeBytes);
    if (options.durable) return;
    this.#patience = new Patience({
      limitMs: PATIENCE_MS,
      note: () => options.storage.state.ahead(this),
      onOver: () => this.#late(),
      onNeedless: () => this.#notLate(),
    });
  }

  /** All that was added is written, or is not waited for. */
  get settled(): boolean {
    return this.#draining === undefined || this.#isLate || this.#backlog !== undefined;
  }

  /** Number of the batch that is being filled. */
  get batch(): number {
    return this.#batch;
  }

  /** @param work - As in `addWork`. */
  add(record: JournalRecord, work?: () => Promise<void>): void {
    if (this.#closed) return;
    this.#records.push(record);
    if (work) this.addWork(work);
    this.#drainSoon();
  }

  /** Work that belongs to the batch that is being filled: it is written when that is done, too. */
  addWork(work: () => Promise<void>): void {
    if (!this.#closed) this.#work.push(work);
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
    this.#records = [];
    this.#work = [];
    await this.#draining;
    this.#backlog = undefined;
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
    while (this.#records.length > 0 || this.#syncWaiters.length > 0 || this.#canCatchUp) {
      if (this.#canCatchUp) await this.#catchUp();
      else await this.#writeBatch();
    }
    this.#patience?.end();
    if (this.#isLate && !this.#backlog) this.#notLate();
    this.#draining = undefined;
    this.#settle();
  }

  async #writeBatch(): Promise<void> {
    const batch: Batch = { number: this.#batch, records: this.#records };
    const waiters = this.#syncWaiters;
    this.#syncWaiters = [];
    const isEmpty = batch.records.length === 0;
    const work = isEmpty ? [] : this.#work;
    if (!isEmpty) {
      this.#batch += 1;
      this.#records = [];
      this.#work = [];
    }
    try {
      // What follows a gap would mean something else than it did.
      if (this.#backlog) throw this.#cause;
      if (!isEmpty) await this.#file.append(batch, work);
      if (!isEmpty && this.#options.durable) await this.#file.sync();
    } catch (error) {
      await this.#fail(batch, error, waiters);
      return;
    }
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

  async #fail(batch: Batch, error: unknown, waiters: readonly Waiter[]): Promise<void> {
    const { health, state } = this.#options.storage;
    const refusal = this.#isBroken ? refusalOf(error) : health.fail(error);
    if (batch.records.length > 0) {
      if (!this.#backlog) {
        this.#cause = error;
        this.#backlog = [];
        await state.ahead(this);
        health.whenWell(() => this.#drainSoon());
      }
      this.#backlog.push(batch);
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
    const { health } = this.#options.storage;
    try {
      await this.#options.storeAgain();
      await this.#file.replace(await this.#file.condensed(this.#backlog ?? [], this.#batch - 1));
      this.#backlog = undefined;
      await this.#options.storage.state.complete(this, true);
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
      await this.#file.replace(await this.#file.condensed(this.#backlog ?? [], this.#batch - 1));
    } catch (error) {
      if (storageFault(error)) this.#options.storage.health.fail(error);
      else this.#options.onTrouble(error);
      this.#file.postpone();
    }
  }

  async #trimBacklog(): Promise<void> {
    const records = this.#backlog?.reduce((sum, batch) => sum + batch.records.length, 0) ?? 0;
    if (records <= MAX_BACKLOG_RECORDS) return;
    this.#backlog = [await this.#file.condensed(this.#backlog ?? [], this.#batch - 1)];
  }

  #late(): void {
    this.#isLate = true;
    this.#options.onLate();
    this.#settle();
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
