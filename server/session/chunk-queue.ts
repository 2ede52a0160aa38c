import { StreamError } from '../errors.ts';
import type { Chunk } from './chunk.ts';

/** How long later chunks of a turn wait for one with a lower index before it counts as lost. */
export const MISSING_INDEX_WAIT_MS = 5_000;

/** Chunks of one turn that follow each other in the queue, by index. */
type Line = { readonly place: number; readonly turn: Turn; readonly waiting: Map<number, Chunk> };

type Turn = {
  /** Chunks that are accepted, but not added yet: their records are on the way to the disk. Index to place. */
  readonly accepting: Map<number, number>;
  /** The place that was given last. */
  place: number | undefined;
  /** Chunks that wait, in all lines. */
  waiting: number;
  /** Indices ever used: each may be used once. */
  readonly used: Set<number>;
  /** Indices whose body did not arrive: later chunks do not wait for them, and they may be used again. */
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
 * Chunks in the order they are to be published: by place, which they get when they are accepted, and within a place by index, whatever
 * order they arrived in.
 *
 * All that waits of a named turn has one place, so that what is accepted later does not tear the turn apart. A turn of which nothing
 * waits or is on air gets a new place, behind all others, with its next chunk. Chunks without a turn are in the order they were
 * accepted: they share a place only while nothing else is accepted in between. The journal keeps the place of each chunk, so that the
 * order is the same after a restart.
 */
export class ChunkQueue {
  readonly #turns = new Map<string | typeof NO_TURN, Turn>();
  /** By place, the first to be published first. None is empty. */
  readonly #lines = new Map<number, Line>();
  /** Part of it was published before the server was started again: it comes before everything else. */
  #begun: Chunk | undefined;
  #waiting = 0;
  #nextPlace = 0;

  get size(): number {
    return this.#waiting + (this.#begun ? 1 : 0);
  }

  /** The chunk that was on air when the server was started again, while it waits for that once more. */
  get begun(): Chunk | undefined {
    return this.#begun;
  }

  /**
   * Reserves the index of a new chunk, before its body has arrived: chunks of a turn without one are in the order of their requests.
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
    if (entry.place === undefined && entry.used.size === 0) this.#turns.delete(turn ?? NO_TURN);
  }

  /**
   * A chunk with a reserved index is being accepted: `add` or `refuse` follows.
   *
   * @param isOnAir - A chunk of the turn is on air.
   * @returns the chunk's place.
   */
  accept(turn: string | undefined, index: number, isOnAir: boolean): number {
    const entry = this.#turn(turn);
    const place = this.#placeBefore(entry, index) ?? this.#lastPlace(turn, entry, isOnAir) ?? this.#nextPlace;
    this.#nextPlace = Math.max(this.#nextPlace, place + 1);
    entry.place = place;
    entry.accepting.set(index, place);
    return place;
  }

  /** A chunk that was being accepted is not accepted after all. */
  refuse(turn: string | undefined, index: number): void {
    this.#turn(turn).accepting.delete(index);
  }

  /** @param chunk - Was accepted. */
  add(chunk: Chunk): void {
    const turn = this.#turn(chunk.turn);
    turn.accepting.delete(chunk.index);
    turn.waiting += 1;
    this.#waiting += 1;
    this.#lineAt(chunk.place, turn).waiting.set(chunk.index, chunk);
  }

  /**
   * Takes over what an earlier server knew of a turn, before its chunks are added.
   *
   * @param used - Indices that were used; later chunks do not wait for those of them that are not in `waiting`.
   */
  restore(turn: string | undefined, used: Iterable<number>, due: number, waiting: readonly Chunk[]): void {
    const entry = this.#turn(turn);
    const indices = new Set(waiting.map(({ index }) => index));
    entry.due = due;
    for (const index of used) {
      entry.used.add(index);
      entry.nextFree = Math.max(entry.nextFree, index + 1);
      if (index >= due && !indices.has(index)) entry.released.add(index);
    }
    for (const { place } of waiting) {
      entry.place = Math.max(entry.place ?? 0, place);
      this.#nextPlace = Math.max(this.#nextPlace, place + 1);
    }
  }

  /** Takes over the chunk that an earlier server had begun to publish: it is due before all others. */
  restoreBegun(chunk: Chunk): void {
    this.#begun = chunk;
  }

  /**
   * The chunk that is due, without taking it; `undefined` when there is none yet.
   *
   * @param flush - Nothing more will come: do not wait for missing ones.
   */
  peek(nowMs: number, flush = false): Chunk | undefined {
    const [line] = this.#lines.values();
    return this.#begun ?? (line && due(line, nowMs, flush));
  }

  /** Takes a chunk out: it is being published, failed or dropped. */
  remove(chunk: Chunk): void {
    if (this.#begun === chunk) {
      this.#begun = undefined;
      return;
    }
    const line = this.#lines.get(chunk.place);
    if (!line?.waiting.delete(chunk.index)) return;
    if (line.waiting.size === 0) this.#lines.delete(chunk.place);
    const { turn } = line;
    this.#waiting -= 1;
    turn.waiting -= 1;
    turn.due = Math.max(turn.due, chunk.index + 1);
    for (const index of turn.released) if (index < turn.due) turn.released.delete(index);
    turn.gapSinceMs = undefined;
  }

  /** Everything that waits, in the order it would be published if nothing else came. */
  upcoming(): Chunk[] {
    return this.first(Number.POSITIVE_INFINITY, () => true);
  }

  /** The first `count` chunks that are `wanted`, without sorting all: it is asked for with every chunk that comes. */
  first(count: number, wanted: (chunk: Chunk) => boolean): Chunk[] {
    const found = this.#begun && wanted(this.#begun) ? [this.#begun] : [];
    for (const { waiting } of this.#lines.values()) {
      if (found.length >= count) break;
      found.push(...lowestIndices(waiting.values(), count - found.length, wanted));
    }
    return found;
  }

  /** Length of all that waits, in frames, as far as lengths are known. */
  get frames(): number {
    let frames = this.#begun?.frames ?? 0;
    for (const { waiting } of this.#lines.values()) for (const chunk of waiting.values()) frames += chunk.frames;
    return frames;
  }

  /** When a missing chunk will be given up, if one is waited for. */
  gapEndsMs(): number | undefined {
    const [line] = this.#lines.values();
    const sinceMs = this.#begun ? undefined : line?.turn.gapSinceMs;
    return sinceMs === undefined ? undefined : sinceMs + MISSING_INDEX_WAIT_MS;
  }

  /** The place of the first chunk of the turn that has a higher index: this one comes before it. */
  #placeBefore(turn: Turn, index: number): number | undefined {
    const lines = [...this.#lines.values()].filter((line) => line.turn === turn);
    const places = [
      ...lines.filter(({ waiting }) => [...waiting.keys()].some((other) => other > index)).map(({ place }) => place),
      ...[...turn.accepting].filter(([other]) => other > index).map(([, place]) => place),
    ];
    return places.length === 0 ? undefined : Math.min(...places);
  }

  /** The turn's last place, while it is one that further chunks share. */
  #lastPlace(name: string | undefined, { place, waiting, accepting }: Turn, isOnAir: boolean): number | undefined {
    const isUnderWay = waiting > 0 || accepting.size > 0;
    if (name === undefined) return isUnderWay && place === this.#nextPlace - 1 ? place : undefined;
    return isUnderWay || isOnAir ? place : undefined;
  }

  #lineAt(place: number, turn: Turn): Line {
    const known = this.#lines.get(place);
    if (known) return known;
    const line = { place, turn, waiting: new Map() };
    const later = [...this.#lines].filter(([other]) => other > place);
    for (const [other] of later) this.#lines.delete(other);
    this.#lines.set(place, line);
    for (const [other, entry] of later) this.#lines.set(other, entry);
    return line;
  }

  #turn(name: string | undefined): Turn {
    const key = name ?? NO_TURN;
    const known = this.#turns.get(key);
    if (known) return known;
    const turn: Turn = {
      accepting: new Map(),
      place: undefined,
      waiting: 0,
      used: new Set(),
      released: new Set(),
      due: 0,
      nextFree: 0,
      gapSinceMs: undefined,
    };
    this.#turns.set(key, turn);
    if (this.#turns.size > REMEMBERED_TURNS) this.#forgetOldTurn(key);
    return turn;
  }

  #forgetOldTurn(newest: string | typeof NO_TURN): void {
    const idle = [...this.#turns].find(
      ([key, { waiting, accepting }]) => key !== NO_TURN && key !== newest && waiting + accepting.size === 0,
    );
    if (idle) this.#turns.delete(idle[0]);
  }
}

/** The chunk of a line that is due, if it need not wait for one of a lower index. */
function due({ turn, waiting }: Line, nowMs: number, flush: boolean): Chunk | undefined {
  const lowest = waiting.get(Math.min(...waiting.keys()));
  let next = turn.due;
  while (turn.released.has(next)) next += 1;
  // A chunk below the due index came after it was given up: as soon as possible is the best that is left.
  let comes = !lowest || lowest.index <= next || flush;
  // Its body is on the way, under time limits of its own: it is late, not missing.
  if (!comes && turn.used.has(next)) return undefined;
  if (lowest && !comes) {
    turn.gapSinceMs ??= nowMs;
    comes = nowMs - turn.gapSinceMs >= MISSING_INDEX_WAIT_MS;
    if (comes) turn.due = lowest.index;
  }
  if (!comes) return undefined;
  // Nothing is waited for any more: a wait that is over must not wake the publisher.
  turn.gapSinceMs = undefined;
  return lowest;
}

/** The `count` chunks of lowest index, in order. */
function lowestIndices(chunks: Iterable<Chunk>, count: number, wanted: (chunk: Chunk) => boolean): Chunk[] {
  if (count === Number.POSITIVE_INFINITY) return [...chunks].filter(wanted).sort((a, b) => a.index - b.index);
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
