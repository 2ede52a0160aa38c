import { expect, test } from 'vitest';
import { Heap } from './heap.ts';

function drain(heap: Heap<number>): number[] {
  return Array.from({ length: heap.size }, () => heap.pop() ?? Number.NaN);
}

test('gives items smallest first, whatever order they came in', () => {
  const numbers = Array.from({ length: 500 }, (_, index) => (index * 48_271) % 97);
  const heap = new Heap<number>((a, b) => a < b);
  for (const number of numbers) heap.push(number);
  expect(heap.peek()).toBe(Math.min(...numbers));
  expect(drain(heap)).toEqual(numbers.toSorted((a, b) => a - b));
});

test('takes items between being emptied', () => {
  const heap = new Heap<number>((a, b) => a < b);
  for (const number of [5, 1, 4]) heap.push(number);
  expect(heap.pop()).toBe(1);
  for (const number of [0, 9]) heap.push(number);
  expect(drain(heap)).toEqual([0, 4, 5, 9]);
  expect([heap.size, heap.peek(), heap.pop()]).toEqual([0, undefined, undefined]);
});

test('removes what matches and keeps the order of the rest', () => {
  const heap = new Heap<number>((a, b) => a < b);
  for (const number of [7, 3, 8, 1, 2, 6]) heap.push(number);
  heap.remove((number) => number % 2 === 0);
  expect(drain(heap)).toEqual([1, 3, 7]);
});
