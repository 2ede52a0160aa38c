import { setImmediate as immediate } from 'node:timers/promises';
import { vi } from 'vitest';
import type { TroubledDisk } from './troubled-disk.ts';

/** Turns of the event loop after which something that does not come is given up. */
const MAX_TURNS = 1_000_000;

/** Timers go by what a test says from now on: a busy machine makes no disk late. */
export function ownTimers(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
}

/** Lets `ms` pass for timers. @param disk - All that it does in that time is done. */
export async function passTimers(ms: number, disk?: TroubledDisk): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  do await immediate();
  while (disk !== undefined && disk.working > 0);
}

/** Lets time pass for timers until something holds. */
export async function timersUntil(holds: () => boolean): Promise<void> {
  for (let turn = 0; !holds(); turn++) {
    if (turn > MAX_TURNS) throw new Error('it does not come');
    await passTimers(1);
  }
}

/** Lets time pass for timers until a promise is settled. */
export async function timersThrough<Value>(promise: Promise<Value>): Promise<Value> {
  let isSettled = false;
  const settle = () => {
    isSettled = true;
  };
  promise.then(settle, settle);
  await timersUntil(() => isSettled);
  return await promise;
}
