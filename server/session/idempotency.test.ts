import { expect, test } from 'vitest';
import { IdempotencyKeys } from './idempotency.ts';

function counter(): () => Promise<number> {
  let calls = 0;
  return async () => ++calls;
}

test('does the work of a key once, also while it is under way', async () => {
  const keys = new IdempotencyKeys<number>();
  const work = counter();
  expect(await Promise.all([keys.once('a', work), keys.once('a', work)])).toEqual([1, 1]);
  expect([await keys.once('a', work), await keys.once('b', work), await keys.once(undefined, work)]).toEqual([1, 2, 3]);
});

test('does not remember a failure', async () => {
  const keys = new IdempotencyKeys<number>();
  await expect(keys.once('a', () => Promise.reject(new Error('disk')))).rejects.toThrow('disk');
  expect(await keys.once('a', counter())).toBe(1);
});

test('forgets the oldest of more than a thousand keys', async () => {
  const keys = new IdempotencyKeys<number>();
  const work = counter();
  for (let key = 0; key <= 1_000; key++) await keys.once(`k${key}`, work);
  expect([await keys.once('k1', work), await keys.once('k0', work)]).toEqual([2, 1_002]);
});

test('refuses a key that is too long', () => {
  expect(() => new IdempotencyKeys<number>().once('x'.repeat(201), counter())).toThrow(
    'may have 200 characters, got 201',
  );
});

test('knows what an earlier server answered', async () => {
  const keys = new IdempotencyKeys<number>([
    ['a', 70],
    ['b', 71],
  ]);
  const work = counter();
  expect([await keys.once('b', work), await keys.once('a', work), await keys.once('c', work)]).toEqual([71, 70, 1]);
  // The oldest of all is forgotten first.
  for (let key = 0; key < 998; key++) await keys.once(`k${key}`, work);
  expect([await keys.once('a', work), await keys.once('c', work)]).toEqual([1_000, 1]);
});
