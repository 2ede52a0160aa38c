import type { Logger } from 'pino';
import { StreamError } from '../errors.ts';
import type { Chunk } from './chunk.ts';
import type { SegmentStore } from './segment-store.ts';
import type { ChunkUpload } from './types.ts';

export type UploadsOptions = {
  readonly store: SegmentStore;
  readonly maxChunkBytes: number;
  readonly logger: Logger;
};

/** Bodies on their way to disk, and off it again when nobody needs them any more. */
export class Uploads {
  readonly #options: UploadsOptions;
  readonly #storing = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();

  constructor(options: UploadsOptions) {
    this.#options = options;
  }

  /**
   * Writes a body to disk and hands its path on; removes it when that fails.
   *
   * @throws {StreamError} `BODY_TOO_LARGE`, `ABORTED`; whatever `accept` throws.
   */
  store<T>(id: string, upload: Pick<ChunkUpload, 'body' | 'signal'>, accept: (path: string) => T): Promise<T> {
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

  /** Removes a chunk's upload once the encoder is done with it. */
  remove({ id, origin, preparation }: Chunk): void {
    if (origin.kind !== 'upload') return;
    const { store, logger } = this.#options;
    void Promise.resolve(preparation)
      .then(() => store.removeUpload(origin.path))
      .catch((error: unknown) => logger.warn({ err: error, chunk: id }, 'an upload could not be removed'));
  }

  /** Gives up what is on its way, and waits for that. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled(this.#storing);
  }

  async #store<T>(
    id: string,
    { body, signal }: Pick<ChunkUpload, 'body' | 'signal'>,
    accept: (path: string) => T,
  ): Promise<T> {
    const { store, maxChunkBytes } = this.#options;
    try {
      const path = await store.storeUpload(id, body, {
        maxBytes: maxChunkBytes,
        signal: AbortSignal.any([this.#closing.signal, ...(signal ? [signal] : [])]),
      });
      return accept(path);
    } catch (error) {
      await store.removeUpload(store.uploadPath(id));
      throw error;
    }
  }
}
