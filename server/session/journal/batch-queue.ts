import type { BatchWork } from './batch-file.ts';
import type { Batch } from './journal-line.ts';
import type { JournalRecord } from './records.ts';
import type { RedoWrite } from './redo-entry.ts';

/** A batch with the writes of other files that belong to it. */
export type FilledBatch = Batch & { readonly work: readonly BatchWork[] };

/** What a journal was told and is not known to have in its file. */
export class BatchQueue {
  #number: number;
  #records: JournalRecord[] = [];
  #work: BatchWork[] = [];
  #unwritten: FilledBatch[] = [];

  /** @param number - Of the first batch. */
  constructor(number: number) {
    this.#number = number;
  }

  /** Number of the batch that is being filled. */
  get number(): number {
    return this.#number;
  }

  /** Records in the batch that is being filled. */
  get filling(): number {
    return this.#records.length;
  }

  /** Batches that are filled, oldest first. */
  get unwritten(): readonly FilledBatch[] {
    return this.#unwritten;
  }

  /** Number of the last batch that was dropped. */
  get lastDropped(): number {
    return (this.#unwritten[0]?.number ?? this.#number) - 1;
  }

  add(record: JournalRecord): void {
    this.#records.push(record);
  }

  addWork(work: BatchWork): void {
    this.#work.push(work);
  }

  /** What was told up to now is a batch. @returns it; `undefined` when nothing was. */
  fill(): FilledBatch | undefined {
    if (this.#records.length === 0) return undefined;
    const batch = { number: this.#number, records: this.#records, work: this.#work };
    this.#number += 1;
    [this.#records, this.#work] = [[], []];
    this.#unwritten.push(batch);
    return batch;
  }

  /** The first `count` batches are in the file, or somebody else's business. */
  drop(count: number): void {
    this.#unwritten.splice(0, count);
  }

  clear(): void {
    [this.#records, this.#work, this.#unwritten] = [[], [], []];
  }
}

/** What belongs to a batch, for a disk that is late; `undefined`: some of it is not known any more. */
export function redoWritesOf({ work }: FilledBatch): RedoWrite[] | undefined {
  const writes = work.map(({ redo }) => redo());
  return writes.every((each) => each !== undefined) ? writes.flat() : undefined;
}
