import type { BigIntStats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { StreamError } from '../errors.ts';
import { Slots } from './slots.ts';

/** Bytes in memory for all readers together, as long as there are no more than this over `MIN_BLOCK_BYTES` of them. */
const MEMORY_BYTES = 64 * 2 ** 20;
const MAX_BLOCK_BYTES = 512 * 2 ** 10;
/** A smaller block costs more to fetch than to send. */
const MIN_BLOCK_BYTES = 8 * 2 ** 10;
/** Files open at once. More would take turns on libuv's four threads anyway. */
const READS_AT_ONCE = 8;

/** A range of a file. */
export type FileSlice = { readonly path: string; readonly start: number; readonly sizeBytes: number };

/** Says that a file is still the one it was. */
type Identity = {
  readonly device: bigint;
  readonly inode: bigint;
  readonly changedNs: bigint;
  readonly sizeBytes: bigint;
};

export type FileFacts = { readonly sizeBytes: number; readonly modifiedMs: number };

/**
 * Reads files for clients that take them slowly, or not at all: block by block, each when the client has taken the one before. A file is
 * open only while one block of it is read, so a client costs no descriptor, and blocks shrink as readers become more, so all of them
 * together cost `MEMORY_BYTES`, or `MIN_BLOCK_BYTES` each.
 */
export class FileBlocks {
  readonly #reads = new Slots(READS_AT_ONCE);
  #readers = 0;

  /** Readers that are not closed. */
  get readers(): number {
    return this.#readers;
  }

  /** Size of the next block, in bytes. */
  get blockBytes(): number {
    const share = Math.floor(MEMORY_BYTES / Math.max(1, this.#readers));
    return Math.max(MIN_BLOCK_BYTES, Math.min(MAX_BLOCK_BYTES, share));
  }

  /** A reader of one file. Each that is opened must be closed. */
  reader(path: string): BlockReader {
    this.#readers += 1;
    return new BlockReader(path, {
      read: (task) => this.#reads.use(undefined, task),
      close: () => (this.#readers -= 1),
    });
  }
}

type Owner = { read<T>(task: () => Promise<T>): Promise<T>; close(): void };

/** Reads one file as it was when it was first looked at. */
export class BlockReader implements Disposable {
  readonly #path: string;
  readonly #owner: Owner;
  #identity: Identity | undefined;
  #closed = false;

  constructor(path: string, owner: Owner) {
    this.#path = path;
    this.#owner = owner;
  }

  /** @throws The file system's error, for example `ENOENT`. */
  async facts(): Promise<FileFacts> {
    const stats = await this.#owner.read(() => stat(this.#path, { bigint: true }));
    this.#check(stats);
    return { sizeBytes: Number(stats.size), modifiedMs: Number(stats.mtimeNs / 1_000_000n) };
  }

  /** @throws {StreamError} `NOT_FOUND` when the file is another one by now; the file system's error. */
  async read(start: number, sizeBytes: number): Promise<Buffer> {
    return await this.#owner.read(async () => {
      await using file = await open(this.#path);
      this.#check(await file.stat({ bigint: true }));
      return await readWhole(file, start, sizeBytes);
    });
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#owner.close();
  }

  /** A session that is deleted and opened again under its old id has files of the same names. */
  #check({ dev: device, ino: inode, mtimeNs: changedNs, size: sizeBytes }: BigIntStats): void {
    this.#identity ??= { device, inode, changedNs, sizeBytes };
    const known = this.#identity;
    const isSame = known.device === device && known.inode === inode;
    if (!isSame || known.changedNs !== changedNs || known.sizeBytes !== sizeBytes)
      throw new StreamError('NOT_FOUND', 'the file was replaced while it was read');
  }
}

async function readWhole(file: FileHandle, start: number, sizeBytes: number): Promise<Buffer> {
  const block = Buffer.allocUnsafeSlow(sizeBytes);
  for (let at = 0; at < sizeBytes; ) {
    const { bytesRead } = await file.read(block, at, sizeBytes - at, start + at);
    if (bytesRead === 0) throw new Error(`the file ends ${sizeBytes - at} bytes too soon`);
    at += bytesRead;
  }
  return block;
}
