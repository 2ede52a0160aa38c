import type { Logger } from 'pino';
import { StreamError } from '../errors.ts';
import { storageFault } from '../lib/storage-error.ts';
import type { Chunk } from './chunk.ts';
import type { Journal } from './journal/session-journal.ts';
import type { SegmentStore } from './segment-store.ts';
import type { StorageAccount } from './storage-account.ts';
import type { ChunkUpload } from './types.ts';

export type UploadsOptions = {
  readonly store: SegmentStore;
  readonly journal: Journal;
  readonly account: StorageAccount;
  readonly maxChunkBytes: number;
  readonly logger: Logger;
  /** The disk takes nothing. @returns what to tell the sender. */
  onStorageFault(error: unknown): StreamError;
};

/** A body and, if the sender says so, its size. */
export type UploadBody = Pick<ChunkUpload, 'body' | 'signal' | 'sizeBytes'>;

/** A body that is on disk. */
export type StoredUpload = { readonly path: string; readonly sizeBytes: number };

/** Bodies on their way to disk, and off it again when nobody needs them any more. */
export class Uploads {
  readonly #options: UploadsOptions;
  readonly #storing = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  /**
   * Writes a body to disk and hands it on; removes it when that fails.
   *
   * @throws {StreamError} `BODY_TOO_LARGE`, `ABORTED`, `STORAGE_FULL`; whatever `accept` throws.
   */
  store<T>(id: string, upload: UploadBody, accept: (stored: StoredUpload) => Promise<T>): Promise<T> {
    const storing = this.#store(id, upload, accept).finally(() => this.#storing.delete(storing));
    this.#storing.add(storing);
    return storing;
  }

  /** @throws {StreamError} `BODY_TOO_LARGE` for a body that says so itself. */
  assertSize(sizeBytes = 0): void {
    const { maxChunkBytes } = this.#options;
    if (sizeBytes <= maxChunkBytes) return;
    throw new StreamError('BODY_TOO_LARGE', `a chunk may have ${maxChunkBytes} bytes, this one has ${sizeBytes}`);
  }

  /** Removes what a chunk was made from, once the encoder is done with it and what became of it is in the journal. */
  remove(chunk: Chunk): void {
    const { store, journal, account, logger } = this.#options;
    const { id, origin, preparation } = chunk;
    const path = origin.kind === 'upload' ? origin.path : store.speechPath(id);
    void Promise.all([preparation, journal.written()])
      .then(() => {
        chunk.room?.release();
        return store.removeUpload(path);
      })
      .then(() => account.drop(id))
      .catch((error: unknown) => logger.warn({ err: error, chunk: id }, 'an upload could not be removed'));
  }

  /** Gives up what is on its way, and waits for that. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#storing);
  }

  async #store<T>(
    id: string,
    { body, sizeBytes = 0, signal }: UploadBody,
    accept: (stored: StoredUpload) => Promise<T>,
  ): Promise<T> {
    const { store, account, maxChunkBytes, onStorageFault } = this.#options;
    try {
      account.grow(id, sizeBytes);
      const stored = await store.storeUpload(id, body, {
        maxBytes: maxChunkBytes,
        onBytes: (bytes) => account.grow(id, bytes),
        signal: AbortSignal.any([this.#closing.signal, ...(signal ? [signal] : [])]),
      });
      account.put(id, stored.sizeBytes);
      return await accept(stored);
    } catch (error) {
      await store.removeUpload(store.uploadPath(id));
      account.drop(id);
      throw storageFault(error) && !(error instanceof StreamError) ? onStorageFault(error) : error;
    }
  }
}
