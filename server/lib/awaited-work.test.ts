import { expect, test } from 'vitest';
import { AwaitedWork } from './awaited-work.ts';

const never = (): AbortSignal => new AbortController().signal;

test('gives one result to all who wait, and to who comes later', async () => {
  const { promise, resolve } = Promise.withResolvers<number>();
  const work = new AwaitedWork(promise);
  const waiting = [work.wait(never()), work.wait(never())];
  resolve(7);
  expect(await Promise.all(waiting)).toEqual([7, 7]);
  expect([await work.wait(never()), work.waiting]).toEqual([7, 0]);
});

test('fails all who wait in the same way, and nobody when nobody waits', async () => {
  const work = new AwaitedWork(Promise.reject(new Error('no')));
  await work.done;
  await expect(work.wait(never())).rejects.toThrow('no');
});

test('forgets who leaves, and tells them why', async () => {
  const work = new AwaitedWork(new Promise<void>(() => undefined));
  const leaving = new AbortController();
  const left = Array.from({ length: 1000 }, () => work.wait(leaving.signal));
  expect(work.waiting).toBe(1000);
  leaving.abort(new Error('gone'));
  expect((await Promise.allSettled(left)).every(({ status }) => status === 'rejected')).toBe(true);
  expect(work.waiting).toBe(0);
  await expect(work.wait(leaving.signal)).rejects.toThrow('gone');
});
