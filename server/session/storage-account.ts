import { StreamError } from '../errors.ts';
import type { StorageBudget } from './storage-budget.ts';

/** What one session keeps on disk. */
export class StorageAccount {
  readonly owner: string;
  readonly #budget: StorageBudget;
  /** Sizes of files that change or go, by name; and what is promised for what is made of them. */
  #files: Map<string, number> | undefined;
  readonly #reservations = new Set<Reservation>();
  #bytes = 0;
  #closed = false;

  /** @param owner - Who opened it: nobody's past is deleted for what somebody else keeps, if that can be helped. */
  constructor(budget: StorageBudget, owner = '') {
    this.#budget = budget;
    this.owner = owner;
  }

  /** Kept, or promised. */
  get bytes(): number {
    return this.#bytes;
  }

  /** So much more is on disk, for as long as the session is. */
  add(bytes: number): void {
    if (this.#closed) return;
    this.#bytes += bytes;
    this.#budget.change(bytes);
  }

  /** A file has this size now. */
  put(name: string, bytes: number): void {
    if (this.#closed) return;
    const known = this.#files?.get(name) ?? 0;
    this.#files ??= new Map();
    this.#files.set(name, bytes);
    this.add(bytes - known);
  }

  /** A file is gone, with what is promised for it. */
  drop(name: string): void {
    for (const each of [name, promiseFor(name)]) {
      this.put(each, 0);
      this.#files?.delete(each);
    }
  }

  /** An upload is about to have this size: there is room for it, and for what will be made of it. @throws {StreamError} `STORAGE_FULL`. */
  grow(name: string, bytes: number): void {
    const known = this.#files?.get(name) ?? 0;
    if (bytes <= known) return;
    const promise = Math.ceil(bytes * this.#budget.growth);
    const promised = this.#files?.get(promiseFor(name)) ?? 0;
    this.#budget.assertRoom(bytes - known + Math.max(0, promise - promised));
    this.put(name, bytes);
    this.put(promiseFor(name), promise);
  }

  /**
   * Resolves when there is room for what is going to be written.
   *
   * @param upload - What it is made of: this takes the place of what was promised for that.
   * @throws {StreamError} `STORAGE_FULL`; the signal's reason.
   */
  async reserve(bytes: number, signal: AbortSignal, upload = ''): Promise<Reservation> {
    const promised = this.#files?.get(promiseFor(upload)) ?? 0;
    const uploaded = this.#files?.get(upload);
    const more = bytes - promised;
    await this.#budget.take(more, signal);
    if (this.#closed) {
      this.#budget.giveBack(more);
      throw new StreamError('ABORTED', 'the session was deleted');
    }
    this.#files?.delete(promiseFor(upload));
    this.#bytes += more;
    const reservation: Reservation = new Reservation(bytes, {
      account: this,
      giveBack: (left) => this.#giveBack(reservation, left, uploaded),
    });
    this.#reservations.add(reservation);
    return reservation;
  }

  /** All its files are gone. Idempotent. */
  close(): void {
    if (this.#closed) return;
    for (const reservation of this.#reservations) reservation.release();
    this.add(-this.#bytes);
    this.#closed = true;
    this.#files = undefined;
  }

  #giveBack(reservation: Reservation, left: number, uploaded: number | undefined): void {
    this.#reservations.delete(reservation);
    this.#bytes -= left;
    this.#budget.giveBack(left, uploaded === undefined ? undefined : { bytes: reservation.spent, uploaded });
  }
}

/** Room for one chunk's media. */
export class Reservation {
  readonly #owner: { readonly account: StorageAccount; giveBack(bytes: number): void };
  #left: number;
  #spent = 0;
  #released = false;

  constructor(bytes: number, owner: { readonly account: StorageAccount; giveBack(bytes: number): void }) {
    this.#owner = owner;
    this.#left = bytes;
  }

  /** Bytes that were written. */
  get spent(): number {
    return this.#spent;
  }

  /** So much was written, and counts by itself. */
  spend(bytes: number): void {
    this.#spent += bytes;
    const spent = Math.min(bytes, this.#left);
    this.#left -= spent;
    this.#owner.account.add(-spent);
  }

  /** Gives back what was not written. Idempotent. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    const left = this.#left;
    this.#left = 0;
    this.#owner.giveBack(left);
  }
}

function promiseFor(upload: string): string {
  return `${upload} as published`;
}
