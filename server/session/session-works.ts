import type { Logger } from 'pino';
import { StreamError } from '../errors.ts';
import { ChunkDesk } from './chunk-desk.ts';
import { ChunkFates } from './chunk-fates.ts';
import { BoundedEventLog } from './event-log.ts';
import { IdleLoop } from './idle-loop.ts';
import { Intake } from './intake.ts';
import { Interrupter } from './interrupter.ts';
import type { RestoredSession } from './restored-session.ts';
import { Resumption } from './resumption.ts';
import { sizeOf } from './segment-store.ts';
import type { Session } from './session.ts';
import type { SessionParts } from './session-parts.ts';
import { SessionStream } from './session-stream.ts';
import type { SessionSettings } from './settings.ts';
import { Turns } from './turns.ts';
import type { ChunkStatus, EventType, SessionState } from './types.ts';
import { Uploads } from './uploads.ts';

export type SessionWorksOptions = {
  readonly session: Session;
  readonly settings: SessionSettings;
  readonly parts: SessionParts;
  readonly logger: Logger;
  readonly restored: RestoredSession | undefined;
  state(): SessionState;
  /** @throws {StreamError} `SESSION_ENDED`. */
  assertOpen(): void;
  onEnded(): void;
};

/** What a session is made of, wired together. */
export class SessionWorks {
  readonly events: BoundedEventLog;
  readonly turns: Turns;
  readonly uploads: Uploads;
  readonly fates: ChunkFates;
  readonly stream: SessionStream;
  readonly desk: ChunkDesk;
  readonly interrupter: Interrupter;
  readonly intake: Intake;
  readonly resumption: Resumption | undefined;
  readonly #idleLoop: IdleLoop;
  readonly #options: SessionWorksOptions;
  readonly #emit = (type: EventType, fields: Readonly<Record<string, unknown>>): void => this.emit(type, fields);
  #closed = false;

  constructor(options: SessionWorksOptions) {
    this.#options = options;
    const { parts, settings, logger, restored, session } = options;
    const { limits, store, journal, clock } = parts;
    const { fps } = settings.profile;
    const emit = this.#emit;
    const onProgress = (): void => this.stream.run();
    const saved = restored?.saved;
    this.events = new BoundedEventLog({
      ...{ earlier: saved?.events ?? [], lastSeq: saved?.lastSeq ?? 0, isHeld: true },
    });
    this.turns = new Turns({
      append: (turn, clip) => {
        // A session that ends plays out what its turns still say.
        if (this.#closed) throw new StreamError('SESSION_ENDED', `session ${session.id} takes no more media`);
        return this.intake.appendClip(turn, clip);
      },
      // A session that ends waits for what its turns still make.
      ...{ emit, left: onProgress, record: (record) => journal.record(record) },
    });
    this.uploads = new Uploads({
      ...{ store, journal, account: parts.account, maxChunkBytes: limits.maxChunkBytes, logger },
      onStorageFault: (error) => parts.onStorageFault(error),
    });
    this.#idleLoop = new IdleLoop({
      load: (look, signal) => parts.idleLoop(look, signal),
      show: (loop) => this.stream.show(loop),
      onFailure: (error) =>
        logger.warn({ err: error }, 'the idle loop could not be made: its first picture stands still'),
    });
    const { turns, uploads } = this;
    this.fates = new ChunkFates({ ...{ fps, logger, turns, uploads, emit }, stream: () => this.stream });
    this.stream = this.#makeStream();
    const { stream, fates } = this;
    this.desk = new ChunkDesk(stream.preparerOptions(), {
      ...{ limits, fps, clock, onProgress },
      startsInMs: () => stream.secondsLeftOnAir() * 1000,
      ending: () => options.state() !== 'open',
      onEncoding: (chunk) => emit('chunk.encoding', { chunk: chunk.status() }),
      onAdjusted: (chunk) => fates.adjusted(chunk),
      onFailed: (chunk) => fates.failed(chunk),
    });
    const { desk } = this;
    this.interrupter = new Interrupter({ desk, stream, turns, fates, logger, emit, fps });
    this.intake = new Intake({
      ...{ parts, desk, turns, uploads, emit, onAccepted: onProgress },
      answers: (saved?.keys.chunk ?? []) as Iterable<[string, ChunkStatus]>,
      interruptions: () => this.interrupter.count,
      assertOpen: options.assertOpen,
    });
    this.resumption = saved && new Resumption({ saved, session, parts, desk, turns, stream, fates, emit });
    journal.onSettled = () => this.#settled();
  }

  /** An event is told once it is in the journal. */
  emit(type: EventType, fields: Readonly<Record<string, unknown>>): void {
    const { session, parts } = this.#options;
    const { journal, clock, observer } = parts;
    const event = this.events.append(type, clock.now(), fields);
    journal.record({ t: 'event', event });
    observer?.event(session.id, event);
    if (journal.settled) this.events.tell();
  }

  /** Counts what an earlier server stored. */
  async count(): Promise<void> {
    const { store, account } = this.#options.parts;
    await this.stream.count();
    account.put(store.soundPath, await sizeOf(store.soundPath));
    for (const { id, origin } of this.desk.waiting)
      account.put(id, await sizeOf(origin.kind === 'upload' ? origin.path : store.speechPath(id)));
  }

  /** Calls everything off. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#idleLoop.close();
    this.turns.interrupt([]);
    await this.uploads.close();
    await this.desk.close();
    await this.stream.close();
  }

  #makeStream(): SessionStream {
    const { settings, parts, restored, logger, state, onEnded } = this.#options;
    const hooks = {
      ...{ emit: this.#emit, onEnded, desk: () => this.desk },
      ending: () => state() !== 'open' && !this.turns.making,
      onStarted: (...started: Parameters<ChunkFates['started']>) => this.fates.started(...started),
      onFinished: (...finished: Parameters<ChunkFates['finished']>) => this.fates.finished(...finished),
      onFault: (error: unknown) => logger.error({ err: error }, 'publishing failed: the chunk on air is given up'),
      onSoundFailure: (error: unknown) =>
        logger.error({ err: error }, 'sound could not be encoded: silence in its place'),
      onIdleShown: () => this.#idleLoop.want(this.#options.session.preferences.look),
    };
    return new SessionStream(settings, parts, hooks, restored?.stream);
  }

  /** All that happened is in the journal: it may be shown and told. */
  #settled(): void {
    this.stream.settled();
    this.events.tell();
  }
}
