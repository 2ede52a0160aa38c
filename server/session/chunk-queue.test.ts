import { describe, expect, test } from 'vitest';
import { Chunk } from './chunk.ts';
import { ChunkQueue, MISSING_INDEX_WAIT_MS } from './chunk-queue.ts';

function chunk(index: number, turn?: string, place = 0): Chunk {
  return new Chunk({
    id: `${turn ?? ''}${index}`,
    index,
    place,
    turn,
    text: undefined,
    acceptedMs: 0,
    origin: { kind: 'upload', path: '' },
  });
}

function arrive(queue: ChunkQueue, index: number | undefined, turn?: string): Chunk {
  return add(queue, queue.reserve(turn, index), turn);
}

/** A chunk with a reserved index is there. */
function add(queue: ChunkQueue, index: number, turn?: string, isOnAir = false): Chunk {
  const added = chunk(index, turn, queue.accept(turn, index, isOnAir));
  queue.add(added);
  return added;
}

/** Takes all that is due. */
function take(queue: ChunkQueue, nowMs: number, flush = false): string[] {
  const taken: string[] = [];
  for (let due = queue.peek(nowMs, flush); due; due = queue.peek(nowMs, flush)) {
    queue.remove(due);
    taken.push(due.id);
  }
  return taken;
}

function orders(indices: readonly number[]): number[][] {
  if (indices.length === 0) return [[]];
  return indices.flatMap((first) => orders(indices.filter((index) => index !== first)).map((rest) => [first, ...rest]));
}

describe('chunks of a turn', () => {
  test.each(orders([0, 1, 2, 3]))('that arrive as %i %i %i %i are due in the order of their index', (...arrivals) => {
    for (const takenAtOnce of [true, false]) {
      const queue = new ChunkQueue();
      const taken: string[] = [];
      for (const [at, index] of arrivals.entries()) {
        arrive(queue, index);
        if (takenAtOnce) taken.push(...take(queue, at));
      }
      taken.push(...take(queue, 10));
      expect(taken).toEqual(['0', '1', '2', '3']);
      expect([queue.size, queue.gapEndsMs()]).toEqual([0, undefined]);
    }
  });

  test('wait for a missing one, and give it up after a while', () => {
    const queue = new ChunkQueue();
    arrive(queue, 1);
    arrive(queue, 2);
    expect(take(queue, 1_000)).toEqual([]);
    expect(queue.gapEndsMs()).toBe(1_000 + MISSING_INDEX_WAIT_MS);
    expect(take(queue, 999 + MISSING_INDEX_WAIT_MS)).toEqual([]);
    expect(queue.peek(1_000 + MISSING_INDEX_WAIT_MS)?.id).toBe('1');
    // Given up, though still being encoded: a wait that is over would wake the publisher again and again.
    expect(queue.gapEndsMs()).toBeUndefined();
    expect(take(queue, 1_000 + MISSING_INDEX_WAIT_MS)).toEqual(['1', '2']);
  });

  test('wake nobody any more once the missing one is there', () => {
    const queue = new ChunkQueue();
    arrive(queue, 1);
    queue.peek(0);
    arrive(queue, 0);
    expect(queue.peek(MISSING_INDEX_WAIT_MS)?.id).toBe('0');
    expect(queue.gapEndsMs()).toBeUndefined();
  });

  test('that come after they were given up are next', () => {
    const queue = new ChunkQueue();
    for (const index of [1, 2]) arrive(queue, index);
    queue.peek(0);
    const given = queue.peek(MISSING_INDEX_WAIT_MS);
    if (given) queue.remove(given);
    arrive(queue, 0);
    expect(take(queue, MISSING_INDEX_WAIT_MS)).toEqual(['0', '2']);
  });

  test('do not wait when nothing more will come', () => {
    const queue = new ChunkQueue();
    for (const index of [5, 3]) arrive(queue, index);
    expect(take(queue, 0, true)).toEqual(['3', '5']);
  });

  test('do not wait for one whose upload was given up, in whatever place it is', () => {
    for (const released of [0, 1, 2]) {
      const queue = new ChunkQueue();
      const reserved = [0, 1, 2, 3].map(() => queue.reserve('a', undefined));
      queue.release('a', released);
      for (const index of reserved.filter((other) => other !== released)) add(queue, index, 'a');
      expect(take(queue, 0)).toEqual([0, 1, 2, 3].filter((index) => index !== released).map((index) => `a${index}`));
    }
  });

  test('may be sent again after their upload was given up, even when they are due', () => {
    const queue = new ChunkQueue();
    queue.reserve('a', 0);
    queue.release('a', 0);
    arrive(queue, 0, 'a');
    arrive(queue, 1, 'a');
    expect(take(queue, 0)).toEqual(['a0', 'a1']);
  });

  test('wait for one whose upload is under way, however long it takes', () => {
    const queue = new ChunkQueue();
    for (const index of [0, 1]) queue.reserve('a', index);
    add(queue, 1, 'a');
    expect(queue.peek(0)).toBeUndefined();
    expect(queue.peek(10 * MISSING_INDEX_WAIT_MS)).toBeUndefined();
    add(queue, 0, 'a');
    expect(take(queue, 10 * MISSING_INDEX_WAIT_MS)).toEqual(['a0', 'a1']);
  });

  test('have an index once only', () => {
    const queue = new ChunkQueue();
    arrive(queue, 0, 'a');
    expect(() => queue.reserve('a', 0)).toThrow(expect.objectContaining({ code: 'INDEX_TAKEN' }));
    take(queue, 0);
    expect(() => queue.reserve('a', 0)).toThrow('turn a has a chunk 0 already');
    expect(queue.reserve('b', 0)).toBe(0);
    expect([queue.reserve('a', undefined), queue.reserve(undefined, undefined)]).toEqual([1, 0]);
  });
});

test('turns follow each other as they first appeared', () => {
  const queue = new ChunkQueue();
  for (const turn of ['b', 'a', 'b', 'a']) arrive(queue, undefined, turn);
  expect(queue.upcoming().map((waiting) => waiting.id)).toEqual(['b0', 'b1', 'a0', 'a1']);
  expect(take(queue, 0)).toEqual(['b0', 'b1', 'a0', 'a1']);
});

test('a turn of which nothing waits goes behind all others, unless it is on air', () => {
  const queue = new ChunkQueue();
  for (const turn of ['a', 'b', 'b']) arrive(queue, undefined, turn);
  const first = queue.peek(0);
  if (first) queue.remove(first);
  expect(first?.id).toBe('a0');
  add(queue, queue.reserve('a', undefined), 'a', true);
  expect(queue.upcoming().map(({ id }) => id)).toEqual(['a1', 'b0', 'b1']);
  expect(queue.peek(0)?.id).toBe('a1');
  queue.remove(queue.peek(0) as Chunk);
  arrive(queue, undefined, 'a');
  expect(take(queue, 0)).toEqual(['b0', 'b1', 'a2']);
});

test('chunks without a turn are in the order they were accepted, but never before a lower index', () => {
  const queue = new ChunkQueue();
  arrive(queue, undefined);
  arrive(queue, undefined);
  arrive(queue, undefined, 'a');
  arrive(queue, 3);
  arrive(queue, undefined, 'b');
  arrive(queue, 2);
  arrive(queue, 4);
  expect(queue.upcoming().map(({ id }) => id)).toEqual(['0', '1', 'a0', '2', '3', 'b0', '4']);
  expect(take(queue, 0)).toEqual(['0', '1', 'a0', '2', '3', 'b0', '4']);
});

test('the place of a chunk counts from when it is accepted, not from when it is added', () => {
  const queue = new ChunkQueue();
  const [late, early] = [queue.reserve('late', 0), queue.reserve('early', 0)];
  const first = chunk(early, 'early', queue.accept('early', early, false));
  const second = chunk(late, 'late', queue.accept('late', late, false));
  queue.add(second);
  queue.add(first);
  expect(take(queue, 0)).toEqual(['early0', 'late0']);
});

test('a chunk that was refused keeps no place', () => {
  const queue = new ChunkQueue();
  queue.accept('a', queue.reserve('a', 0), false);
  queue.refuse('a', 0);
  queue.release('a', 0);
  arrive(queue, undefined, 'b');
  arrive(queue, 0, 'a');
  expect(take(queue, 0)).toEqual(['b0', 'a0']);
});

test('a chunk that was begun before a restart comes before all others', () => {
  const queue = new ChunkQueue();
  arrive(queue, undefined, 'a');
  const begun = chunk(7, 'a', 3);
  queue.restoreBegun(begun);
  expect([queue.size, queue.peek(0), queue.first(1, () => true)]).toEqual([2, begun, [begun]]);
  expect(queue.upcoming().map(({ id }) => id)).toEqual(['a7', 'a0']);
  expect(take(queue, 0)).toEqual(['a7', 'a0']);
});

test('forgets old turns, but never one with chunks that wait', () => {
  const queue = new ChunkQueue();
  arrive(queue, 0, 'kept');
  for (let turn = 0; turn < 300; turn++) queue.reserve(`t${turn}`, 0);
  expect(() => queue.reserve('kept', 0)).toThrow(expect.objectContaining({ code: 'INDEX_TAKEN' }));
  expect(queue.reserve('t0', 0)).toBe(0);
});

test('gives the first few in order without those that are not wanted, whatever order they came in', () => {
  const queue = new ChunkQueue();
  for (const index of [3, 1, 4, 0, 2]) arrive(queue, index, 'a');
  for (const index of [1, 0]) arrive(queue, index, 'b');
  const first = (count: number, unwanted = '') => queue.first(count, ({ id }) => id !== unwanted).map(({ id }) => id);
  expect(first(3)).toEqual(['a0', 'a1', 'a2']);
  expect(first(3, 'a1')).toEqual(['a0', 'a2', 'a3']);
  expect(first(6)).toEqual(['a0', 'a1', 'a2', 'a3', 'a4', 'b0']);
  expect(first(99)).toEqual(queue.upcoming().map(({ id }) => id));
  expect(new ChunkQueue().first(3, () => true)).toEqual([]);
});
