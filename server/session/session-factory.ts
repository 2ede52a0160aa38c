import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Encoder } from '../encode/encoder.ts';
import type { FillerClip } from '../encode/types.ts';
import { StreamError } from '../errors.ts';
import type { Sample } from '../isobmff/types.ts';
import { pictureSizes } from '../timeline/profile.ts';
import type { Clock } from './clock.ts';
import type { ClipStore } from './journal/clip-store.ts';
import { leapOf, seqAfter } from './journal/leap.ts';
import type { ReadJournal } from './journal/read-saved.ts';
import { SessionJournal, type SessionJournalOptions } from './journal/session-journal.ts';
import type { Storage } from './journal/storage.ts';
import { given } from './preferences.ts';
import { neededClips } from './restored-stream.ts';
import { SegmentStore } from './segment-store.ts';
import { Session } from './session.ts';
import type { SessionParts } from './session-parts.ts';
import { assertCarried, type SessionLimits, type SessionSettings, settingsOf } from './settings.ts';
import { audioSample, encodeSilence } from './sound-lane.ts';
import { StorageAccount } from './storage-account.ts';
import type { StorageBudget } from './storage-budget.ts';
import type { Preferences, SessionOptions } from './types.ts';

/** In an entity tag: enough that no two sessions of a name have the same. */
const TAG_BYTES = 6;

export type FactoryOptions = Pick<
  SessionParts,
  'assertStorable' | 'onStorageFault' | 'check' | 'remake' | 'observer'
> & {
  readonly encoder: Encoder;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly dataDirectory: string;
  readonly leadMs: number;
  readonly limits: SessionLimits;
  readonly storage: Storage;
  readonly budget: StorageBudget;
  readonly clips: ClipStore;
};

/** Makes sessions: new ones, and those of an earlier server. */
export class SessionFactory {
  readonly #options: FactoryOptions;
  readonly #silence = new Map<number, Promise<Sample>>();

  constructor(options: FactoryOptions) {
    this.#options = options;
  }

  /** The files of a session. */
  store(id: string): SegmentStore {
    const { dataDirectory, storage } = this.#options;
    return new SegmentStore(join(dataDirectory, id), storage.disk);
  }

  /**
   * Opens a new session; resolves when it is on disk.
   *
   * @throws {StreamError} `REQUEST_INVALID`, `PROFILE_TOO_LARGE`, `STORAGE_FULL`; the signal's reason.
   */
  async create(id: string, options: SessionOptions, signal?: AbortSignal): Promise<Session> {
    const { logger, check, leadMs, limits, assertStorable } = this.#options;
    const settings = settingsOf(options, leadMs);
    assertCarried(settings.profile, limits);
    const { voice, language, look, instructions, owner } = options;
    const preferences = given({ voice, language, look, instructions });
    check?.(preferences);
    assertStorable();
    const [filler, silence] = await Promise.all([
      this.#idle(settings, look, signal),
      this.#silenceAt(settings.profile.audioRate),
    ]);
    const store = this.store(id);
    if (await store.exists())
      throw new StreamError('SESSION_EXISTS', `files of a session ${id} lie here that could not be opened`);
    const account = new StorageAccount(this.#options.budget, owner);
    const journal = this.#journal(store, settings, { account });
    const tag = randomBytes(TAG_BYTES).toString('base64url');
    const session = new Session(
      id,
      settings,
      preferences,
      this.#parts(store, settings, { journal, account, filler, silence, tag }),
    );
    try {
      await journal.synced();
    } catch (error) {
      await session.discard();
      await store.removeAll().catch(() => undefined);
      account.close();
      throw error;
    }
    logger.info({ session: id, pacing: settings.pacing, filler: settings.filler }, 'session opened');
    return session;
  }

  /**
   * Opens a session of an earlier server.
   *
   * @param isDoubtful - The end of its journal can't be trusted.
   */
  async reopen(id: string, read: ReadJournal, isDoubtful: boolean): Promise<Session> {
    const { session: saved, batch, goodBytes, sound } = read;
    const { settings, preferences, open } = saved;
    const store = this.store(id);
    const filler = await this.#idle(settings, preferences.look).catch(() => this.#idle(settings, undefined));
    const account = new StorageAccount(this.#options.budget, open.owner);
    const from = { batch: batch + 1, sizeBytes: goodBytes, slot: saved.stream.state.slot ?? 0 };
    const journal = this.#journal(store, settings, { account, from });
    const loaded = await this.#loadClips(read, store);
    const reopened = this.#reopenRecord(read, isDoubtful || !loaded, filler);
    if (reopened) {
      saved.apply(reopened);
      journal.record(reopened);
    }
    const silence = audioSample(new Uint8Array(Buffer.from(open.silence, 'base64')));
    const parts = this.#parts(store, settings, { journal, account, filler, silence, tag: open.tag });
    const state = saved.stream.state;
    const isLeapt = reopened?.t === 'reopen' && reopened.leap !== undefined;
    const stream = { state, clips: loaded ?? new Map<string, FillerClip>(), sound: isLeapt ? [] : sound };
    const session = new Session(id, settings, preferences, parts, { saved, stream });
    await session.count();
    return session;
  }

  /** What the journal is told of the restart; nothing when the session was at rest. */
  #reopenRecord({ session: saved }: ReadJournal, isDoubtful: boolean, filler: FillerClip) {
    const { clock } = this.#options;
    const isEnded = saved.state === 'ended';
    const isLive = saved.settings.pacing === 'live';
    const hasOpen = saved.queue.onAir !== undefined || saved.turns.open.some(({ making }) => making);
    if (isEnded || (!isDoubtful && !hasOpen)) return undefined;
    return {
      ...({ t: 'reopen', atMs: clock.now() } as const),
      // All that was shown was shown before this server began.
      ...(isDoubtful && isLive && { leap: leapOf(saved, clock.startedMs, filler.id) }),
      ...(isDoubtful && { seq: seqAfter(saved, clock.startedMs) }),
    };
  }

  /** The filler clips that a stream needs to go on; `undefined` when one is gone. */
  async #loadClips({ session }: ReadJournal, store: SegmentStore): Promise<Map<string, FillerClip> | undefined> {
    const renditions = pictureSizes(session.settings.profile).length;
    const found = new Map<string, FillerClip>();
    for (const [id, cut] of neededClips(session.stream.state)) {
      const clip = await this.#options.clips.load({ id, cut, renditions }, store.clipsDirectory);
      if (!clip) return undefined;
      found.set(id, clip);
    }
    return found;
  }

  #parts(
    store: SegmentStore,
    settings: SessionSettings,
    own: Pick<SessionParts, 'journal' | 'account' | 'filler' | 'silence' | 'tag'>,
  ): SessionParts {
    const { encoder, clock, logger, limits, clips, assertStorable, onStorageFault, check, remake, observer } =
      this.#options;
    return {
      ...{ encoder, clock, logger, limits, clips, store, assertStorable, onStorageFault, observer, ...own },
      idle: (look) => this.#idle(settings, look),
      idleLoop: (look, signal) => this.#idleLoop(settings, look, signal),
      check: (wanted: Preferences) => check?.(wanted),
      ...(remake && { remake }),
    };
  }

  #journal(
    store: SegmentStore,
    settings: SessionSettings,
    own: Pick<SessionJournalOptions, 'account' | 'from'>,
  ): SessionJournal {
    const { storage, clips, logger } = this.#options;
    return new SessionJournal({ store, storage, clips, logger, durable: settings.pacing === 'asap', ...own });
  }

  /** Filler of a look that can be shown at once. */
  async #idle(
    { profile, targetDuration }: SessionSettings,
    look: string | undefined,
    signal?: AbortSignal,
  ): Promise<FillerClip> {
    return await this.#kept(await this.#options.encoder.filler({ profile, targetDuration, look }, signal));
  }

  async #idleLoop(
    { profile, targetDuration }: SessionSettings,
    look: string | undefined,
    signal: AbortSignal,
  ): Promise<FillerClip> {
    return await this.#kept(await this.#options.encoder.idleLoop({ profile, targetDuration, look }, signal));
  }

  /** Keeps a clip for the journals that will name it. */
  async #kept(clip: FillerClip): Promise<FillerClip> {
    const { clips, storage } = this.#options;
    await clips.keep(clip).catch((error: unknown): StreamError => storage.health.fail(error));
    return clip;
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
