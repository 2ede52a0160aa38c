import { dirname } from 'node:path';
import { allDone } from '../../lib/all-done.ts';
import type { Disk } from '../../lib/disk.ts';
import { type Batch, decodeJournal, encodeBatch } from './journal-line.ts';
import type { RedoWrite } from './redo-entry.ts';
import { condense } from './replay.ts';

/** A journal is written anew when it has grown to three times its last snapshot, and is not small. */
const REWRITE = { factor: 3, leastBytes: 256 * 1024 };

/** What belongs to a batch beside its line. */
export type BatchWork = {
  /** Resolves when it is written. */
  write(): Promise<void>;
  /** What is to be written, for a disk that is late; `undefined`: that is not known any more. */
  redo(): readonly RedoWrite[] | undefined;
};

export type BatchFileOptions = {
  readonly path: string;
  readonly storage: { readonly disk: Disk };
  /** What is in it already; absent: it is new. */
  readonly from?: { readonly sizeBytes: number } | undefined;
  /** It has this size now. */
  onSize(bytes: number): void;
};

/** The file of a journal: batches at its end, or one snapshot in their place. One call at a time, but for `sync`. */
export class BatchFile {
  readonly #options: BatchFileOptions;
  readonly #path: string;
  readonly #disk: Disk;
  #sizeBytes: number;
  #snapshotBytes = 0;
  /** Its name is on disk. */
  #isNamed: boolean;

  constructor(options: BatchFileOptions) {
    this.#options = options;
    this.#path = options.path;
    this.#disk = options.storage.disk;
    this.#sizeBytes = options.from?.sizeBytes ?? 0;
    this.#isNamed = options.from !== undefined;
    options.onSize(this.#sizeBytes);
  }

  /** It is worth to be written anew. */
  get isLarge(): boolean {
    return this.#sizeBytes > Math.max(REWRITE.leastBytes, REWRITE.factor * this.#snapshotBytes);
  }

  /**
   * Writes batches, as one, and beside them what belongs to them; waits for all, whatever happens to one. They count together or not at
   * all: a start looks for the files of the last batch only, and drops it when they are not there.
   */
  async append(batches: readonly Batch[], work: readonly BatchWork[]): Promise<void> {
    const number = batches.at(-1)?.number ?? 0;
    const line = encodeBatch({ number, records: batches.flatMap(({ records }) => records) });
    const writes = [this.#disk.write(this.#path, [line], this.#sizeBytes), ...work.map((each) => each.write())];
    await allDone(writes);
    this.#sizeBytes += line.byteLength;
    this.#options.onSize(this.#sizeBytes);
  }

  async sync(): Promise<void> {
    await this.#disk.sync(this.#path);
    if (this.#isNamed) return;
    await this.#disk.syncDirectory(dirname(this.#path));
    await this.#disk.syncDirectory(dirname(dirname(this.#path)));
    this.#isNamed = true;
  }

  /** What is in it, and some batches more, as one batch of the last one's number. */
  async condensed(more: readonly Batch[], number: number): Promise<Batch> {
    const bytes = await this.#disk.read(this.#path);
    const { batches } = decodeJournal(bytes.subarray(0, this.#sizeBytes));
    return { number, records: [condense([...batches, ...more])] };
  }

  /** Puts one batch, a snapshot, in the place of all. */
  async replace(snapshot: Batch): Promise<void> {
    const line = encodeBatch(snapshot);
    await this.#disk.replace(this.#path, [line]);
    this.#isNamed = true;
    this.#sizeBytes = line.byteLength;
    this.#snapshotBytes = line.byteLength;
    this.#options.onSize(this.#sizeBytes);
  }

  /** It could not be written anew: it may grow for a while before the next try. */
  postpone(): void {
    this.#snapshotBytes = this.#sizeBytes;
  }

  async close(): Promise<void> {
    await this.#disk.close(this.#path);
  }
}
