import { StreamError } from '../errors.ts';
import { type Chunk, type ChunkFields, newChunkId } from './chunk.ts';
import type { ChunkDesk } from './chunk-desk.ts';
import { IdempotencyKeys } from './idempotency.ts';
import { savedChunk } from './new-session.ts';
import type { SessionParts } from './session-parts.ts';
import type { ClipRequest, Turn } from './turn.ts';
import type { Turns } from './turns.ts';
import type { ChunkStatus, ChunkUpload, EventType } from './types.ts';
import type { Uploads } from './uploads.ts';

export type IntakeOptions = {
  readonly parts: SessionParts;
  readonly desk: ChunkDesk;
  readonly turns: Turns;
  readonly uploads: Uploads;
  /** Answers to requests that an earlier server gave. */
  readonly answers: Iterable<readonly [key: string, answer: ChunkStatus]>;
  /** Times that the session was interrupted. */
  interruptions(): number;
  emit(type: EventType, fields: Readonly<Record<string, unknown>>): void;
  /** @throws {StreamError} `SESSION_ENDED`. */
  assertOpen(): void;
  /** A chunk waits. */
  onAccepted(): void;
};

/** How chunks get into a session: uploads once they are safe on disk, sentences of turns as they are made. */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #keys: IdempotencyKeys<ChunkStatus>;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#keys = new IdempotencyKeys(options.answers);
  }

  append(upload: ChunkUpload): Promise<ChunkStatus> {
    return this.#keys.once(upload.idempotencyKey, () => this.#store(upload));
  }

  /** @throws {StreamError} `QUEUE_FULL`, `TURN_INTERRUPTED`. */
  appendClip(turn: Turn, { text, origin, stages }: ClipRequest): Chunk {
    const { desk, turns, parts, emit } = this.#options;
    turns.assertNotInterrupted(turn.id);
    const index = desk.reserve(turn.id, undefined);
    emit('sentence', { turn: turn.id, index, text });
    const place = desk.accept(turn.id, index);
    const fields = { id: newChunkId(), index, place, turn: turn.id, text, origin, ...(stages && { stages }) };
    parts.journal.record({ t: 'accept', ...savedChunk(fields, parts.clock.now(), 0, undefined) });
    return this.#accept(fields, turn);
  }

  async #store(upload: ChunkUpload): Promise<ChunkStatus> {
    const { desk, turns, uploads, parts } = this.#options;
    this.#options.assertOpen();
    turns.assertNotInterrupted(upload.turn);
    uploads.assertSize(upload.sizeBytes);
    parts.assertStorable();
    const { turn, text } = upload;
    const index = desk.reserve(turn, upload.index);
    const id = newChunkId();
    const interruptions = this.#options.interruptions();
    try {
      return await uploads.store(id, upload, async ({ path, sizeBytes }) => {
        this.#assertStill(interruptions);
        const place = desk.accept(turn, index);
        const fields = { id, index, place, turn, text, origin: { kind: 'upload', path } } as const;
        await this.#noteAccepted(fields, sizeBytes, upload.idempotencyKey, interruptions);
        return this.#accept(fields).status();
      });
    } catch (error) {
      desk.release(turn, index);
      throw error;
    }
  }

  /** Puts a chunk into the journal before it is accepted. @throws {StreamError} `STORAGE_FULL`, `SESSION_ENDED`, `TURN_INTERRUPTED`. */
  async #noteAccepted(
    fields: Omit<ChunkFields, 'acceptedMs'>,
    sizeBytes: number,
    key: string | undefined,
    interruptions: number,
  ): Promise<void> {
    const { parts, desk } = this.#options;
    const { journal, clock } = parts;
    journal.record({ t: 'accept', ...savedChunk(fields, clock.now(), sizeBytes, key) });
    try {
      await journal.synced();
      this.#assertStill(interruptions);
    } catch (error) {
      journal.record({ t: 'fate', chunk: fields.id, fate: 'refused', shown: 0 });
      desk.refuse(fields.turn, fields.index);
      throw error;
    }
  }

  #assertStill(interruptions: number): void {
    this.#options.assertOpen();
    if (interruptions === this.#options.interruptions()) return;
    throw new StreamError('TURN_INTERRUPTED', 'the session was interrupted while this chunk was sent');
  }

  #accept(fields: Omit<ChunkFields, 'acceptedMs'>, turn?: Turn): Chunk {
    const { desk, emit, onAccepted } = this.#options;
    const chunk = desk.add(fields);
    turn?.accepted(chunk);
    emit('chunk.accepted', { chunk: chunk.status() });
    desk.prepareAhead();
    onAccepted();
    return chunk;
  }
}
