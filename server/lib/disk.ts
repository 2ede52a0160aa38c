import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import { Slots } from './slots.ts';
import { syncFiles } from './sync-files.ts';

/** Files kept open at most; the one that was not used for longest is closed first. */
const MAX_OPEN = 256;
/** A file that was not used for so long is closed: who comes again comes sooner. */
const IDLE_MS = 3_000;
/**
 * Syncs at once. Each takes one of libuv's four threads for as long as the disk likes, and writes, which take microseconds and hold up
 * what is shown, need some, too.
 */
const SYNCS_AT_ONCE = 2;

type OpenFile = { readonly handle: Promise<FileHandle>; users: number; usedMs: number; closing: boolean };

/**
 * Files written at positions, by many owners who come again and again: the latest ones stay open. Missing directories come into being.
 */
export class Disk {
  /** The least recently used first. */
  readonly #open = new Map<string, OpenFile>();
  readonly #syncs = new Slots(SYNCS_AT_ONCE);
  /** Runs while a file is open. */
  #idleTimer: NodeJS.Timeout | undefined;

  /** Files that are open now. */
  get open(): number {
    return this.#open.size;
  }

  /**
   * Writes one after the other, from `position` on. The file is made when it is not there.
   *
   * @param fresh - Whatever was in it is thrown away first.
   */
  async write(path: string, pieces: readonly Uint8Array[], position: number, fresh = false): Promise<void> {
    await this.#use(path, async (file) => {
      if (fresh) await file.truncate(0);
      let at = position;
      for (const piece of pieces) {
        await writeAll(file, piece, at);
        at += piece.byteLength;
      }
    });
  }

  /** Waits until the bytes of a file are on disk. */
  async sync(path: string): Promise<void> {
    await this.#use(path, (file) => this.#syncs.use(undefined, () => file.datasync()));
  }

  /** Waits until the bytes of a file of somebody else are on disk. */
  async syncFile(file: { sync(): Promise<void> }): Promise<void> {
    await this.#syncs.use(undefined, () => file.sync());
  }

  /** Waits until all files of a directory are on disk. @returns false when that is not known. */
  async syncAll(directory: string): Promise<boolean> {
    return await syncFiles(directory);
  }

  /** Waits until the names in a directory are on disk. */
  async syncDirectory(path: string): Promise<void> {
    const directory = await open(path, 'r');
    try {
      await this.syncFile(directory);
    } finally {
      await directory.close();
    }
  }

  /** Replaces a file as a whole; the old one is there until the new one is on disk. */
  async replace(path: string, pieces: readonly Uint8Array[]): Promise<void> {
    const temporary = `${path}.new`;
    await this.write(temporary, pieces, 0, true);
    await this.sync(temporary);
    await this.close(temporary);
    await this.close(path);
    await rename(temporary, path);
    await this.syncDirectory(dirname(path));
  }

  async read(path: string): Promise<Buffer> {
    return await readFile(path);
  }

  /** Cuts what lies behind `sizeBytes` off a file, if there is any. */
  async truncate(path: string, sizeBytes: number): Promise<void> {
    await this.#use(path, async (file) => {
      if ((await file.stat()).size > sizeBytes) await file.truncate(sizeBytes);
    });
  }

  /** Lets a file go that nobody will write again soon. */
  async close(path: string): Promise<void> {
    const file = this.#open.get(path);
    if (!file) return;
    this.#open.delete(path);
    await release(file);
  }

  /** Deletes a directory with everything in it, which nobody may be writing to. */
  async removeAll(directory: string): Promise<void> {
    await this.closeUnder(directory);
    await rm(directory, { recursive: true, force: true });
  }

  /** Lets all files below a directory go. */
  async closeUnder(directory: string): Promise<void> {
    const prefix = directory + sep;
    await Promise.all([...this.#open.keys()].filter((path) => path.startsWith(prefix)).map((path) => this.close(path)));
  }

  async closeAll(): Promise<void> {
    clearTimeout(this.#idleTimer);
    await Promise.all([...this.#open.keys()].map((path) => this.close(path)));
  }

  async #use<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
    const known = this.#open.get(path);
    const file = known ?? { handle: openForWriting(path), users: 0, usedMs: 0, closing: false };
    // Put in again, so that it is the last to be closed.
    this.#open.delete(path);
    this.#open.set(path, file);
    file.users += 1;
    file.usedMs = performance.now();
    this.#idleTimer ??= setTimeout(() => this.#closeIdle(), IDLE_MS).unref();
    try {
      return await work(await file.handle);
    } catch (error) {
      // It might be gone, or never have been there: the next one opens it anew.
      if (this.#open.get(path) === file) this.#open.delete(path);
      file.closing = true;
      throw error;
    } finally {
      file.users -= 1;
      if (file.users === 0 && file.closing) await closeHandle(file);
      this.#trim();
    }
  }

  #closeIdle(): void {
    this.#idleTimer = undefined;
    const sinceMs = performance.now() - IDLE_MS;
    for (const [path, file] of this.#open) {
      if (file.users > 0 || file.usedMs > sinceMs) continue;
      this.#open.delete(path);
      release(file).catch(() => undefined);
    }
    if (this.#open.size > 0) this.#idleTimer = setTimeout(() => this.#closeIdle(), IDLE_MS).unref();
  }

  #trim(): void {
    if (this.#open.size <= MAX_OPEN) return;
    for (const [path, file] of this.#open) {
      if (this.#open.size <= MAX_OPEN) return;
      if (file.users > 0) continue;
      this.#open.delete(path);
      // What was written was checked then: nothing is lost with a handle that does not close.
      release(file).catch(() => undefined);
    }
  }
}

async function openForWriting(path: string): Promise<FileHandle> {
  const flags = constants.O_RDWR | constants.O_CREAT;
  try {
    return await open(path, flags);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    await mkdir(dirname(path), { recursive: true });
    return await open(path, flags);
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let offset = 0; offset < bytes.byteLength; ) {
    const { bytesWritten } = await file.write(bytes, offset, bytes.byteLength - offset, position + offset);
    offset += bytesWritten;
  }
}

/** Closes a file now, or when its last user is done. */
async function release(file: OpenFile): Promise<void> {
  file.closing = true;
  if (file.users === 0) await closeHandle(file);
}

async function closeHandle(file: OpenFile): Promise<void> {
  const handle = await file.handle.catch(() => undefined);
  await handle?.close();
}
