import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { StreamError } from '../../errors.ts';
import { FileLock } from '../../lib/file-lock.ts';
import { requireWritable } from './writable.ts';

const LOCK_NAME = '.lock';
const OWNER_NAME = '.owner';

/** The server that uses a data directory. */
type Owner = {
  readonly pid: number;
  /** In a container, its id. */
  readonly host: string;
  /** ISO 8601. */
  readonly since: string;
  /** Where it answers. */
  readonly origin?: string | undefined;
};

/** Keeps a data directory to one server: two would write into each other's journals and delete each other's files. */
export class DirectoryLock {
  readonly #directory: string;
  readonly #lock: FileLock | undefined;

  private constructor(directory: string, lock: FileLock | undefined) {
    this.#directory = directory;
    this.#lock = lock;
  }

  /**
   * Takes the directory, which must exist.
   *
   * @param origin - Where this server answers: a second one that is started says so.
   * @throws {StreamError} `DATA_DIR_IN_USE`; `CONFIG_INVALID`, `STORAGE_FULL` as from `requireWritable`.
   */
  static async take(directory: string, origin: string | undefined, logger: Logger): Promise<DirectoryLock> {
    const taken = FileLock.take(join(directory, LOCK_NAME));
    if (taken === 'taken') throw inUse(directory, await readOwner(directory));
    if (taken === 'unwritable' && !(await requireWritable(directory)))
      throw new StreamError('CONFIG_INVALID', `DATA_DIR ${directory} can not be used: no lock can be made in it`);
    // Sessions on a full disk go on from memory.
    const isLocked = typeof taken !== 'string';
    if (!isLocked)
      logger.warn({ directory, why: taken }, 'no lock can be had: see to it that no second server uses this DATA_DIR');
    const lock = new DirectoryLock(directory, isLocked ? taken : undefined);
    await lock.#sign(origin, logger);
    return lock;
  }

  /** Gives the directory back. Idempotent. */
  async release(): Promise<void> {
    // Before the lock: what a server writes that takes it next must stay.
    await rm(join(this.#directory, OWNER_NAME), { force: true }).catch(() => undefined);
    this.#lock?.release();
  }

  /** Best effort: on a full disk a second server is refused all the same, but can't say whose the directory is. */
  async #sign(origin: string | undefined, logger: Logger): Promise<void> {
    const owner: Owner = { pid: process.pid, host: hostname(), since: new Date().toISOString(), origin };
    try {
      await writeFile(join(this.#directory, OWNER_NAME), `${JSON.stringify(owner)}\n`);
    } catch (error) {
      logger.debug({ err: error }, 'the owner of the data directory could not be noted');
    }
  }
}

function inUse(directory: string, owner: Owner | undefined): StreamError {
  const where = owner?.origin === undefined ? '' : ` at ${owner.origin}`;
  const elsewhere = owner === undefined || owner.host === hostname() ? '' : ` on ${owner.host}`;
  const whose =
    owner === undefined
      ? 'another server'
      : `the server${where} (process ${owner.pid}${elsewhere}, since ${owner.since})`;
  return new StreamError(
    'DATA_DIR_IN_USE',
    `DATA_DIR ${directory} is in use by ${whose}: end that one, or give this one a directory of its own, for example ` +
      'PORT=8081 DATA_DIR=./segments-2 npm start',
  );
}

/** What the other server wrote about itself, as far as it can be read. */
async function readOwner(directory: string): Promise<Owner | undefined> {
  try {
    const owner: unknown = JSON.parse(await readFile(join(directory, OWNER_NAME), 'utf8'));
    return isOwner(owner) ? owner : undefined;
  } catch (error) {
    const isAbsent = error instanceof SyntaxError || (error instanceof Error && 'code' in error);
    if (isAbsent) return undefined;
    throw error;
  }
}

function isOwner(value: unknown): value is Owner {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, host, since, origin } = value as Partial<Record<keyof Owner, unknown>>;
  const isOrigin = origin === undefined || typeof origin === 'string';
  return typeof pid === 'number' && typeof host === 'string' && typeof since === 'string' && isOrigin;
}
