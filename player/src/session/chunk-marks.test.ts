import { expect, test } from 'vitest';
import { ChunkMarks } from './chunk-marks.ts';
import type { ChunkRange } from './chunk-range.ts';

const range = (id: string, startMs: number, endMs: number): ChunkRange => ({
  id,
  turn: 't1',
  index: 0,
  text: `text of ${id}`,
  startMs,
  endMs,
  whole: true,
  words: [],
});

const told = (marks: ChunkMarks, dateMs: number): string[] =>
  marks.at(dateMs).map(({ type, chunk }) => `${type} ${chunk.id}`);

test('tells the begin and end of each chunk once, the end of one before the begin of the next', () => {
  const marks = new ChunkMarks();
  marks.add(range('a', 1_000, 3_000));
  marks.add(range('b', 3_000, 4_000));
  expect(told(marks, 900)).toEqual([]);
  expect(told(marks, 1_000)).toEqual(['start a']);
  expect(told(marks, 2_000)).toEqual([]);
  expect(told(marks, 3_000)).toEqual(['end a', 'start b']);
  expect(told(marks, 9_000)).toEqual(['end b']);
  expect(told(marks, 9_100)).toEqual([]);
});

test('says what the chunk is', () => {
  const marks = new ChunkMarks();
  marks.add(range('a.2', 1_000, 3_500));
  expect(marks.at(2_000)).toEqual([
    {
      type: 'start',
      chunk: {
        id: 'a',
        turn: 't1',
        index: 0,
        text: 'text of a.2',
        startDate: new Date(1_000),
        duration: 2.5,
        continues: true,
      },
    },
  ]);
});

test('ends a chunk where it was cut off', () => {
  const marks = new ChunkMarks();
  marks.add(range('a', 1_000, 9_000));
  expect(told(marks, 2_000)).toEqual(['start a']);
  marks.add(range('a', 1_000, 2_500));
  expect(told(marks, 2_600)).toEqual(['end a']);
});

test('a jump back tells it again, and what is jumped over is not told', () => {
  const marks = new ChunkMarks();
  for (const [index, id] of ['a', 'b', 'c'].entries()) {
    marks.add(range(id, index * 1_000, index * 1_000 + 900));
  }
  expect(told(marks, 100)).toEqual(['start a']);
  expect(told(marks, 2_100)).toEqual(['end a', 'start c']);
  expect(told(marks, 100)).toEqual(['end c', 'start a']);
  expect(marks.end().map(({ type, chunk }) => `${type} ${chunk.id}`)).toEqual(['end a']);
});

test('forgets the oldest of very many', () => {
  const marks = new ChunkMarks();
  for (let index = 0; index < 1_000; index++) {
    marks.add(range(`c${index}`, index * 10, index * 10 + 20));
  }
  expect(told(marks, 15)).toEqual([]);
  expect(told(marks, 9_995)).toEqual(['start c999']);
});
