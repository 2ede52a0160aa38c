import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Encoder } from '../encode/encoder.ts';
import type { FillerClip } from '../encode/types.ts';
import { StreamError } from '../errors.ts';
import type { Sample } from '../isobmff/types.ts';
import type { Chunk, ChunkOrigin } from './chunk.ts';
import { ChunkDesk } from './chunk-desk.ts';
import type { Clock } from './clock.ts';
import { BoundedEventLog } from './event-log.ts';
import { IdempotencyKeys } from './idempotency.ts';
import type { SegmentStore } from './segment-store.ts';
import { type SessionLimits, type SessionSettings, SessionStream } from './session-stream.ts';
import type { ChunkStatus, ChunkUpload, EventType, SessionHandle, SessionState, SessionStatus } from './types.ts';

export type SessionParts = {
  readonly encoder: Encoder;
  readonly clock: Clock;
  readonly store: SegmentStore;
  readonly logger: Logger;
  readonly limits: SessionLimits;
  readonly filler: FillerClip;
  readonly silence: Sample;
};

/** Media made in this process on demand: one sentence of a turn. */
export type ClipRequest = {
  readonly text: string;
  readonly turn: string;
  readonly origin: Extract<ChunkOrigin, { kind: 'render' }>;
};

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
  readonly #uploads = new Set<Promise<unknown>>();
  readonly #closing = new AbortController();
  /** Turns that were told to have started and are not complete. */
  readonly #turns = new Set<string>();
  /** Chunks of each turn that are still to be published, for turns that are known to be complete. */
  readonly #turnsLeft = new Map<string, Set<string>>();
  #state: SessionState = 'open';
  #closed = false;

  constructor(id: string, settings: SessionSettings, parts: SessionParts) {
    this.id = id;
    this.settings = settings;
    this.#parts = parts;
    this.#logger = parts.logger.child({ session: id });
    this.createdAt = new Date(Math.round(parts.clock.now()));
    this.#stream = new SessionStream(settings, parts, {
      desk: () => this.#desk,
      ending: () => this.#state !== 'open',
      emit: (type, fields) => this.#emit(type, fields),
      onStarted: (chunk, startFrame) => this.#chunkStarted(chunk, startFrame),
      onFinished: (chunk) => this.#chunkFinished(chunk),
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
      startsInMs: () => this.#stream.startsInMs(),
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
      viewers: this.#stream.viewers(),
    };
  }

  append(upload: ChunkUpload): Promise<ChunkStatus> {
    return this.#keys.once(upload.idempotencyKey, () => {
      const storing = this.#store(upload).finally(() => this.#uploads.delete(storing));
      this.#uploads.add(storing);
      return storing;
    });
  }

  /** Queues media that is made on demand, at the end of its turn. @throws {StreamError} as `append`. */
  appendClip(request: ClipRequest): ChunkStatus {
    this.#assertOpen();
    const index = this.#desk.reserve(request.turn, undefined);
    if (!this.#turns.has(request.turn)) {
      this.#turns.add(request.turn);
      this.#emit('turn.started', { turn: request.turn });
    }
    this.#emit('sentence', { turn: request.turn, index, text: request.text });
    return this.#accept({ id: newId(), index, turn: request.turn, text: request.text, origin: request.origin });
  }

  /** No more chunks will come for this turn: `turn.completed` follows its last one. */
  completeTurn(turn: string, chunks: readonly ChunkStatus[]): void {
    // A turn may be said in several requests: it is complete when all of them are.
    const left = this.#turnsLeft.get(turn) ?? new Set<string>();
    for (const { id } of chunks) if (this.#desk.isPending(id)) left.add(id);
    this.#turnsLeft.set(turn, left);
    this.#settleTurn(turn);
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
    this.#closing.abort();
    await Promise.allSettled(this.#uploads);
    await this.#desk.close();
    await this.#stream.close();
    await this.#parts.store.removeAll();
  }

  async #store(upload: ChunkUpload): Promise<ChunkStatus> {
    this.#assertOpen();
    const { limits, store } = this.#parts;
    if ((upload.sizeBytes ?? 0) > limits.maxChunkBytes) {
      throw new StreamError(
        'BODY_TOO_LARGE',
        `a chunk may have ${limits.maxChunkBytes} bytes, this one has ${upload.sizeBytes}`,
      );
    }
    const index = this.#desk.reserve(upload.turn, upload.index);
    const id = newId();
    try {
      const path = await store.storeUpload(id, upload.body, {
        maxBytes: limits.maxChunkBytes,
        signal: AbortSignal.any([this.#closing.signal, ...(upload.signal ? [upload.signal] : [])]),
      });
      this.#assertOpen();
      return this.#accept({ id, index, turn: upload.turn, text: upload.text, origin: { kind: 'upload', path } });
    } catch (error) {
      this.#desk.release(upload.turn, index);
      await store.removeUpload(store.uploadPath(id));
      throw error;
    }
  }

  #accept(fields: {
    id: string;
    index: number;
    turn: string | undefined;
    text: string | undefined;
    origin: ChunkOrigin;
  }): ChunkStatus {
    const chunk = this.#desk.add(fields);
    this.#emit('chunk.accepted', { chunk: chunk.status() });
    const status = chunk.status();
    this.#desk.prepareAhead();
    this.#stream.run();
    return status;
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
      ...chunk.stageTimes(),
    });
    this.#logger.info(
      { chunk: chunk.id, text: chunk.text, seconds: chunk.frames / fps, ...chunk.stageTimes() },
      'chunk published',
    );
  }

  #chunkFinished(chunk: Chunk): void {
    this.#leaveTurn(chunk);
    this.#removeUpload(chunk);
  }

  /** The encoder and the journal are done with the upload. */
  #removeUpload(chunk: Chunk): void {
    const { origin } = chunk;
    if (origin.kind !== 'upload') return;
    void Promise.resolve(chunk.preparation)
      .then(() => this.#parts.store.removeUpload(origin.path))
      .catch((error: unknown) => this.#logger.warn({ err: error, chunk: chunk.id }, 'an upload could not be removed'));
  }

  #chunkFailed(chunk: Chunk): void {
    const { error } = chunk;
    const reason = { code: error?.code ?? 'INTERNAL', detail: error?.message ?? 'unknown' };
    this.#emit('chunk.failed', {
      chunk: chunk.status(),
      ...(chunk.text !== undefined && { text: chunk.text }),
      reason,
    });
    this.#logger.warn({ chunk: chunk.id, text: chunk.text, reason }, 'chunk failed, the stream goes on');
    this.#removeUpload(chunk);
    this.#leaveTurn(chunk);
  }

  #leaveTurn(chunk: Chunk): void {
    if (chunk.turn === undefined) return;
    this.#turnsLeft.get(chunk.turn)?.delete(chunk.id);
    this.#settleTurn(chunk.turn);
  }

  #settleTurn(turn: string): void {
    if (this.#turnsLeft.get(turn)?.size !== 0) return;
    this.#turnsLeft.delete(turn);
    this.#turns.delete(turn);
    this.#emit('turn.completed', { turn });
  }

  #ended(): void {
    this.#state = 'ended';
    this.#emit('session.ended', { duration: this.#stream.publishedUntil() });
    this.#logger.info({ seconds: this.#stream.publishedUntil() }, 'session ended');
  }

  #emit(type: EventType, fields: Readonly<Record<string, unknown>>): void {
    this.events.append(type, this.#parts.clock.now(), fields);
  }

  #assertOpen(): void {
    if (this.#state !== 'open' || this.#closed)
      throw new StreamError('SESSION_ENDED', `session ${this.id} takes no more media`);
  }
}

function newId(): string {
  return randomUUID().replaceAll('-', '');
}
