import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { StreamError } from '../../errors.ts';
import type { Disk } from '../../lib/disk.ts';
import { storageFault } from '../../lib/storage-error.ts';

/** Between two tries to write, while nothing can be written: short at first, for a fault that is over at once. */
const PROBE_MS = { first: 100, most: 2_000 };
/** The same while all is well: an idle server writes nothing that would tell. */
const WATCH_MS = 5_000;
/** What was found out so long ago is no answer for who asks how the disk is now. */
const STALE_MS = 1_000;
/** A disk that answers nothing for so long is not full, but late. */
const ANSWER_MS = 2_000;
/** A page: less might fit into what a file system keeps for itself. */
const PROBE_BYTES = 4_096;

/** Why nothing can be stored, and since when. */
export type StorageFault = { readonly code: string; readonly reason: string; readonly sinceMs: number };

export type StorageHealthOptions = {
  readonly directory: string;
  readonly disk: Disk;
  readonly logger: Logger;
};

/** Whether the data directory takes what is written: known from failed writes, and from a file that is written now and then. */
export class StorageHealth {
  readonly #options: StorageHealthOptions;
  readonly #waiting = new Set<() => void>();
  #fault: StorageFault | undefined;
  #timer: NodeJS.Timeout | undefined;
  #probeMs = PROBE_MS.first;
  #probing: Promise<void> | undefined;
  #probedMs = Number.NEGATIVE_INFINITY;
  #isWatching = false;
  #closed = false;

  constructor(options: StorageHealthOptions) {
    this.#options = options;
  }

  /** `undefined`: all is well. */
  get fault(): StorageFault | undefined {
    return this.#fault;
  }

  /** Looks by itself from now on. */
  watch(): void {
    this.#isWatching = true;
    this.#probedMs = performance.now();
    this.#probeLater();
  }

  /** Finds out how the disk is now, unless that was found out a moment ago, or takes too long. Any number may ask at once. */
  async check(): Promise<void> {
    if (this.#closed || performance.now() - this.#probedMs < STALE_MS) return;
    const limit = Promise.withResolvers<void>();
    const timer = setTimeout(limit.resolve, ANSWER_MS);
    await Promise.race([this.#probe(), limit.promise]);
    clearTimeout(timer);
  }

  /** @throws {StreamError} `STORAGE_FULL`. */
  assertWritable(): void {
    if (this.#fault) throw refusal(this.#fault);
  }

  /** Something could not be written. @returns what to tell who wanted it stored. */
  fail(error: unknown): StreamError {
    if (!this.#fault) {
      const { code, reason } = faultOf(error);
      this.#fault = { code, reason, sinceMs: Date.now() };
      this.#options.logger.error(
        { err: error, code },
        'nothing can be stored: new media is refused, what runs goes on from memory',
      );
      this.#probeMs = PROBE_MS.first;
      this.#probedMs = performance.now();
      this.#probeLater();
    }
    return refusalOf(error);
  }

  /** Calls `listener` once, as soon as something can be stored again. */
  whenWell(listener: () => void): void {
    if (this.#fault) this.#waiting.add(listener);
    else listener();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#waiting.clear();
    await this.#probing;
  }

  #probeLater(): void {
    clearTimeout(this.#timer);
    if (this.#closed || !(this.#fault || this.#isWatching)) return;
    this.#timer = setTimeout(() => void this.#probe(), this.#fault ? this.#probeMs : WATCH_MS).unref();
    if (this.#fault) this.#probeMs = Math.min(2 * this.#probeMs, PROBE_MS.most);
  }

  /** One at a time. */
  #probe(): Promise<void> {
    this.#probing ??= this.#writeProbe().finally(() => {
      this.#probing = undefined;
      this.#probedMs = performance.now();
      this.#probeLater();
    });
    return this.#probing;
  }

  async #writeProbe(): Promise<void> {
    const { directory, disk, logger } = this.#options;
    const path = join(directory, '.probe');
    try {
      await disk.write(path, [new Uint8Array(PROBE_BYTES)], 0, true);
      // What was broken must be sound before it counts as well again; what was well needs no proof that costs the disk so much.
      if (this.#fault) await disk.sync(path);
      await disk.close(path);
      await rm(path, { force: true });
    } catch (error) {
      if (this.#fault) logger.debug({ err: error }, 'still nothing can be stored');
      else this.fail(error);
      return;
    }
    if (this.#fault) this.#recover(this.#fault.sinceMs);
  }

  #recover(sinceMs: number): void {
    this.#fault = undefined;
    this.#options.logger.info({ downMs: Date.now() - sinceMs }, 'the data directory takes what is written again');
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const listener of waiting) listener();
  }
}

function faultOf(error: unknown): { readonly code: string; readonly reason: string } {
  return storageFault(error) ?? { code: 'FAILED', reason: String(error) };
}

/** What to tell who wanted something stored. */
export function refusalOf(error: unknown): StreamError {
  return refusal(faultOf(error), error);
}

function refusal({ code, reason }: { readonly code: string; readonly reason: string }, cause?: unknown): StreamError {
  return new StreamError('STORAGE_FULL', `nothing can be stored now (${code}: ${reason}): try again later`, { cause });
}
