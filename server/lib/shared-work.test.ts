import { expect, test } from 'vitest';
import { SharedWork } from './shared-work.ts';

test('is done once for all who ask meanwhile, and again for who asks later', async () => {
  const shared = new SharedWork<number>();
  let runs = 0;
  const gate = Promise.withResolvers<void>();
  const work = async (): Promise<number> => {
    runs += 1;
    await gate.promise;
    return runs;
  };
  const asked = [shared.join('a', undefined, work), shared.join('a', undefined, work)];
  const other = shared.join('b', undefined, work);
  gate.resolve();
  expect(await Promise.all(asked)).toEqual([2, 2]);
  expect(await other).toBe(2);
  expect(shared.size).toBe(0);
  expect(await shared.join('a', undefined, work)).toBe(3);
});

test('is called off when the last one who asked has left, not before', async () => {
  const shared = new SharedWork<never>();
  let signalOfWork: AbortSignal | undefined;
  const work = (signal: AbortSignal): Promise<never> => {
    signalOfWork = signal;
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  };
  const [first, second] = [new AbortController(), new AbortController()];
  const asked = [shared.join('a', first.signal, work), shared.join('a', second.signal, work)];
  first.abort(new Error('first left'));
  await expect(asked[0]).rejects.toThrow('first left');
  expect(signalOfWork?.aborted).toBe(false);
  second.abort(new Error('second left'));
  await expect(asked[1]).rejects.toThrow('second left');
  expect(signalOfWork?.aborted).toBe(true);
  expect(shared.size).toBe(0);
  await expect(shared.join('a', first.signal, work)).rejects.toThrow('first left');
});

test('fails for all who asked, and is tried again by the next', async () => {
  const shared = new SharedWork<string>();
  const broken = async (): Promise<string> => {
    throw new Error('broken');
  };
  const asked = [shared.join('a', undefined, broken), shared.join('a', undefined, broken)];
  for (const each of asked) await expect(each).rejects.toThrow('broken');
  expect(await shared.join('a', undefined, async () => 'well')).toBe('well');
});
