import { DatabaseSync } from 'node:sqlite';

/** Primary result codes of SQLite (https://sqlite.org/rescode.html). */
const SQLITE = { busy: 5, readonly: 8, cantOpen: 14 } as const;

/** `taken`: another process has it, or this one. `unwritable`: the file can't be made. `unsupported`: the file system has no locks. */
export type LockFailure = 'taken' | 'unwritable' | 'unsupported';

/**
 * A lock that one process can hold. The kernel keeps it, so it ends with the process, however that ends, and with the machine; it holds
 * between containers that share a volume, and over NFS where that has locks.
 *
 * Node has no call for file locks; SQLite, which is built into it, takes one (fcntl) for a transaction, and this transaction stays open.
 * Nothing else may open the file: closing any other descriptor of it would drop the lock (fcntl(2)).
 */
export class FileLock {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Takes the lock without waiting for it. @param path - Of the file, which is made when it is not there and stays empty. */
  static take(path: string): FileLock | LockFailure {
    let database: DatabaseSync | undefined;
    try {
      database = new DatabaseSync(path, { timeout: 0 });
      database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
      return new FileLock(database);
    } catch (error) {
      database?.close();
      return failureOf(error);
    }
  }

  /** Gives the lock back. Idempotent. */
  release(): void {
    if (this.#database.isOpen) this.#database.close();
  }
}

function failureOf(error: unknown): LockFailure {
  if (!(error instanceof Error && 'errcode' in error && typeof error.errcode === 'number')) throw error;
  // Extended result codes have the primary one in their lowest byte.
  const code = error.errcode & 0xff;
  if (code === SQLITE.busy) return 'taken';
  return code === SQLITE.readonly || code === SQLITE.cantOpen ? 'unwritable' : 'unsupported';
}
