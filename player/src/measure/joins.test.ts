import { expect, test } from 'vitest';
import { JoinCounter } from './joins.ts';

function play(joins: JoinCounter, from: number, to: number, step = 0.05) {
  for (let position = from; position <= to + 1e-9; position += step) {
    joins.sample(position);
  }
}

test('counts filler to chunk, chunk to chunk and chunk to filler', () => {
  const joins = new JoinCounter();
  joins.addChunk(2, 1);
  joins.addChunk(3, 1.48);
  play(joins, 0, 6);
  expect(joins.count).toBe(3);
});

test('takes an end and a start a rounding error apart as one join', () => {
  const joins = new JoinCounter();
  joins.addChunk(1, 0.1 + 0.2);
  joins.addChunk(1.3, 1);
  play(joins, 0, 3);
  expect(joins.count).toBe(3);
});

test('counts a join whose event came after it was on screen', () => {
  const joins = new JoinCounter();
  play(joins, 0, 5);
  joins.addChunk(3, 1);
  expect(joins.count).toBe(2);
});

test('does not count what was published before the viewer came', () => {
  const joins = new JoinCounter();
  joins.addChunk(2, 1);
  play(joins, 10, 12);
  joins.addChunk(4, 1);
  expect(joins.count).toBe(0);
});

test('does not count joins that a seek jumped over, nor any twice', () => {
  const joins = new JoinCounter();
  joins.addChunk(1, 1);
  joins.addChunk(5, 1);
  play(joins, 0, 3);
  play(joins, 8, 9);
  play(joins, 0, 3);
  expect(joins.count).toBe(2);
});

test('does not take the start of the stream for a join', () => {
  const joins = new JoinCounter();
  joins.addChunk(0, 1);
  play(joins, 0, 2);
  expect(joins.count).toBe(1);
});
