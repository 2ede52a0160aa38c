import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { StreamError } from '../../errors.ts';
import { FileLock } from '../../lib/file-lock.ts';
import { PresenceSocket } from '../../lib/presence-socket.ts';
import { requireWritable } from './writable.ts';

const LOCK_NAME = '.lock';
const SOCKET_NAME = '.server';
/** Whoever is about to take a directory has done so within a second; who holds the lock for longer keeps it. */
const TURN = { tries: 60, everyMs: 50 };

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

/**
 * Keeps a data directory to one server: two would write into each other's journals and delete each other's files. A socket says that a
 * server is there, and a file lock makes those that are started at once take turns. Where there can be no socket the lock is kept instead:
 * it needs a file that is open for writing, and such a disk can't be made read-only.
 */
export class DirectoryLock {
  readonly #path: string;
  readonly #held: PresenceSocket | FileLock | undefined;

  private constructor(directory: string, held: PresenceSocket | FileLock | undefined) {
    this.#path = join(directory, SOCKET_NAME);
    this.#held = held;
  }

  /**
   * Takes the directory, which must exist.
   *
   * @param origin - Where this server answers: a second one that is started says so.
   * @throws {StreamError} `DATA_DIR_IN_USE`; `CONFIG_INVALID`, `STORAGE_FULL` as from `requireWritable`.
   */
  static async take(directory: string, origin: string | undefined, logger: Logger): Promise<DirectoryLock> {
    const turn = await takeTurn(directory);
    if (turn === 'taken') throw inUse(directory, undefined);
    const lock = typeof turn === 'string' ? undefined : turn;
    if (turn === 'unwritable' && !(await requireWritable(directory)))
      throw new StreamError('CONFIG_INVALID', `DATA_DIR ${directory} can not be used: no lock can be made in it`);
    let isLockKept = false;
    try {
      const other = await PresenceSocket.ask(directory, SOCKET_NAME);
      if (other !== undefined) throw inUse(directory, ownerIn(other));
      const owner: Owner = { pid: process.pid, host: hostname(), since: new Date().toISOString(), origin };
      const socket = await PresenceSocket.listen(directory, SOCKET_NAME, JSON.stringify(owner)).catch(systemError);
      if (socket instanceof PresenceSocket) return new DirectoryLock(directory, socket);
      isLockKept = lock !== undefined;
      logger.debug({ err: socket, isLockKept }, 'no socket can be made in the data directory');
      if (!isLockKept)
        logger.warn({ directory }, 'no lock can be had: see to it that no second server uses this DATA_DIR');
      return new DirectoryLock(directory, lock);
    } finally {
      if (!isLockKept) lock?.release();
    }
  }

  /** Gives the directory back. Idempotent. */
  async release(): Promise<void> {
    if (this.#held instanceof FileLock) this.#held.release();
    if (!(this.#held instanceof PresenceSocket)) return;
    // Before it is closed: what a server makes that comes next must stay.
    await rm(this.#path, { force: true }).catch(() => undefined);
    await this.#held.close();
  }
}

async function takeTurn(directory: string): Promise<ReturnType<typeof FileLock.take>> {
  for (let tries = 1; ; tries++) {
    const taken = FileLock.take(join(directory, LOCK_NAME));
    if (taken !== 'taken' || tries === TURN.tries) return taken;
    await delay(TURN.everyMs);
  }
}

/** @throws what is none. */
function systemError(error: unknown): Error {
  if (error instanceof Error && 'code' in error) return error;
  throw error;
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

/** What the other server says of itself, as far as it can be read. */
function ownerIn(answer: string): Owner | undefined {
  try {
    const owner: unknown = JSON.parse(answer);
    return isOwner(owner) ? owner : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isOwner(value: unknown): value is Owner {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, host, since, origin } = value as Partial<Record<keyof Owner, unknown>>;
  const isOrigin = origin === undefined || typeof origin === 'string';
  return typeof pid === 'number' && typeof host === 'string' && typeof since === 'string' && isOrigin;
}
