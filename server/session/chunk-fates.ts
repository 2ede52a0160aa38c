import type { Logger } from 'pino';
import { withholdText } from '../lib/withheld-text.ts';
import type { Chunk } from './chunk.ts';
import type { SessionStream } from './session-stream.ts';
import type { Turns } from './turns.ts';
import type { EventType } from './types.ts';
import type { Uploads } from './uploads.ts';

export type ChunkFatesOptions = {
  readonly fps: number;
  readonly logger: Logger;
  readonly turns: Turns;
  readonly uploads: Uploads;
  stream(): SessionStream;
  emit(type: EventType, fields: Readonly<Record<string, unknown>>): void;
};

/** Tells what becomes of chunks: events, log, journal, the turns they belong to, and the files that nobody needs any more. */
export class ChunkFates {
  readonly #options: ChunkFatesOptions;

  constructor(options: ChunkFatesOptions) {
    this.#options = options;
  }

  /** The first part of a chunk is out. */
  started(chunk: Chunk, startFrame: number): void {
    const { fps, emit, turns, logger, stream } = this.#options;
    const presentedMs = stream().presentationMs(startFrame);
    emit('chunk.published', {
      chunk: chunk.status(),
      start: startFrame / fps,
      duration: chunk.frames / fps,
      programDateTime: new Date(Math.round(presentedMs)).toISOString(),
      ...(chunk.text !== undefined && { text: chunk.text }),
      ...chunk.stageDurations(),
      stages: chunk.stagesSince(turns.of(chunk)?.startedMs ?? chunk.times.acceptedMs),
    });
    logger.info({ chunk: chunk.id, seconds: chunk.frames / fps, ...chunk.stageDurations() }, 'chunk published');
    this.#logText(chunk);
  }

  /** @param said - Undefined: all of it was heard; else what was. */
  finished(chunk: Chunk, said: string | undefined): void {
    const { turns, uploads, stream } = this.#options;
    const fate = said === undefined ? 'said' : 'cut';
    stream().fate(chunk, fate, said);
    turns.settle(chunk, fate, said);
    uploads.remove(chunk);
  }

  /** It will not be heard at all. */
  dropped(chunk: Chunk): void {
    const { emit, turns, uploads, stream } = this.#options;
    emit('chunk.dropped', { chunk: chunk.status(), ...(chunk.text !== undefined && { text: chunk.text }) });
    stream().fate(chunk, 'dropped');
    turns.settle(chunk, 'lost');
    uploads.remove(chunk);
  }

  /** What came of its file is not what that promised: it is told what was made of it. */
  adjusted(chunk: Chunk): void {
    const { fps, emit, logger } = this.#options;
    const { differences = [], complaints } = chunk.encoded ?? {};
    emit('chunk.adjusted', { chunk: chunk.status(), duration: chunk.frames / fps, differences });
    logger.info(
      { chunk: chunk.id, differences: differences.map(({ detail }) => detail), complaints },
      'chunk differs from what its file promised',
    );
  }

  failed(chunk: Chunk): void {
    const { emit, turns, uploads, logger, stream } = this.#options;
    const { error } = chunk;
    const kind = error?.kind;
    const detail = error?.message ?? 'unknown';
    const reason = { code: error?.code ?? 'INTERNAL', ...(kind !== undefined && { kind }), detail };
    emit('chunk.failed', {
      chunk: chunk.status(),
      ...(chunk.text !== undefined && { text: chunk.text }),
      reason,
    });
    // A reason may quote what was to be said.
    const logged = { code: reason.code, detail: withholdText(reason.detail, chunk.text) };
    logger.warn({ chunk: chunk.id, reason: logged }, 'chunk failed, the stream goes on');
    this.#logText(chunk, reason.detail);
    stream().fate(chunk, 'failed');
    // What is on air leaves it when all that came has been played.
    if (chunk.times.publishedMs !== undefined) return;
    if (chunk.heard) {
      this.finished(chunk, stream().heard(chunk));
      return;
    }
    turns.settle(chunk, 'lost');
    uploads.remove(chunk);
  }

  /** What people say is in no log, unless somebody looks for a fault: deleting a session does not reach logs. */
  #logText(chunk: Chunk, detail?: string): void {
    if (chunk.text !== undefined)
      this.#options.logger.debug({ chunk: chunk.id, text: chunk.text, ...(detail && { detail }) }, 'text of the chunk');
  }
}
