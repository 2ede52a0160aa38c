import { expect, test } from 'vitest';
import { settle } from './fakes.ts';
import { Rig } from './rig.ts';

test('a part that goes out when it is due is 0 ms late; the head start is not late', async () => {
  const rig = new Rig({ pacing: 'live' });
  rig.publisher.run();
  await rig.clock.advance(1_000);
  expect(rig.lagsMs).toEqual([0, 0, 0, 0, 0]);
});

test('a server that stood still for a second says so', async () => {
  const rig = new Rig({ pacing: 'live' });
  rig.publisher.run();
  await rig.clock.advance(1_000);
  rig.lagsMs.length = 0;
  rig.clock.nowMs += 1_000;
  rig.publisher.run();
  await settle();
  expect(rig.lagsMs).toEqual([800, 600, 400, 200, 0]);
});

test('an encode that falls behind in the middle of a segment makes its part late', async () => {
  const rig = new Rig({ pacing: 'live' });
  rig.publisher.run();
  const chunk = rig.push('a', 25, { encoded: 0 });
  chunk.encode(15, rig.clock.now());
  await rig.clock.advance(1_200);
  rig.lagsMs.length = 0;
  chunk.encode(10, rig.clock.now());
  await settle();
  expect(Math.max(...rig.lagsMs)).toBeGreaterThan(200);
});

test('what a session owes for a time when nobody watched is not late', async () => {
  const rig = new Rig({ pacing: 'live', watched: false });
  rig.publisher.run();
  await rig.clock.advance(60_000);
  rig.watched = true;
  rig.publisher.run();
  await settle();
  expect(rig.published.length).toBeGreaterThan(1);
  expect(rig.lagsMs).toEqual([]);
  await rig.clock.advance(400);
  expect(rig.lagsMs).toEqual([0, 0]);
});
