import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { StreamError } from '../../errors.ts';
import type { Disk } from '../../lib/disk.ts';
import { storageFault } from '../../lib/storage-error.ts';

/** Between two tries to write, while nothing can be written: short at first, for a fault that is over at once. */
const PROBE_MS = { first: 100, most: 2_000 };
/** A page: less might fit into what a file system keeps for itself. */
const PROBE_BYTES = 4_096;

/** Why nothing can be stored, and since when. */
export type StorageFault = { readonly code: string; readonly reason: string; readonly sinceMs: number };

export type StorageHealthOptions = {
  readonly directory: string;
  readonly disk: Disk;
  readonly logger: Logger;
};

/** Whether the data directory takes what is written: told by who writes, and by a probe while it does not. */
export class StorageHealth {
  readonly #options: StorageHealthOptions;
  readonly #waiting = new Set<() => void>();
  #fault: StorageFault | undefined;
  #timer: NodeJS.Timeout | undefined;
  #probeMs = PROBE_MS.first;
  #probing: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: StorageHealthOptions) {
    this.#options = options;
  }

  /** `undefined`: all is well. */
  get fault(): StorageFault | undefined {
    return this.#fault;
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
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#probing = this.#probe();
    }, this.#probeMs);
    this.#probeMs = Math.min(2 * this.#probeMs, PROBE_MS.most);
  }

  async #probe(): Promise<void> {
    const { directory, disk, logger } = this.#options;
    const path = join(directory, '.probe');
    try {
      await disk.write(path, [new Uint8Array(PROBE_BYTES)], 0, true);
      await disk.sync(path);
      await disk.close(path);
      await rm(path, { force: true });
    } catch (error) {
      logger.debug({ err: error }, 'still nothing can be stored');
      this.#probeLater();
      return;
    }
    const downMs = Date.now() - (this.#fault?.sinceMs ?? Date.now());
    this.#fault = undefined;
    logger.info({ downMs }, 'the data directory takes what is written again');
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
