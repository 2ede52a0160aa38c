import { expect, test } from 'vitest';
import { Watchdog } from './watchdog.ts';

function rig() {
  const done: string[] = [];
  const state = { nowMs: 0, starving: true };
  const watchdog = new Watchdog({
    isStarving: () => state.starving,
    restart: () => done.push('restart'),
    reload: () => done.push('reload'),
    nowMs: () => state.nowMs,
  });
  /** A playlist arrives every 200 ms. */
  const pass = (ms: number): void => {
    for (const end = state.nowMs + ms; state.nowMs < end; ) {
      state.nowMs += 200;
      watchdog.onPlaylist();
    }
  };
  return { done, state, watchdog, pass };
}

test('starts again what loads nothing for four seconds, then takes everything anew every four', () => {
  const { done, pass } = rig();
  pass(3_800);
  expect(done).toEqual([]);
  pass(200);
  expect(done).toEqual(['restart']);
  pass(8_000);
  expect(done).toEqual(['restart', 'reload', 'reload']);
});

test('waits for what is being loaded', () => {
  const { done, pass, watchdog } = rig();
  for (let request = 0; request < 10; request++) {
    pass(3_000);
    watchdog.onRequest();
  }
  expect(done).toEqual([]);
});

test('has nothing to do while there is something in hand, or nothing to load', () => {
  const { done, pass, state } = rig();
  state.starving = false;
  pass(60_000);
  expect(done).toEqual([]);
  state.starving = true;
  pass(3_000);
  expect(done).toEqual([]);
});

test('begins with the gentler of its two again once media has come', () => {
  const { done, pass, watchdog } = rig();
  pass(4_200);
  watchdog.onMedia();
  pass(4_200);
  expect(done).toEqual(['restart', 'restart']);
});
