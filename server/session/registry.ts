import { randomBytes } from 'node:crypto';
import { mkdir, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { StreamError } from '../errors.ts';
import { storageFault } from '../lib/storage-error.ts';
import { type ReopenReport, reopenSessions } from './reopen-sessions.ts';
import { Retention } from './retention.ts';
import type { Session } from './session.ts';
import { type FactoryOptions, SessionFactory } from './session-factory.ts';
import { StorageBudget } from './storage-budget.ts';
import type { SessionOptions, SessionRegistry } from './types.ts';

const ID_PATTERN = /^[a-z0-9][a-z0-9-]{2,63}$/;
/** 128 bits and more: ids are the only secret an open server has. */
const ID_BYTES = 16;
/** Ended sessions that wait for their deletion. */
const SURPLUS = 100;

export type RegistryOptions = Omit<FactoryOptions, 'assertStorable' | 'onStorageFault' | 'budget'> & {
  /** Sessions that are open; as many that have ended are kept. */
  readonly maxSessions: number;
  /** How long nobody uses a session before it is ended, in ms. */
  readonly idleMs: number;
  /** How long a session is kept after its end, in ms. */
  readonly retentionMs: number;
  /** Bound of what sessions keep on disk, in bytes. */
  readonly maxDataBytes: number;
};

/** All sessions of this server. */
export class Sessions implements SessionRegistry {
  readonly #options: RegistryOptions;
  readonly #factory: SessionFactory;
  readonly #retention: Retention;
  readonly #budget: StorageBudget;
  readonly #logger: Logger;
  /** In the order they were opened. */
  readonly #sessions = new Map<string, Session>();
  /** Names that are being opened or deleted. */
  readonly #changing = new Set<string>();
  readonly #removing = new Set<Promise<void>>();
  /** Sessions of earlier servers that could not be opened. */
  #broken = 0;
  /** Since clips were looked through. */
  #hasDeleted = false;

  constructor(options: RegistryOptions) {
    const { storage, clock, idleMs, retentionMs, maxSessions, maxDataBytes, logger } = options;
    this.#options = options;
    this.#logger = logger;
    this.#budget = new StorageBudget({ maxBytes: maxDataBytes, onFull: () => this.#retention.sweepSoon() });
    this.#retention = new Retention({
      ...{ clock, logger, idleMs, retentionMs, maxEnded: maxSessions, budget: this.#budget },
      sessions: () => this.#sessions.values(),
      remove: (id) => this.delete(id),
      onSwept: () => (this.#hasDeleted ? this.#sweepClips() : Promise.resolve()),
    });
    this.#factory = new SessionFactory({
      ...options,
      budget: this.#budget,
      assertStorable: () => {
        storage.health.assertWritable();
        this.#budget.assertRoom();
      },
      onStorageFault: (error) => storage.health.fail(error),
    });
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Bytes that all sessions keep, or are promised, and how many they may. */
  get stored(): { readonly storedBytes: number; readonly storedLimitBytes: number } {
    return { storedBytes: this.#budget.bytes, storedLimitBytes: this.#budget.maxBytes };
  }

  /**
   * Opens the sessions of an earlier server again.
   *
   * @param isDoubtful - The end of a session's journal can't be trusted.
   */
  async reopen(isDoubtful: (session: string) => boolean): Promise<ReopenReport> {
    const { dataDirectory, storage, logger } = this.#options;
    const options = { dataDirectory, disk: storage.disk, factory: this.#factory, logger, isDoubtful };
    const { sessions, report } = await reopenSessions(options);
    for (const session of sessions) this.#sessions.set(session.id, session);
    for (const session of sessions) if (session.resume()) report.goingOn += 1;
    this.#broken = report.broken;
    await this.#sweepClips();
    this.#retention.begin();
    return report;
  }

  async create(options: SessionOptions, signal?: AbortSignal): Promise<Session> {
    const id = options.id ?? randomBytes(ID_BYTES).toString('hex');
    if (!ID_PATTERN.test(id))
      throw new StreamError(
        'REQUEST_INVALID',
        `id must be 3 to 64 lower-case letters, digits and hyphens, and begin with no hyphen; got '${id.slice(0, 80)}'`,
      );
    if (this.#sessions.has(id) || this.#changing.has(id))
      throw new StreamError('SESSION_EXISTS', `there is a session ${id} already`);
    this.#assertPlace();
    this.#changing.add(id);
    try {
      const session = await this.#factory.create(id, options, signal);
      this.#sessions.set(id, session);
      return session;
    } finally {
      this.#changing.delete(id);
    }
  }

  get(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  /** In the order they were opened. */
  all(): Iterable<Session> {
    return this.#sessions.values();
  }

  list(page: { limit: number; cursor?: string }): { sessions: readonly Session[]; nextCursor?: string } {
    const newestFirst = [...this.#sessions.values()].reverse();
    const start = page.cursor === undefined ? 0 : newestFirst.findIndex((session) => session.id === page.cursor) + 1;
    const sessions = newestFirst.slice(start, start + page.limit);
    const last = sessions.at(-1);
    return { sessions, ...(last && start + page.limit < newestFirst.length && { nextCursor: last.id }) };
  }

  /** Resolves when the session is gone for good: a start after that will not find it. */
  async delete(id: string): Promise<void> {
    const session = this.#sessions.get(id);
    if (!session) throw new StreamError('SESSION_NOT_FOUND', `there is no session ${id}`);
    this.#sessions.delete(id);
    this.#changing.add(id);
    try {
      await session.discard();
      await this.#remove(session);
    } finally {
      this.#changing.delete(id);
    }
    this.#hasDeleted = true;
    this.#options.observer?.deleted(id);
    this.#logger.info({ session: id }, 'session deleted');
  }

  /** Stops all sessions; a later server opens them again. */
  async close(): Promise<void> {
    await this.#retention.close();
    const sessions = [...this.#sessions.values()];
    this.#sessions.clear();
    await Promise.all(sessions.map((session) => session.suspend()));
    await Promise.all(this.#removing);
  }

  /** @throws {StreamError} `SESSION_LIMIT`. */
  #assertPlace(): void {
    const { maxSessions } = this.#options;
    const known = this.#sessions.size + this.#changing.size;
    if (known < maxSessions) return;
    const ended = [...this.#sessions.values()].filter(({ endedMs }) => endedMs !== undefined).length;
    if (ended > maxSessions) this.#retention.sweepSoon();
    // As many that have ended may be kept; a flood of them comes faster than they are deleted.
    if (known - ended >= maxSessions || known >= 2 * maxSessions + SURPLUS)
      throw new StreamError('SESSION_LIMIT', `${maxSessions} sessions are open already: end those that nobody uses`);
  }

  /** Deletes the clips that only deleted sessions showed. */
  async #sweepClips(): Promise<void> {
    // A clip of a session that could not be opened now may be wanted later.
    if (this.#broken > 0) return;
    this.#hasDeleted = false;
    const named = new Set([...this.#sessions.values()].flatMap((session) => session.clipNames));
    await this.#options.clips.sweep(named).catch(orStorageFault);
  }

  /** A directory that was renamed is deleted, whenever its files are. */
  async #remove({ id, account }: Session): Promise<void> {
    const { dataDirectory, storage } = this.#options;
    const { disk } = storage;
    const { directory } = this.#factory.store(id);
    const grave = join(dataDirectory, '.deleted', `${basename(directory)}-${randomBytes(4).toString('hex')}`);
    await disk.closeUnder(directory);
    try {
      await mkdir(dirname(grave), { recursive: true });
      await rename(directory, grave);
      await disk.syncDirectory(dataDirectory);
    } catch (error) {
      // There is no room for a new name: the files themselves can go all the same.
      orStorageFault(error);
      await disk.removeAll(directory);
      account.close();
      return;
    }
    const removing = disk
      .removeAll(grave)
      .then(() => account.close())
      .catch((error: unknown) => this.#logger.warn({ err: error, session: id }, 'a deleted session has left files'))
      .finally(() => this.#removing.delete(removing));
    this.#removing.add(removing);
  }
}

/** Rethrows what is no trouble of the disk: that is told by who wants something stored. */
function orStorageFault(error: unknown): void {
  if (!storageFault(error)) throw error;
}
