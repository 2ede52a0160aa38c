import { type ChunkRange, chunkOf } from './chunk-range.ts';

/** A chunk as it is played. */
export type PlayedChunk = {
  readonly id: string;
  readonly turn?: string;
  /** Place in its turn. */
  readonly index?: number;
  readonly text: string;
  /** When it begins on the stream's own clock. */
  readonly startDate: Date;
  /** In seconds, as far as it is known. */
  readonly duration: number;
  /** It goes on after filler had to come between. */
  readonly continues: boolean;
};

export type ChunkMark = { readonly type: 'start' | 'end'; readonly chunk: PlayedChunk };

/** More than any window lists; those that are over and older are forgotten first. */
const MAX_RANGES = 500;
/** Half a frame at 50 frames a second: a date that rounds is on its side of a boundary. */
const ROUNDING_MS = 10;

/** Says when chunks begin and end on screen, from what the playlist says of them. Reads no clock. */
export class ChunkMarks {
  readonly #ranges = new Map<string, ChunkRange>();
  readonly #playing = new Map<string, PlayedChunk>();

  add(range: ChunkRange): void {
    this.#ranges.set(range.id, range);
    for (const [oldest] of this.#ranges) {
      if (this.#ranges.size <= MAX_RANGES) {
        break;
      }
      this.#ranges.delete(oldest);
    }
  }

  /** @param dateMs - Program date time of what is on screen. @returns What began and ended since the last look, ends first. */
  at(dateMs: number): readonly ChunkMark[] {
    const marks: ChunkMark[] = [];
    for (const [id, chunk] of this.#playing) {
      const range = this.#ranges.get(id);
      if (range === undefined || !holds(range, dateMs)) {
        this.#playing.delete(id);
        marks.push({ type: 'end', chunk: range === undefined ? chunk : playedChunk(range) });
      }
    }
    for (const [id, range] of this.#ranges) {
      if (holds(range, dateMs) && !this.#playing.has(id)) {
        const chunk = playedChunk(range);
        this.#playing.set(id, chunk);
        marks.push({ type: 'start', chunk });
      }
    }
    return marks;
  }

  /** The stream is over: so is what was still being said. */
  end(): readonly ChunkMark[] {
    return this.at(Number.POSITIVE_INFINITY);
  }
}

function holds({ startMs, endMs }: ChunkRange, dateMs: number): boolean {
  return dateMs >= startMs - ROUNDING_MS && dateMs < endMs - ROUNDING_MS;
}

function playedChunk(range: ChunkRange): PlayedChunk {
  const { id, turn, index, text, startMs, endMs } = range;
  const chunkId = chunkOf(range);
  return {
    id: chunkId,
    ...(turn !== undefined && { turn }),
    ...(index !== undefined && { index }),
    text,
    startDate: new Date(startMs),
    duration: (endMs - startMs) / 1000,
    continues: id !== chunkId,
  };
}
