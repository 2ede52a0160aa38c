import { StreamError } from '../errors.ts';
import type { Chunk } from './chunk.ts';

/** How long later chunks of a turn wait for one with a lower index before it counts as lost. */
export const MISSING_INDEX_WAIT_MS = 5_000;

type Turn = {
  /** Chunks that wait, by index. */
  readonly waiting: Map<number, Chunk>;
  /** Indices ever used: each may be used once. */
  readonly used: Set<number>;
  /** Indices whose body did not arrive: nobody waits for them, and they may be used again. */
  readonly released: Set<number>;
  /** Index that is due next. */
  due: number;
  nextFree: number;
  /** Since when later chunks wait for the due one, in ms since the epoch. */
  gapSinceMs: number | undefined;
};

/** Turns that are remembered for the order of late chunks. */
const REMEMBERED_TURNS = 100;
const NO_TURN = Symbol('no turn');

/**
 * Chunks in the order they are to be published: turns as they first appeared, and within a turn by index, whatever order they
 * arrived in.
 */
export class ChunkQueue {
  readonly #turns = new Map<string | typeof NO_TURN, Turn>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /**
   * Reserves the index of a new chunk, before its body has arrived: chunks without one are in the order of their requests.
   *
   * @throws {StreamError} `INDEX_TAKEN`.
   */
  reserve(turn: string | undefined, index: number | undefined): number {
    const entry = this.#turn(turn);
    const chosen = index ?? entry.nextFree;
    if (entry.used.has(chosen))
      throw new StreamError('INDEX_TAKEN', `turn ${turn ?? '(none)'} has a chunk ${chosen} already`);
    entry.used.add(chosen);
    entry.released.delete(chosen);
    entry.nextFree = Math.max(entry.nextFree, chosen + 1);
    return chosen;
  }

  /** Gives up a reserved index: its body did not arrive. Later chunks do not wait for it, and the sender may try it again. */
  release(turn: string | undefined, index: number): void {
    const entry = this.#turn(turn);
    entry.used.delete(index);
    if (index >= entry.due) entry.released.add(index);
  }

  add(chunk: Chunk): void {
    this.#turn(chunk.turn).waiting.set(chunk.index, chunk);
    this.#size += 1;
  }

  /**
   * Knows a turn again, before its chunks that wait are added.
   *
   * @param used - Indices that were used; nobody waits for those of them that are not added.
   */
  restore(turn: string | undefined, used: Iterable<number>, due: number, waiting: ReadonlySet<number>): void {
    const entry = this.#turn(turn);
    entry.due = due;
    for (const index of used) {
      entry.used.add(index);
      entry.nextFree = Math.max(entry.nextFree, index + 1);
      if (index >= due && !waiting.has(index)) entry.released.add(index);
    }
  }

  /**
   * The chunk that is due, without taking it; `undefined` when there is none yet.
   *
   * @param flush - Nothing more will come: do not wait for missing ones.
   */
  peek(nowMs: number, flush = false): Chunk | undefined {
    for (const turn of this.#turns.values()) {
      if (turn.waiting.size === 0) continue;
      return this.#due(turn, nowMs, flush);
    }
    return undefined;
  }

  /** Takes a chunk out: it is being published, failed or dropped. */
  remove(chunk: Chunk): void {
    const turn = this.#turn(chunk.turn);
    if (!turn.waiting.delete(chunk.index)) return;
    this.#size -= 1;
    turn.due = Math.max(turn.due, chunk.index + 1);
    for (const index of turn.released) if (index < turn.due) turn.released.delete(index);
    turn.gapSinceMs = undefined;
  }

  /** Everything that waits, in the order it would be published if nothing else came. */
  upcoming(): Chunk[] {
    return [...this.#turns.values()].flatMap((turn) => [...turn.waiting.values()].sort((a, b) => a.index - b.index));
  }

  /** The first `count` of `upcoming()` that are `wanted`, without sorting all: it is asked for with every chunk that comes. */
  first(count: number, wanted: (chunk: Chunk) => boolean): Chunk[] {
    const found: Chunk[] = [];
    for (const turn of this.#turns.values()) {
      if (found.length >= count) break;
      found.push(...lowestIndices(turn.waiting.values(), count - found.length, wanted));
    }
    return found;
  }

  /** Length of all that waits, in frames, as far as lengths are known. */
  get frames(): number {
    let frames = 0;
    for (const turn of this.#turns.values()) for (const chunk of turn.waiting.values()) frames += chunk.frames;
    return frames;
  }

  /** When a missing chunk will be given up, if one is waited for. */
  gapEndsMs(): number | undefined {
    const turn = [...this.#turns.values()].find((candidate) => candidate.waiting.size > 0);
    return turn?.gapSinceMs === undefined ? undefined : turn.gapSinceMs + MISSING_INDEX_WAIT_MS;
  }

  #due(turn: Turn, nowMs: number, flush: boolean): Chunk | undefined {
    const lowest = turn.waiting.get(Math.min(...turn.waiting.keys()));
    let due = turn.due;
    while (turn.released.has(due)) due += 1;
    // A chunk below the due index came after it was given up: as soon as possible is the best that is left.
    let comes = !lowest || lowest.index <= due || flush;
    // Its body is on the way, under time limits of its own: it is late, not missing.
    if (!comes && turn.used.has(due)) return undefined;
    if (lowest && !comes) {
      turn.gapSinceMs ??= nowMs;
      comes = nowMs - turn.gapSinceMs >= MISSING_INDEX_WAIT_MS;
      if (comes) turn.due = lowest.index;
    }
    if (!comes) return undefined;
    // Nothing is waited for any more: a wait that is over must wake nobody.
    turn.gapSinceMs = undefined;
    return lowest;
  }

  #turn(name: string | undefined): Turn {
    const key = name ?? NO_TURN;
    const known = this.#turns.get(key);
    if (known) return known;
    const turn: Turn = {
      waiting: new Map(),
      used: new Set(),
      released: new Set(),
      due: 0,
      nextFree: 0,
      gapSinceMs: undefined,
    };
    this.#turns.set(key, turn);
    if (this.#turns.size > REMEMBERED_TURNS) this.#forgetOldTurn();
    return turn;
  }

  #forgetOldTurn(): void {
    const newest = [...this.#turns.keys()].at(-1);
    const idle = [...this.#turns].find(([key, turn]) => turn.waiting.size === 0 && key !== NO_TURN && key !== newest);
    if (idle) this.#turns.delete(idle[0]);
  }
}

/** The `count` chunks of lowest index, in order. */
function lowestIndices(chunks: Iterable<Chunk>, count: number, wanted: (chunk: Chunk) => boolean): Chunk[] {
  const found: Chunk[] = [];
  for (const chunk of chunks) {
    const last = found.at(-1);
    if ((found.length >= count && last && chunk.index > last.index) || !wanted(chunk)) continue;
    const at = found.findIndex(({ index }) => index > chunk.index);
    found.splice(at < 0 ? found.length : at, 0, chunk);
    if (found.length > count) found.pop();
  }
  return found;
}
