import { expect, test } from 'vitest';
import { commaList } from '../comma-list.ts';
import { Heap } from '../heap.ts';
import { countWork, growthOf } from './count-work.ts';

function heapOf(size: number): Heap<number> {
  const heap = new Heap<number>((a, b) => a < b);
  for (let item = 0; item < size; item++) heap.push(item);
  return heap;
}

test('the same work is counted the same, also when it has run so often that it is optimized', async () => {
  const work = () => heapOf(1_000);
  expect(await countWork(() => undefined)).toBe(0);
  await countWork(work);
  const counted = await countWork(work);
  for (let times = 0; times < 300; times++) work();
  expect(await countWork(work)).toBe(counted);
  // Each push at least: the push, its climb, one comparison.
  expect(counted).toBeGreaterThan(3_000);
  expect(counted).toBeLessThan(20_000);
});

test('twice the work for twice the input is a growth of 2', async () => {
  expect(await growthOf((size) => () => heapOf(size), 2_000)).toBeCloseTo(2, 2);
  expect(await growthOf((size) => () => commaList('a, '.repeat(size)), 2_000)).toBeCloseTo(2, 2);
});

test('a loop of ours in a loop is a growth of 4', async () => {
  const removeAll = (size: number) => {
    const heap = heapOf(size);
    return () => {
      for (let item = 0; item < size; item++) heap.remove((other) => other === size + item);
    };
  };
  expect(await growthOf(removeAll, 200)).toBeGreaterThan(3.5);
});

test.each<[string, (size: number) => () => unknown]>([
  [
    'copies of all bytes before',
    (size) => () => times(size, (all: Buffer) => Buffer.concat([all, all.subarray(0, 1)]), Buffer.from('x')),
  ],
  [
    'searches through all text before',
    (size) => () => times(size, (text: string) => text + String(text.indexOf('z')), 'x'),
  ],
  [
    'matches of all text before',
    (size) => () => times(size, (text: string) => (/z/.test(text) ? '' : `${text}x`), 'x'),
  ],
  [
    'elements moved for each that is taken',
    (size) => () => times(size, (list: string[]) => list.toSpliced(0, 1).slice(), Array<string>(size)),
  ],
])('%s are a growth of 4', async (_, prepare) => {
  expect(await growthOf(prepare, 200)).toBeGreaterThan(3.5);
});

function times<Value>(count: number, step: (value: Value) => Value, first: Value): Value {
  let value = first;
  for (let time = 0; time < count; time++) value = step(value);
  return value;
}

test('built-in methods are as they were afterwards, also when the work fails', async () => {
  const before = [String.prototype.slice, RegExp.prototype.exec, Buffer.concat];
  await expect(
    countWork(() => {
      throw new Error('failed');
    }),
  ).rejects.toThrow('failed');
  expect([String.prototype.slice, RegExp.prototype.exec, Buffer.concat]).toEqual(before);
});
