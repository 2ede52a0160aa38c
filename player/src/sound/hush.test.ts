import { expect, test } from 'vitest';
import { Hush } from './hush.ts';

/** An element with a level that falls smoothly, if it is ready. */
function loud({ ready = true, muted = false } = {}) {
  const calls: string[] = [];
  const element = { muted, volume: 0.8 };
  const hush = new Hush(element, { ready, fall: () => calls.push('fall'), rise: () => calls.push('rise') });
  return { calls, element, hush };
}

test('falls smoothly where that can be done, and leaves volume and muted alone', () => {
  const { calls, element, hush } = loud();
  hush.begin();
  hush.begin();
  expect([hush.active, hush.muted, element, calls]).toEqual([true, false, { muted: false, volume: 0.8 }, ['fall']]);
  hush.end();
  hush.end();
  expect([hush.active, element, calls]).toEqual([false, { muted: false, volume: 0.8 }, ['fall', 'rise']]);
});

test('takes volume and muted where it can not', () => {
  const { calls, element, hush } = loud({ ready: false });
  hush.begin(false);
  expect(element).toEqual({ muted: true, volume: 0.8 });
  hush.end();
  expect([element, calls]).toEqual([{ muted: false, volume: 0.8 }, []]);
});

test('gives no sound back to who muted it meanwhile, and takes none from who turned it down', () => {
  const { calls, element, hush } = loud();
  hush.begin();
  hush.muted = true;
  element.volume = 0.3;
  hush.end();
  expect([element, calls]).toEqual([{ muted: true, volume: 0.3 }, ['fall', 'rise']]);
});
