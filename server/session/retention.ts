import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { Session } from './session.ts';
import type { StorageBudget } from './storage-budget.ts';

/** Between two looks at most: nobody minds a minute when it is about days. */
const SWEEP_MS = 60_000;
/** After a start, before it is said that nobody uses a session: players have to find the server again. */
const RETURN_MS = 10 * 60_000;
/** How long a session is kept in which nothing was ever said: for who asks what became of it. */
const UNUSED_MS = 3_600_000;

/** Of all that may be kept: so much may be kept of what has ended, the rest is for what is open. */
const ENDED_SHARE = 0.75;

export type RetentionOptions = {
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long nobody uses a session before it is ended, in ms. */
  readonly idleMs: number;
  /** How long a session is kept after its end, in ms. */
  readonly retentionMs: number;
  /** Ended sessions that are kept. */
  readonly maxEnded: number;
  readonly budget: StorageBudget;
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
  #isSweepDue = false;
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

  /** There is no room: what may go goes now. */
  sweepSoon(): void {
    if (this.#isSweepDue) return;
    this.#isSweepDue = true;
    void this.sweep();
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
    this.#isSweepDue = false;
    const { maxEnded, clock } = this.#options;
    this.#endIdle();
    const sessions = [...this.#options.sessions()];
    const ended = sessions
      .filter((session) => session.endedMs !== undefined && !session.isWatched)
      .sort((a, b) => (a.endedMs ?? 0) - (b.endedMs ?? 0));
    let surplus = ended.length - maxEnded;
    for (const session of ended) {
      const isOver = this.#isOver(session, clock.now() - (session.endedMs ?? 0));
      if ((isOver || surplus > 0) && (await this.#remove(session))) surplus -= 1;
    }
    await this.#makeRoom();
    await this.#options.onSwept();
  }

  /** What has ended leaves room for what is open: whoever keeps most of it loses what ended first. */
  async #makeRoom(): Promise<void> {
    const { sessions, budget } = this.#options;
    const ended = [...sessions()].filter(({ endedMs }) => endedMs !== undefined);
    const kept = new Map<string, number>();
    for (const { account } of ended) kept.set(account.owner, (kept.get(account.owner) ?? 0) + account.bytes);
    let total = [...kept.values()].reduce((sum, bytes) => sum + bytes, 0);
    const candidates = new Set(ended.filter(({ isWatched }) => !isWatched));
    while (total > budget.maxBytes * ENDED_SHARE && candidates.size > 0) {
      const session = [...candidates].reduce((first, other) => (isBefore(other, first, kept) ? other : first));
      candidates.delete(session);
      const { owner, bytes } = session.account;
      if (!(await this.#remove(session))) continue;
      total -= bytes;
      kept.set(owner, (kept.get(owner) ?? 0) - bytes);
    }
  }

  /** @returns whether it is gone. */
  async #remove(session: Session): Promise<boolean> {
    const { clock, logger, remove } = this.#options;
    const { id, endedMs = 0, account } = session;
    const { bytes } = account;
    try {
      await remove(id);
    } catch (error) {
      // Somebody else deleted it meanwhile, or its files can't be deleted now: the next look comes.
      logger.warn({ err: error, session: id }, 'an ended session could not be deleted');
      return false;
    }
    const ageHours = Math.round((clock.now() - endedMs) / 3_600_000);
    logger.info({ session: id, ageHours, bytes }, 'an ended session is over its time');
    return true;
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

/** @param kept - Bytes of each owner's ended sessions. */
function isBefore(one: Session, other: Session, kept: ReadonlyMap<string, number>): boolean {
  const more = (kept.get(one.account.owner) ?? 0) - (kept.get(other.account.owner) ?? 0);
  return more > 0 || (more === 0 && (one.endedMs ?? 0) < (other.endedMs ?? 0));
}
