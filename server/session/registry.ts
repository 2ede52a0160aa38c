import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Encoder } from '../encode/encoder.ts';
import { StreamError } from '../errors.ts';
import type { Sample } from '../isobmff/types.ts';
import type { Clock } from './clock.ts';
import { given } from './preferences.ts';
import { SegmentStore } from './segment-store.ts';
import { Session } from './session.ts';
import { type SessionLimits, settingsOf } from './settings.ts';
import { encodeSilence } from './sound-lane.ts';
import type { Preferences, SessionObserver, SessionOptions, SessionRegistry } from './types.ts';

const ID_PATTERN = /^[a-z0-9][a-z0-9-]{2,63}$/;
/** 128 bits and more: ids are the only secret an open server has. */
const ID_BYTES = 16;
export type RegistryOptions = {
  readonly encoder: Encoder;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly dataDirectory: string;
  readonly maxSessions: number;
  readonly leadMs: number;
  readonly limits: SessionLimits;
  /** @throws {StreamError} `REQUEST_INVALID` for a voice, language or look that there is not. */
  check?(preferences: Preferences): void;
  readonly observer?: SessionObserver;
};

/** All sessions of this server. */
export class Sessions implements SessionRegistry {
  readonly #options: RegistryOptions;
  /** In the order they were opened. */
  readonly #sessions = new Map<string, Session>();
  readonly #opening = new Set<string>();
  readonly #silence = new Map<number, Promise<Sample>>();

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#sessions.size;
  }

  async create(options: SessionOptions): Promise<Session> {
    const id = options.id ?? randomBytes(ID_BYTES).toString('hex');
    if (!ID_PATTERN.test(id))
      throw new StreamError('REQUEST_INVALID', `id must match ${ID_PATTERN.source}, got '${id.slice(0, 80)}'`);
    if (this.#sessions.has(id) || this.#opening.has(id))
      throw new StreamError('SESSION_EXISTS', `there is a session ${id} already`);
    const { maxSessions } = this.#options;
    if (this.#sessions.size + this.#opening.size >= maxSessions) {
      throw new StreamError('SESSION_LIMIT', `${maxSessions} sessions are open already`);
    }
    this.#opening.add(id);
    try {
      const session = await this.#open(id, options);
      this.#sessions.set(id, session);
      return session;
    } finally {
      this.#opening.delete(id);
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

  async delete(id: string): Promise<void> {
    const session = this.#sessions.get(id);
    if (!session) throw new StreamError('SESSION_NOT_FOUND', `there is no session ${id}`);
    this.#sessions.delete(id);
    await session.close();
    this.#options.observer?.deleted(id);
    this.#options.logger.info({ session: id }, 'session deleted');
  }

  /** Stops all sessions and deletes their files: they can't be reopened. */
  async close(): Promise<void> {
    await Promise.all([...this.#sessions.keys()].map((id) => this.delete(id)));
  }

  async #open(id: string, options: SessionOptions): Promise<Session> {
    const { encoder, clock, logger, dataDirectory, limits, leadMs, observer } = this.#options;
    const settings = settingsOf(options, leadMs);
    const { voice, language, look, instructions } = options;
    const preferences = given({ voice, language, look, instructions });
    this.#options.check?.(preferences);
    const idle = (name: string | undefined) => encoder.filler(settings.profile, settings.targetDuration, name);
    const [filler, silence] = await Promise.all([idle(look), this.#silenceAt(settings.profile.audioRate)]);
    const store = new SegmentStore(join(dataDirectory, id));
    const check = (wanted: Preferences) => this.#options.check?.(wanted);
    const parts = { encoder, clock, store, logger, limits, filler, idle, silence, check, observer };
    const session = new Session(id, settings, preferences, parts);
    logger.info({ session: id, pacing: settings.pacing, filler: settings.filler }, 'session opened');
    return session;
  }

  #silenceAt(audioRate: number): Promise<Sample> {
    const known = this.#silence.get(audioRate);
    if (known) return known;
    const making = encodeSilence(this.#options.encoder.sound(audioRate));
    this.#silence.set(audioRate, making);
    making.catch(() => this.#silence.delete(audioRate));
    return making;
  }
}
