import type { FateRecord, SavedChunk } from './records.ts';

/** Turns that are remembered for the order of late chunks, as `ChunkQueue` does. */
const REMEMBERED_TURNS = 100;
/** Key of the chunks that belong to no turn: no name of a turn is empty. */
const NO_TURN = '';

/** What is known of the order of one turn's chunks. */
export type SavedOrder = {
  /** Indices ever used, as ranges: first and last. */
  used: [number, number][];
  due: number;
};

export type ChunkCounts = { accepted: number; published: number; failed: number; dropped: number };

export type QueueState = {
  readonly counts: ChunkCounts;
  /** By turn, '' for none; as they first appeared. */
  readonly orders: Readonly<Record<string, SavedOrder>>;
  /** Accepted, and neither out nor given up. */
  readonly chunks: readonly SavedChunk[];
  /** Of those: the one that is on air, or that filler stands in for. */
  readonly onAir?: OnAir;
};

/** The chunk whose frames are being published. */
export type OnAir = {
  readonly chunk: string;
  /** Its own frame that the current stretch of it began with, and where that lies on the timeline. */
  played: number;
  frame: number;
  /** Samples of its sound that were out before the current stretch. */
  sample: number;
  /** Length of all of it, in frames. */
  readonly frames: number;
  /** Filler stands in for it. */
  paused: boolean;
  failed: boolean;
};

/** A session's chunks as its journal tells of them. */
export class SavedQueue {
  readonly counts: ChunkCounts;
  onAir: OnAir | undefined;
  readonly #orders: Map<string, SavedOrder>;
  readonly #chunks: Map<string, SavedChunk>;

  constructor(state?: QueueState) {
    this.counts = { ...(state?.counts ?? { accepted: 0, published: 0, failed: 0, dropped: 0 }) };
    this.#orders = new Map(Object.entries(state?.orders ?? {}));
    this.#chunks = new Map((state?.chunks ?? []).map((chunk) => [chunk.id, chunk]));
    this.onAir = state?.onAir && { ...state.onAir };
  }

  get state(): QueueState {
    return {
      counts: this.counts,
      orders: Object.fromEntries(this.#orders),
      chunks: [...this.#chunks.values()],
      ...(this.onAir && { onAir: this.onAir }),
    };
  }

  get orders(): ReadonlyMap<string, SavedOrder> {
    return this.#orders;
  }

  /** Those that wait, without the one on air. */
  get waiting(): readonly SavedChunk[] {
    return [...this.#chunks.values()].filter(({ id }) => id !== this.onAir?.chunk);
  }

  chunk(id: string): SavedChunk | undefined {
    return this.#chunks.get(id);
  }

  accept(chunk: SavedChunk): void {
    const order = this.#order(chunk.turn);
    order.used = withIndex(order.used, chunk.index);
    this.#chunks.set(chunk.id, chunk);
    this.counts.accepted += 1;
  }

  /** A chunk goes on air, for the first time or again. */
  air(onAir: Omit<OnAir, 'paused' | 'failed'>): void {
    const chunk = this.#chunks.get(onAir.chunk);
    if (chunk) {
      const order = this.#order(chunk.turn);
      order.due = Math.max(order.due, chunk.index + 1);
    }
    // One that goes on after filler was counted before.
    if (onAir.played === 0) this.counts.published += 1;
    this.onAir = { ...onAir, paused: false, failed: false };
  }

  fate(id: string, fate: FateRecord['fate']): void {
    const isOnAir = this.onAir?.chunk === id;
    const chunk = this.#chunks.get(id);
    if (!chunk) return;
    if (fate === 'refused') this.#unaccept(chunk);
    if (fate === 'failed' || fate === 'dropped') {
      this.counts[fate] += 1;
      if (isOnAir) this.counts.published -= 1;
    }
    // What failed on air stays there as far as it came.
    if (isOnAir && fate === 'failed' && this.onAir) this.onAir.failed = true;
    else this.#chunks.delete(id);
    if (isOnAir && fate !== 'failed') this.onAir = undefined;
  }

  /** The chunk on air was not shown at all: it waits again, as if it had never been taken. */
  takeBack(): void {
    this.counts.published -= 1;
    this.onAir = undefined;
  }

  #unaccept({ turn, index }: SavedChunk): void {
    const order = this.#order(turn);
    order.used = withoutIndex(order.used, index);
    this.counts.accepted -= 1;
  }

  #order(turn: string | undefined): SavedOrder {
    const key = turn ?? NO_TURN;
    const known = this.#orders.get(key);
    if (known) return known;
    const order: SavedOrder = { used: [], due: 0 };
    this.#orders.set(key, order);
    if (this.#orders.size > REMEMBERED_TURNS) this.#forgetOldTurn(key);
    return order;
  }

  #forgetOldTurn(newest: string): void {
    const waiting = new Set([...this.#chunks.values()].map(({ turn }) => turn ?? NO_TURN));
    const idle = [...this.#orders.keys()].find((key) => key !== NO_TURN && key !== newest && !waiting.has(key));
    if (idle !== undefined) this.#orders.delete(idle);
  }
}

/** Ranges of integers with one more in them. */
function withIndex(ranges: readonly (readonly [number, number])[], index: number): [number, number][] {
  const merged: [number, number][] = [];
  for (const [first, last] of [...ranges, [index, index] as const].sort((a, b) => a[0] - b[0])) {
    const before = merged.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

function withoutIndex(ranges: readonly (readonly [number, number])[], index: number): [number, number][] {
  return ranges.flatMap(([first, last]): [number, number][] => {
    if (index < first || index > last) return [[first, last]];
    const parts: [number, number][] = [
      [first, index - 1],
      [index + 1, last],
    ];
    return parts.filter(([from, to]) => from <= to);
  });
}
