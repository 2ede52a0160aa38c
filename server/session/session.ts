import type { Logger } from 'pino';
import { StreamError } from '../errors.ts';
import { type Chunk, type ChunkFields, newChunkId } from './chunk.ts';
import { ChunkDesk } from './chunk-desk.ts';
import { BoundedEventLog } from './event-log.ts';
import { IdempotencyKeys } from './idempotency.ts';
import { given } from './preferences.ts';
import type { SessionParts } from './session-parts.ts';
import { SessionStream } from './session-stream.ts';
import type { SessionSettings } from './settings.ts';
import type { ClipRequest, Turn } from './turn.ts';
import { Turns } from './turns.ts';
import type {
  ChunkStatus,
  ChunkUpload,
  EventType,
  Interruption,
  Preferences,
  SessionHandle,
  SessionState,
  SessionStatus,
} from './types.ts';
import { Uploads } from './uploads.ts';

/** One conversation: chunks in, one stream out. */
export class Session implements SessionHandle {
  readonly id: string;
  readonly createdAt: Date;
  readonly settings: SessionSettings;
  readonly events = new BoundedEventLog();
  readonly #parts: SessionParts;
  readonly #logger: Logger;
  readonly #desk: ChunkDesk;
  readonly #stream: SessionStream;
  readonly #keys = new IdempotencyKeys<ChunkStatus>();
  readonly #uploads: Uploads;
  readonly #turns = new Turns({
    append: (turn, clip) => this.#appendClip(turn, clip),
    emit: (type, fields) => this.#emit(type, fields),
    // A session that ends waits for what its turns still make.
    left: () => this.#stream.run(),
  });
  #preferences: Preferences;
  #state: SessionState = 'open';
  #interruptions = 0;
  #closed = false;

  constructor(id: string, settings: SessionSettings, preferences: Preferences, parts: SessionParts) {
    this.id = id;
    this.settings = settings;
    this.#preferences = preferences;
    this.#parts = parts;
    this.#logger = parts.logger.child({ session: id });
    const { limits, store } = parts;
    this.#uploads = new Uploads({ store, maxChunkBytes: limits.maxChunkBytes, logger: this.#logger });
    this.createdAt = new Date(Math.round(parts.clock.now()));
    this.#stream = new SessionStream(settings, parts, {
      desk: () => this.#desk,
      ending: () => this.#state !== 'open' && !this.#turns.making,
      emit: (type, fields) => this.#emit(type, fields),
      onStarted: (chunk, startFrame) => this.#chunkStarted(chunk, startFrame),
      onFinished: (chunk, said) => this.#chunkFinished(chunk, said),
      onEnded: () => this.#ended(),
      onFault: (error) => this.#logger.error({ err: error }, 'publishing failed: the chunk on air is given up'),
      onStorageFailure: (error) =>
        this.#logger.error({ err: error }, 'a segment could not be stored: the recording will lack it'),
      onSoundFailure: (error) => this.#logger.error({ err: error }, 'sound could not be encoded: silence in its place'),
    });
    this.#desk = new ChunkDesk(this.#stream.preparerOptions(), {
      limits: parts.limits,
      fps: settings.profile.fps,
      clock: parts.clock,
      startsInMs: () => this.#stream.secondsLeftOnAir() * 1000,
      ending: () => this.#state !== 'open',
      onEncoding: (chunk) => this.#emit('chunk.encoding', { chunk: chunk.status() }),
      onProgress: () => this.#stream.run(),
      onFailed: (chunk) => this.#chunkFailed(chunk),
    });
    this.#emit('session.opened', { id, profile: settings.profile, pacing: settings.pacing });
  }

  get output(): SessionHandle['output'] {
    return this.#stream.output;
  }

  /** What the figures of the whole server need: less than `status()`, and at less cost. */
  get load() {
    return { state: this.#state, isBusy: this.busy, viewers: this.#stream.viewers() };
  }

  get preferences(): Preferences {
    return this.#preferences;
  }

  /** Something is being made, waits or is on air. */
  get busy(): boolean {
    return this.#turns.any || !this.#desk.empty || this.#stream.onAir !== undefined;
  }

  now(): number {
    return this.#parts.clock.now();
  }

  status(): SessionStatus {
    const { profile, pacing, filler, title } = this.settings;
    const publishedUntil = this.#stream.publishedUntil();
    return {
      id: this.id,
      state: this.#state,
      ...(title !== undefined && { title }),
      profile,
      pacing,
      filler,
      createdAt: this.createdAt.toISOString(),
      publishedUntil,
      queuedUntil: publishedUntil + this.#stream.secondsLeftOnAir() + this.#desk.queuedSeconds,
      chunks: { ...this.#desk.counts },
      preferences: this.#preferences,
      viewers: this.#stream.viewers(),
    };
  }

  append(upload: ChunkUpload): Promise<ChunkStatus> {
    return this.#keys.once(upload.idempotencyKey, () => this.#store(upload));
  }

  /**
   * Joins a turn, or begins it: the caller makes sentences for it and then leaves it.
   *
   * @throws {StreamError} `SESSION_ENDED`, `TURN_INTERRUPTED`.
   */
  joinTurn(id: string, fields: Readonly<Record<string, unknown>> = {}): Turn {
    this.#assertOpen();
    return this.#turns.join(id, this.now(), fields);
  }

  /** @throws {StreamError} `SESSION_ENDED`, `TURN_INTERRUPTED`: a turn of this name can't be begun any more. */
  assertTakes(turn: string | undefined): void {
    this.#assertOpen();
    this.#turns.assertNotInterrupted(turn);
  }

  /** @throws {StreamError} `QUEUE_FULL` when not all of `chunks` more may wait. */
  assertRoom(chunks: number): void {
    this.#desk.assertRoom(chunks);
  }

  /** Cancels all that is being made and drops all that is not published. @throws {StreamError} `SESSION_ENDED`. */
  interrupt(): Interruption {
    if (this.#state === 'ended') throw new StreamError('SESSION_ENDED', `session ${this.id} has ended`);
    this.#interruptions += 1;
    const waiting = this.#desk.drop();
    const { onAir } = this.#stream;
    const turns = this.#turns.interrupt([...waiting, ...(onAir ? [onAir] : [])].flatMap(({ turn }) => turn ?? []));
    const { at, chunk, said } = this.#stream.cut();
    const cutMs = this.#stream.presentationMs(Math.round(at * this.settings.profile.fps));
    const programDateTime = new Date(Math.round(cutMs)).toISOString();
    chunk?.abort.abort();
    const isHeard = said !== undefined;
    if (chunk && !isHeard) this.#desk.takeBack(chunk);
    const dropped = chunk && !isHeard ? [chunk, ...waiting] : waiting;
    const cut = chunk && isHeard && { chunk: chunk.status(), said };
    this.#emit('interrupted', { cutAt: at, programDateTime, turns, droppedChunks: dropped.length, ...cut });
    this.#logger.info({ cutAt: at, turns, droppedChunks: dropped.length, chunk: chunk?.id }, 'interrupted');
    if (chunk && isHeard) this.#chunkFinished(chunk, said);
    for (const each of dropped) this.#chunkDropped(each);
    this.#stream.run();
    return { at, programDateTime, droppedChunks: dropped.length };
  }

  async configure(preferences: Preferences): Promise<void> {
    this.#assertOpen();
    this.#parts.check?.({ ...this.#preferences, ...given(preferences) });
    const { look } = preferences;
    const idle = look === undefined || look === this.#preferences.look ? undefined : await this.#parts.idle(look);
    this.#assertOpen();
    this.#preferences = { ...this.#preferences, ...given(preferences) };
    if (idle) this.#stream.show(idle);
    const { instructions: _, ...told } = this.#preferences;
    this.#emit('session.changed', told);
  }

  end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    this.#logger.info('session ends when all is played out');
    this.#stream.run();
  }

  async recording(options: { keepFiller: boolean; signal: AbortSignal }): Promise<string> {
    if (this.#state !== 'ended')
      throw new StreamError('RECORDING_NOT_READY', 'the recording is made when the session has ended');
    return await this.#stream.recording(options.keepFiller);
  }

  /** Stops at once and deletes the files. Idempotent. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#state = 'ended';
    this.#turns.interrupt([]);
    await this.#uploads.close();
    await this.#desk.close();
    await this.#stream.close();
    await this.#parts.store.removeAll();
  }

  async #store(upload: ChunkUpload): Promise<ChunkStatus> {
    this.#assertOpen();
    this.#turns.assertNotInterrupted(upload.turn);
    this.#uploads.assertSize(upload.sizeBytes);
    const { turn, text } = upload;
    const index = this.#desk.reserve(turn, upload.index);
    const id = newChunkId();
    const interruptions = this.#interruptions;
    try {
      return await this.#uploads.store(id, upload, (path) => {
        this.#assertOpen();
        if (interruptions !== this.#interruptions)
          throw new StreamError('TURN_INTERRUPTED', 'the session was interrupted while this chunk was sent');
        return this.#accept({ id, index, turn, text, origin: { kind: 'upload', path } }).status();
      });
    } catch (error) {
      this.#desk.release(turn, index);
      throw error;
    }
  }

  #appendClip(turn: Turn, { text, origin, stages }: ClipRequest): Chunk {
    // A session that ends plays out what its turns still say.
    if (this.#closed) throw new StreamError('SESSION_ENDED', `session ${this.id} takes no more media`);
    this.#turns.assertNotInterrupted(turn.id);
    const index = this.#desk.reserve(turn.id, undefined);
    this.#emit('sentence', { turn: turn.id, index, text });
    return this.#accept({ id: newChunkId(), index, turn: turn.id, text, origin, ...(stages && { stages }) }, turn);
  }

  #accept(fields: Omit<ChunkFields, 'acceptedMs'>, turn?: Turn): Chunk {
    const chunk = this.#desk.add(fields);
    turn?.accepted(chunk);
    this.#emit('chunk.accepted', { chunk: chunk.status() });
    this.#desk.prepareAhead();
    this.#stream.run();
    return chunk;
  }

  #chunkStarted(chunk: Chunk, startFrame: number): void {
    const { fps } = this.settings.profile;
    const presentedMs = this.#stream.presentationMs(startFrame);
    this.#emit('chunk.published', {
      chunk: chunk.status(),
      start: startFrame / fps,
      duration: chunk.frames / fps,
      programDateTime: new Date(Math.round(presentedMs)).toISOString(),
      ...(chunk.text !== undefined && { text: chunk.text }),
      ...chunk.stageDurations(),
      stages: chunk.stagesSince(this.#turns.of(chunk)?.startedMs ?? chunk.times.acceptedMs),
    });
    this.#logger.info(
      { chunk: chunk.id, text: chunk.text, seconds: chunk.frames / fps, ...chunk.stageDurations() },
      'chunk published',
    );
  }

  #chunkFinished(chunk: Chunk, said: string | undefined): void {
    this.#turns.settle(chunk, said === undefined ? 'said' : 'cut', said);
    this.#uploads.remove(chunk);
  }

  #chunkDropped(chunk: Chunk): void {
    this.#emit('chunk.dropped', { chunk: chunk.status(), ...(chunk.text !== undefined && { text: chunk.text }) });
    this.#turns.settle(chunk, 'lost');
    this.#uploads.remove(chunk);
  }

  #chunkFailed(chunk: Chunk): void {
    const { error, text } = chunk;
    const reason = { code: error?.code ?? 'INTERNAL', detail: error?.message ?? 'unknown' };
    this.#emit('chunk.failed', { chunk: chunk.status(), ...(text !== undefined && { text }), reason });
    this.#logger.warn({ chunk: chunk.id, text, reason }, 'chunk failed, the stream goes on');
    // What is on air leaves it when all that came has been played.
    if (chunk.times.publishedMs !== undefined) return;
    this.#turns.settle(chunk, 'lost');
    this.#uploads.remove(chunk);
  }

  #ended(): void {
    this.#state = 'ended';
    this.#emit('session.ended', { duration: this.#stream.publishedUntil() });
    this.#logger.info({ seconds: this.#stream.publishedUntil() }, 'session ended');
  }

  #emit(type: EventType, fields: Readonly<Record<string, unknown>>): void {
    const event = this.events.append(type, this.#parts.clock.now(), fields);
    this.#parts.observer?.event(this.id, event);
  }

  #assertOpen(): void {
    if (this.#state !== 'open' || this.#closed)
      throw new StreamError('SESSION_ENDED', `session ${this.id} takes no more media`);
  }
}
