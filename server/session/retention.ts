import type { Logger } from 'pino';
import { StreamError } from '../errors.ts';
import type { Clock } from './clock.ts';
import type { Session } from './session.ts';

/** Between two looks: nobody minds a minute when it is about days. */
const SWEEP_MS = 60_000;

export type RetentionOptions = {
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long a session is kept after its end, in ms. */
  readonly retentionMs: number;
  /** Bound of what sessions keep on disk, in bytes. */
  readonly maxDataBytes: number;
  sessions(): Iterable<Session>;
  remove(id: string): Promise<void>;
};

/** Deletes sessions that have ended, by age and by what all keep on disk; never one that is open, watched, or may still be played. */
export class Retention {
  readonly #options: RetentionOptions;
  /** As of the last look. */
  #storedBytes = 0;
  #timer: NodeJS.Timeout | undefined;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(options: RetentionOptions) {
    this.#options = options;
  }

  begin(): void {
    this.#timer = setInterval(() => void this.sweep(), SWEEP_MS).unref();
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

  /** Deletes what is due. One at a time. */
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
    const { retentionMs, maxDataBytes, clock, logger } = this.#options;
    const sessions = [...this.#options.sessions()];
    const stored = new Map<Session, number>();
    for (const session of sessions) stored.set(session, await session.storedBytes());
    let total = [...stored.values()].reduce((sum, bytes) => sum + bytes, 0);
    const ended = sessions
      .filter((session) => session.endedMs !== undefined && !session.isWatched)
      .sort((a, b) => (a.endedMs ?? 0) - (b.endedMs ?? 0));
    for (const session of ended) {
      const ageMs = clock.now() - (session.endedMs ?? 0);
      if (ageMs < retentionMs && total <= maxDataBytes) continue;
      const bytes = stored.get(session) ?? 0;
      try {
        await this.#options.remove(session.id);
        total -= bytes;
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
  }
}
