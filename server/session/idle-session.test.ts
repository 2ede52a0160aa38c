import { afterEach, beforeEach, expect, test } from 'vitest';
import { JournaledRig } from './journal/journaled-rig.ts';
import type { Session } from './session.ts';

const MINUTE_MS = 60_000;

let rig: JournaledRig;
let later: JournaledRig | undefined;

beforeEach(async () => {
  rig = await JournaledRig.start();
});

afterEach(async () => {
  await later?.stop();
  later = undefined;
  await rig.stop();
  await rig.remove();
});

/** Asks each minute, as the server does. @returns what it said last. */
async function idleMinutes(session: Session, minutes: number): Promise<number> {
  let idleMs = session.idleMs();
  for (let minute = 0; minute < minutes; minute++) {
    await rig.advance(MINUTE_MS);
    idleMs = session.idleMs();
  }
  return idleMs / MINUTE_MS;
}

test('a session is idle from its first moment on', async () => {
  expect(await idleMinutes(await rig.open('quiet'), 7)).toBeCloseTo(7);
});

test('who watches uses it, and nobody else need do anything', async () => {
  const session = await rig.open('quiet');
  await idleMinutes(session, 5);
  session.output.watch(rig.clock.now(), 'somebody');
  expect(await idleMinutes(session, 3)).toBeCloseTo(3);
});

test('who listens to its events uses it until he leaves', async () => {
  const session = await rig.open('quiet');
  const leave = session.events.subscribe(() => undefined);
  expect(await idleMinutes(session, 5)).toBe(0);
  leave();
  expect(await idleMinutes(session, 3)).toBeCloseTo(3);
});

test('what is said uses it, though nobody watches', async () => {
  const session = await rig.open('quiet', { filler: 'none' });
  await idleMinutes(session, 5);
  rig.say(session, 'a50');
  await rig.advance(MINUTE_MS);
  expect(await idleMinutes(session, 3)).toBeCloseTo(4);
});

test('a player that waits for the next part uses it', async () => {
  const session = await rig.open('quiet', { filler: 'none' });
  await idleMinutes(session, 5);
  const leave = session.output.subscribe(() => undefined);
  expect(await idleMinutes(session, 5)).toBe(0);
  leave();
});

test('another setting uses it', async () => {
  const session = await rig.open('quiet');
  await idleMinutes(session, 5);
  await session.configure({ voice: 'other' });
  expect(await idleMinutes(session, 1)).toBeCloseTo(1);
});

test('it is as idle after a restart as it was before', async () => {
  const session = await rig.open('quiet', { filler: 'none' });
  rig.say(session, 'a50');
  await rig.advance(MINUTE_MS);
  const before = await idleMinutes(session, 30);
  later = await rig.killed();
  const after = later.session('quiet').idleMs() / MINUTE_MS;
  // The journal says when it was said, to a minute.
  expect(Math.abs(after - before)).toBeLessThan(1.1);
});

test('one that nobody uses ends by itself, and says why', async () => {
  const session = await rig.open('quiet');
  session.end('idle');
  await rig.advance(MINUTE_MS);
  expect(session.status().state).toBe('ended');
  expect(session.events.since(0).at(-1)).toMatchObject({ type: 'session.ended', reason: 'idle' });
});
