import type { Logger } from 'pino';
import { StreamError } from '../errors.ts';
import type { Clock } from './clock.ts';
import type { Session } from './session.ts';

/** Between two looks at most: nobody minds a minute when it is about days. */
const SWEEP_MS = 60_000;
/** After a start, before it is said that nobody uses a session: players have to find the server again. */
const RETURN_MS = 10 * 60_000;
/** How long a session is kept in which nothing was ever said: for who asks what became of it. */
const UNUSED_MS = 3_600_000;

export type RetentionOptions = {
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long nobody uses a session before it is ended, in ms. */
  readonly idleMs: number;
  /** How long a session is kept after its end, in ms. */
  readonly retentionMs: number;
  /** Ended sessions that are kept. */
  readonly maxEnded: number;
  /** Bound of what sessions keep on disk, in bytes. */
  readonly maxDataBytes: number;
  sessions(): Iterable<Session>;
  remove(id: string): Promise<void>;
  /** All is done that one look finds to do. */
  onSwept(): Promise<void>;
};

/**
 * What is done with sessions that nobody uses. Those that are open are ended; those that have ended are deleted, by age and by what all
 * keep on disk; never one that is open, watched, or may still be played.
 */
export class Retention {
  readonly #options: RetentionOptions;
  /** As of the last look. */
  #storedBytes = 0;
  #beganMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  begin(): void {
    const { idleMs, retentionMs, clock } = this.#options;
    this.#beganMs = clock.now();
    const sweepMs = Math.max(1_000, Math.min(SWEEP_MS, idleMs / 4, retentionMs / 4));
    this.#timer = setInterval(() => void this.sweep(), sweepMs).unref();
    void this.sweep();
  }

  /** @throws {StreamError} `STORAGE_FULL` when what sessions keep, and none of them may be deleted, leaves no room. */
  assertRoom(sizeBytes = 0): void {
    const { maxDataBytes } = this.#options;
    if (this.#storedBytes + sizeBytes <= maxDataBytes) return;
    throw new StreamError(
      'STORAGE_FULL',
      `sessions keep ${this.#storedBytes} bytes, ${sizeBytes} more came, and MAX_DATA_BYTES is ${maxDataBytes}`,
    );
  }

  /** Ends and deletes what is due. One at a time. */
  sweep(): Promise<void> {
    const { logger } = this.#options;
    this.#sweeping = this.#sweeping
      .then(() => this.#sweep())
      .catch((error: unknown) => logger.warn({ err: error }, 'what sessions keep could not be measured'));
    return this.#sweeping;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sweeping;
  }

  async #sweep(): Promise<void> {
    const { maxDataBytes, maxEnded, clock, logger } = this.#options;
    this.#endIdle();
    const sessions = [...this.#options.sessions()];
    const stored = new Map<Session, number>();
    for (const session of sessions) stored.set(session, await session.storedBytes());
    let total = [...stored.values()].reduce((sum, bytes) => sum + bytes, 0);
    const ended = sessions
      .filter((session) => session.endedMs !== undefined && !session.isWatched)
      .sort((a, b) => (a.endedMs ?? 0) - (b.endedMs ?? 0));
    let removed = 0;
    const surplus = ended.length - maxEnded;
    for (const session of ended) {
      const ageMs = clock.now() - (session.endedMs ?? 0);
      if (!this.#isOver(session, ageMs) && total <= maxDataBytes && removed >= surplus) continue;
      const bytes = stored.get(session) ?? 0;
      try {
        await this.#options.remove(session.id);
        total -= bytes;
        removed += 1;
        logger.info(
          { session: session.id, ageHours: Math.round(ageMs / 3_600_000), bytes },
          'an ended session is over its time',
        );
      } catch (error) {
        // Somebody else deleted it meanwhile, or its files can't be deleted now: the next look comes.
        logger.warn({ err: error, session: session.id }, 'an ended session could not be deleted');
      }
    }
    this.#storedBytes = total;
    await this.#options.onSwept();
  }

  #isOver({ isUnused }: Session, ageMs: number): boolean {
    const { retentionMs } = this.#options;
    return ageMs >= (isUnused ? Math.min(UNUSED_MS, retentionMs) : retentionMs);
  }

  #endIdle(): void {
    const { idleMs, clock, sessions } = this.#options;
    const sinceStartMs = clock.now() - this.#beganMs;
    for (const session of sessions()) {
      // Asked of each, each time: it is how use is noted.
      if (session.endedMs !== undefined || session.idleMs() < idleMs) continue;
      if (sinceStartMs >= Math.min(RETURN_MS, idleMs)) session.end('idle');
    }
  }
}
