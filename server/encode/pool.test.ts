import { expect, test } from 'vitest';
import { EncodePool, LENT } from './pool.ts';
import { NEVER } from './test-media.ts';

function gate(): { open(): void; task(): Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, task: () => promise };
}

test('runs no more at once than it may', async () => {
  const pool = new EncodePool(3);
  let most = 0;
  let running = 0;
  const task = async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  };
  await Promise.all(Array.from({ length: 40 }, () => pool.run(0, NEVER, task)));
  expect(most).toBe(3);
  expect(pool).toMatchObject({ running: 0, waiting: 0 });
});

test('serves the nearest deadline first, then who came first', async () => {
  const pool = new EncodePool(1);
  const first = gate();
  const order: string[] = [];
  const run = (deadlineMs: number, name: string) => pool.run(deadlineMs, NEVER, async () => void order.push(name));
  const all = [pool.run(0, NEVER, first.task), run(300, 'c'), run(100, 'a'), run(300, 'd'), run(200, 'b')];
  first.open();
  await Promise.all(all);
  expect(order).toEqual(['a', 'b', 'c', 'd']);
});

test('lends the places of tasks that wait, but not without end', async () => {
  const pool = new EncodePool(2);
  const waiting = gate();
  let started = 0;
  const task = async (): Promise<void> => {
    started += 1;
    const takeBack = pool.lend();
    await waiting.task();
    takeBack();
  };
  const all = Array.from({ length: 20 }, () => pool.run(0, NEVER, task));
  await expect.poll(() => started).toBe(2 * (1 + LENT));
  waiting.open();
  await Promise.all(all);
  expect(started).toBe(20);
  expect(pool).toMatchObject({ running: 0, waiting: 0 });
});

test('gives back the place of a task that fails', async () => {
  const pool = new EncodePool(1);
  await expect(pool.run(0, NEVER, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
  const thrown = pool.run(0, NEVER, () => {
    throw new Error('at once');
  });
  await expect(thrown).rejects.toThrow('at once');
  expect(await pool.run(0, NEVER, async () => 'on')).toBe('on');
});

test('takes no place for who left while waiting', async () => {
  const pool = new EncodePool(1);
  const first = gate();
  const running = pool.run(0, NEVER, first.task);
  const abort = new AbortController();
  const left = pool.run(0, abort.signal, async () => 'never');
  expect(pool.waiting).toBe(1);
  abort.abort();
  await expect(left).rejects.toMatchObject({ code: 'ABORTED' });
  expect(pool.waiting).toBe(0);
  await expect(pool.run(0, AbortSignal.abort(), async () => 'never')).rejects.toMatchObject({ code: 'ABORTED' });
  first.open();
  await running;
  expect(pool).toMatchObject({ running: 0, waiting: 0 });
});
