import { expect, test } from 'vitest';
import { MemoryBudget } from './memory-budget.ts';

/** Takes shares and notes when each is had. */
function takers(budget: MemoryBudget) {
  const had: string[] = [];
  const take = async (name: string, bytes: number, signal?: AbortSignal) => {
    const share = await budget.take(bytes, signal);
    had.push(name);
    return share;
  };
  return { had, take };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('lets no more be taken than there is, and serves in order', async () => {
  const budget = new MemoryBudget(100);
  const { had, take } = takers(budget);
  const a = await take('a', 60);
  const large = take('large', 90);
  const small = take('small', 10);
  await turn();
  expect([had, budget.takenBytes]).toEqual([['a'], 60]);
  a.giveBack();
  a.giveBack();
  const shares = await Promise.all([large, small]);
  expect([had, budget.takenBytes]).toEqual([['a', 'large', 'small'], 100]);
  for (const share of shares) share.giveBack();
  expect(budget.takenBytes).toBe(0);
});

test('who leaves the line holds up nobody behind', async () => {
  const budget = new MemoryBudget(100);
  const { had, take } = takers(budget);
  const first = await take('first', 50);
  const abort = new AbortController();
  const large = take('large', 100, abort.signal);
  const small = take('small', 50);
  abort.abort(new Error('called off'));
  await expect(large).rejects.toThrow('called off');
  (await small).giveBack();
  first.giveBack();
  expect([had, budget.takenBytes]).toEqual([['first', 'small'], 0]);
});

test('refuses more than there is, and who is called off already', async () => {
  const budget = new MemoryBudget(100);
  await expect(budget.take(101)).rejects.toThrow(RangeError);
  await expect(budget.take(1, AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  expect(budget.takenBytes).toBe(0);
});
