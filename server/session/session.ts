import type { Logger } from 'pino';
import { StreamError } from '../errors.ts';
import type { BoundedEventLog } from './event-log.ts';
import type { KeyKind } from './journal/records.ts';
import { openRecord } from './new-session.ts';
import { changed } from './preferences.ts';
import type { RestoredSession } from './restored-session.ts';
import { NO_MEMORY, type SessionMemory } from './resumption.ts';
import type { SessionParts } from './session-parts.ts';
import { loadOf, statusOf } from './session-status.ts';
import { SessionWorks } from './session-works.ts';
import type { SessionSettings } from './settings.ts';
import type { StorageAccount } from './storage-account.ts';
import type { Turn } from './turn.ts';
import type {
  ChunkStatus,
  ChunkUpload,
  Interruption,
  PreferenceChanges,
  Preferences,
  SessionHandle,
  SessionState,
  SessionStatus,
} from './types.ts';

/** One conversation: chunks in, one stream out. */
export class Session implements SessionHandle {
  readonly id: string;
  readonly createdAt: Date;
  readonly settings: SessionSettings;
  readonly #parts: SessionParts;
  readonly #logger: Logger;
  readonly #works: SessionWorks;
  #preferences: Preferences;
  #state: SessionState;
  #endedMs: number | undefined;
  #usedMs: number;
  #endReason: 'idle' | undefined;
  #closed = false;

  /** @param restored - What an earlier server had; `resume()` goes on with it. */
  constructor(
    id: string,
    settings: SessionSettings,
    preferences: Preferences,
    parts: SessionParts,
    restored?: RestoredSession,
  ) {
    this.id = id;
    this.settings = settings;
    this.#preferences = preferences;
    this.#parts = parts;
    this.#logger = parts.logger.child({ session: id });
    const saved = restored?.saved;
    this.createdAt = new Date(saved?.open.createdMs ?? Math.round(parts.clock.now()));
    this.#state = saved?.state ?? 'open';
    this.#endedMs = saved?.endedMs;
    this.#usedMs = saved?.atMs ?? this.createdAt.getTime();
    this.#works = new SessionWorks({
      ...{ session: this, settings, parts, logger: this.#logger, restored },
      state: () => this.#state,
      assertOpen: () => this.#assertOpen(),
      onEnded: () => this.#ended(),
    });
    if (!restored) this.#open();
  }

  get events(): BoundedEventLog {
    return this.#works.events;
  }

  get output(): SessionHandle['output'] {
    return this.#works.stream.output;
  }

  /** What the figures of the whole server need: less than `status()`, and at less cost. */
  get load() {
    return loadOf(this, this.#works, this.#state);
  }

  get preferences(): Preferences {
    return this.#preferences;
  }

  /** Something is being made, waits or is on air. */
  get busy(): boolean {
    return this.#works.turns.any || !this.isQuiet;
  }

  /** Nothing is on air but filler, and nothing waits to be. */
  get isQuiet(): boolean {
    const { desk, stream } = this.#works;
    return desk.empty && stream.onAir === undefined;
  }

  /** What an earlier server has left for the conversation. */
  get memory(): SessionMemory {
    return this.#works.resumption?.memory ?? NO_MEMORY;
  }

  /** When it ended, in ms since the epoch. */
  get endedMs(): number | undefined {
    return this.#endedMs;
  }

  /** Nothing was ever accepted. */
  get isUnused(): boolean {
    return this.#works.desk.counts.accepted === 0;
  }

  /**
   * How long nobody has watched it, listened to its events, sent anything to it or waited for what it makes, in ms. What goes on
   * while this is asked counts from then on: ask now and then.
   */
  idleMs(): number {
    const { stream, events } = this.#works;
    if (this.busy || events.listeners > 0) this.#usedMs = this.now();
    this.#usedMs = Math.max(this.#usedMs, stream.watchedMs);
    return this.now() - this.#usedMs;
  }

  /** What it keeps on disk. */
  get account(): StorageAccount {
    return this.#parts.account;
  }

  /** Counts what an earlier server stored, before anything is added. */
  async count(): Promise<void> {
    if (!this.isUnused) await this.#works.count();
  }

  /** Names of the filler clips that its journal needs. */
  get clipNames(): readonly string[] {
    return this.#works.stream.clipNames;
  }

  /** Somebody watches, or may still be playing what its playlist names. */
  get isWatched(): boolean {
    const { stream } = this.#works;
    return stream.viewers() > 0 || this.now() - (this.#endedMs ?? this.now()) < stream.listedSeconds * 1000;
  }

  now(): number {
    return this.#parts.clock.now();
  }

  status(): SessionStatus {
    return statusOf(this, this.#works, this.#state);
  }

  append(upload: ChunkUpload): Promise<ChunkStatus> {
    this.#usedMs = this.now();
    return this.#works.intake.append(upload);
  }

  /**
   * Joins a turn, or begins it: the caller makes sentences for it and then leaves it.
   *
   * @throws {StreamError} `SESSION_ENDED`, `TURN_INTERRUPTED`.
   */
  joinTurn(id: string, fields: Readonly<Record<string, unknown>> = {}): Turn {
    this.#assertOpen();
    this.#usedMs = this.now();
    return this.#works.turns.join(id, this.now(), fields);
  }

  /** The turn of this name, while it is being made or played. */
  openTurn(id: string): Turn | undefined {
    return this.#works.turns.get(id);
  }

  /** @throws {StreamError} `SESSION_ENDED`, `TURN_INTERRUPTED`, `STORAGE_FULL`: a turn of this name can't be begun now. */
  assertTakes(turn: string | undefined): void {
    this.#assertOpen();
    this.#works.turns.assertNotInterrupted(turn);
    this.#parts.assertStorable();
  }

  /** @throws {StreamError} `QUEUE_FULL` when not all of `chunks` more may wait. */
  assertRoom(chunks: number): void {
    this.#works.desk.assertRoom(chunks);
  }

  /** Notes what the model is asked in a turn. */
  noteAsked(turn: string, user: string): void {
    this.#parts.journal.record({ t: 'asked', turn, user });
  }

  /** Notes what a request was answered, to answer the same when it comes again. */
  noteAnswer(kind: KeyKind, key: string | undefined, answer: unknown): void {
    if (key !== undefined) this.#parts.journal.record({ t: 'key', kind, key, answer });
  }

  /** Resolves when all that happened so far may be told. */
  written(): Promise<void> {
    return this.#parts.journal.written();
  }

  /** Resolves when all that was accepted is on disk. @throws {StreamError} `STORAGE_FULL`. */
  synced(): Promise<void> {
    return this.#parts.journal.synced();
  }

  /** Takes back what was accepted for a turn but could not be stored. */
  withdraw(turn: string, chunks: readonly ChunkStatus[]): void {
    const { turns, desk, fates } = this.#works;
    turns.get(turn)?.interrupt(new StreamError('STORAGE_FULL', 'the turn could not be stored'));
    for (const chunk of desk.withdraw(new Set(chunks.map(({ id }) => id)))) fates.dropped(chunk);
  }

  /** Cancels all that is being made and drops all that is not published. @throws {StreamError} `SESSION_ENDED`. */
  interrupt(): Interruption {
    if (this.#state === 'ended') throw new StreamError('SESSION_ENDED', `session ${this.id} has ended`);
    return this.#works.interrupter.interrupt();
  }

  /** Interrupts all but these turns, if there is anything else. */
  interruptBeside(turns: ReadonlySet<string>): void {
    if (this.#state !== 'ended') this.#works.interrupter.interruptBeside(turns);
  }

  async configure(changes: PreferenceChanges): Promise<void> {
    this.#assertOpen();
    const wanted = changed(this.#preferences, changes);
    this.#parts.check?.(wanted);
    const idle = wanted.look === this.#preferences.look ? undefined : await this.#parts.idle(wanted.look);
    this.#assertOpen();
    this.#usedMs = this.now();
    this.#preferences = changed(this.#preferences, changes);
    this.#parts.journal.record({ t: 'preferences', preferences: this.#preferences });
    if (idle) this.#works.stream.show(idle);
    this.#works.emit('session.changed', { ...this.#preferences, instructions: undefined });
  }

  /** @param reason - Why, when nobody asked for it. */
  end(reason?: 'idle'): void {
    if (this.#state !== 'open') return;
    this.#endReason = reason;
    this.#state = 'ending';
    this.#parts.journal.record({ t: 'state', state: 'ending', atMs: this.now() });
    this.#logger.info({ reason }, 'session ends when all is played out');
    this.#works.stream.run();
  }

  async recording(options: { keepFiller: boolean }): Promise<string> {
    if (this.#state !== 'ended')
      throw new StreamError('RECORDING_NOT_READY', 'the recording is made when the session has ended');
    return await this.#works.stream.recording(options.keepFiller);
  }

  /** Goes on with what an earlier server had. @returns whether there was anything to go on with. */
  resume(): boolean {
    return this.#works.resumption?.resume() ?? false;
  }

  /** Stops at once; what is on disk is what a later server goes on with. Idempotent. */
  async suspend(): Promise<void> {
    this.#works.stream.stop();
    // What is called off from here on is not a fate that the journal should know of.
    await this.#parts.journal.close();
    await this.#close();
  }

  /** Stops at once, for good. Idempotent. */
  async discard(): Promise<void> {
    await this.#parts.journal.discard();
    await this.#close();
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#state = 'ended';
    await this.#works.close();
  }

  #open(): void {
    const { id, createdAt, settings } = this;
    const { profile, pacing } = settings;
    const anchorMs = pacing === 'live' ? this.#works.stream.presentationMs(0) : undefined;
    const session = { id, createdAt, settings, preferences: this.#preferences, parts: this.#parts, anchorMs };
    this.#parts.journal.record(openRecord(session));
    this.#works.emit('session.opened', { id, profile, pacing });
  }

  #ended(): void {
    const duration = this.#works.stream.publishedUntil();
    this.#state = 'ended';
    this.#endedMs = this.now();
    this.#parts.journal.record({ t: 'state', state: 'ended', atMs: this.#endedMs });
    const reason = this.#endReason;
    this.#works.emit('session.ended', { duration, ...(reason && { reason }) });
    this.#logger.info({ seconds: duration }, 'session ended');
  }

  #assertOpen(): void {
    if (this.#state !== 'open' || this.#closed)
      throw new StreamError('SESSION_ENDED', `session ${this.id} takes no more media`);
  }
}
