import { beforeEach, describe, expect, test } from 'vitest';
import { noCounts } from './counts.ts';
import type { Report } from './report.ts';
import { Viewer } from './viewer.ts';

const START = 1_000_000;
let told: string[];
let totals: ReturnType<typeof noCounts>;
let viewer: Viewer;

beforeEach(() => {
  told = [];
  totals = noCounts();
  viewer = new Viewer('s', START, [totals], {
    started: (delay) => told.push(`started ${delay}`),
    behindLive: (latency) => told.push(`behind ${latency}`),
  });
});

const at = (seconds: number) => START + seconds * 1000;
const request = (seconds: number, text = 'bl%3D0%2Csid%3D%22s%22', isMedia = true) =>
  viewer.requested({ text, isEncoded: true }, isMedia, at(seconds));
const report = (seconds: number, fields: Partial<Report>) =>
  viewer.reported({ isStarved: false, errors: [], ...fields }, at(seconds));

describe('watch time of a player that reports', () => {
  test.each([
    [
      'plays',
      [
        [0, 'playing'],
        [10, 'playing'],
      ],
      10,
    ],
    [
      'starts, then plays',
      [
        [0, 'starting'],
        [3, 'playing'],
        [10, 'playing'],
      ],
      7,
    ],
    [
      'stalls in between',
      [
        [0, 'playing'],
        [4, 'rebuffering'],
        [6, 'playing'],
        [10, 'playing'],
      ],
      10,
    ],
    [
      'is paused in between',
      [
        [0, 'playing'],
        [4, 'paused'],
        [60, 'playing'],
        [70, 'playing'],
      ],
      14,
    ],
    [
      'seeks in between',
      [
        [0, 'playing'],
        [4, 'seeking'],
        [5, 'playing'],
        [10, 'playing'],
      ],
      9,
    ],
    [
      'plays to the end',
      [
        [0, 'playing'],
        [9, 'ended'],
        [30, 'ended'],
      ],
      9,
    ],
    [
      'is silent for a minute',
      [
        [0, 'playing'],
        [60, 'playing'],
        [65, 'playing'],
      ],
      5,
    ],
    [
      'reports late what came before',
      [
        [0, 'playing'],
        [10, 'playing'],
        [5, 'playing'],
        [20, 'playing'],
      ],
      20,
    ],
    [
      'never says how it is',
      [
        [0, undefined],
        [10, undefined],
      ],
      0,
    ],
  ] as const)('%s', (_, states, expected) => {
    for (const [seconds, state] of states) report(seconds, state === undefined ? {} : { state });
    expect([viewer.counts.watchMs, viewer.counts.timedWatchMs]).toEqual([expected * 1000, expected * 1000]);
    expect(totals.watchMs).toBe(expected * 1000);
  });
});

describe('watch time of a player that only sends requests', () => {
  test.each([
    ['asks all the time', [0, 1, 2, 3, 4], 4],
    ['waits for nine seconds', [0, 9, 10], 10],
    ['asks for nothing for eleven', [0, 1, 12, 13], 2],
    ['asks once', [0], 0],
  ])('%s', (_, seconds, expected) => {
    for (const second of seconds) request(second);
    expect([viewer.counts.watchMs, viewer.counts.timedWatchMs]).toEqual([expected * 1000, 0]);
  });

  test('is that of its requests for media: a paused player still asks for playlists', () => {
    for (const second of [0, 1, 2]) request(second);
    for (let second = 3; second < 60; second++) request(second, undefined, false);
    expect(viewer.counts.watchMs).toBe(2_000);
  });

  test('ends where it begins to report, and begins again when it reports no more', () => {
    request(0);
    request(5);
    report(6, { state: 'playing' });
    for (let second = 7; second <= 16; second++) request(second);
    report(16, { state: 'playing' });
    expect(viewer.counts).toMatchObject({ watchMs: 15_000, timedWatchMs: 10_000 });
    for (let second = 17; second <= 80; second++) request(second);
    // Nothing is known of the time until its silence is noticed.
    expect(viewer.counts).toMatchObject({ watchMs: 15_000 + 80_000 - 61_000, timedWatchMs: 10_000 });
  });
});

describe('stalls', () => {
  test('are counted by the flags of requests, at once, and once for each', () => {
    request(0);
    request(10, 'bl%3D0%2Cbs%2Csid%3D%22s%22');
    request(10.2, 'bl%3D0%2Cbs%2Csid%3D%22s%22');
    expect(totals.stalls).toBe(1);
    request(12, 'bl%3D0%2Cbs%2Csid%3D%22s%22');
    expect(totals.stalls).toBe(2);
  });

  test('are not counted where the flag says no, or stands in a name', () => {
    request(10, 'bs%3D%3F0%2Csid%3D%22s%22');
    request(20, 'cid%3D%22x%2Cbs%2Cy%22%2Csid%3D%22s%22');
    expect(totals.stalls).toBe(0);
  });

  test('are those that the player counts, once it does', () => {
    request(0);
    request(10, 'bs%2Csid%3D%22s%22');
    report(11, { state: 'playing', stalls: 1, rebufferMs: 400 });
    // A flag of hls.js for what the player does not call a stall: it skipped to the live edge.
    request(20, 'bs%2Csid%3D%22s%22');
    report(21, { state: 'playing', stalls: 1, rebufferMs: 400 });
    expect(totals).toMatchObject({ stalls: 1, rebufferMs: 400 });
    report(31, { state: 'playing', stalls: 3, rebufferMs: 2_400 });
    expect(totals).toMatchObject({ stalls: 3, rebufferMs: 2_400 });
  });

  test('are seen by its states, where it counts none', () => {
    report(0, { state: 'playing' });
    report(5, { state: 'rebuffering' });
    report(6, { state: 'rebuffering' });
    report(7, { state: 'playing' });
    expect(totals).toMatchObject({ stalls: 1, rebufferMs: 2_000 });
  });
});

describe('a player that makes things up', () => {
  test('can not have stalled more often than once a second, nor for longer than it is known', () => {
    for (let second = 0; second <= 10; second++)
      report(second, { state: 'playing', stalls: second * 900, rebufferMs: second * 1e6, droppedFrames: second * 1e6 });
    expect(totals).toMatchObject({ stalls: 0, rebufferMs: 0, droppedFrames: 0, watchMs: 10_000 });
    report(11, { state: 'playing', stalls: 12, rebufferMs: 16_000, droppedFrames: 1_560 });
    expect(totals).toMatchObject({ stalls: 12, rebufferMs: 16_000, droppedFrames: 1_560 });
    report(12, { state: 'playing', stalls: 14, rebufferMs: 17_001, droppedFrames: 1_700 });
    expect(totals).toMatchObject({ stalls: 12, rebufferMs: 16_000, droppedFrames: 1_560 });
  });

  test('can not watch longer than the clock ran, however it sets its own', () => {
    report(0, { state: 'playing' });
    for (let second = 1; second <= 10; second++) {
      report(second - 30, { state: 'playing' });
      report(second, { state: 'playing' });
    }
    expect(totals.watchMs).toBe(10_000);
  });

  test('counts no more for reporting all the time', () => {
    for (let call = 0; call < 1_000; call++) report(call / 100, { event: 'e', errors: ['x'], latencyMs: 3_000_000 });
    expect([totals.errors, told]).toEqual([10, ['behind 3000', 'behind 3000']]);
  });

  test('starts once', () => {
    report(0, { startDelayMs: 812 });
    report(1, { startDelayMs: 100_000 });
    request(2, 'msd%3D5%2Csid%3D%22s%22');
    expect(totals).toMatchObject({ starts: 1, startDelayMs: 812 });
    expect(told).toEqual(['started 0.812']);
  });
});

test('a player that was here before the server started anew brings nothing from then', () => {
  report(0, { state: 'playing', stalls: 40, rebufferMs: 90_000, droppedFrames: 5_000 });
  report(10, { state: 'playing', stalls: 41, rebufferMs: 90_700, droppedFrames: 5_003 });
  expect(totals).toMatchObject({ stalls: 1, rebufferMs: 700, droppedFrames: 3 });
});

test('a start delay in a request is taken before the next request replaces it', () => {
  request(0, 'msd%3D640%2Csid%3D%22s%22%2Cv%3D2', false);
  request(1);
  expect(told).toEqual(['started 0.64']);
});

test('what a request says waits until somebody looks', () => {
  request(0, 'bl%3D1400%2Cbr%3D900%2Csid%3D%22s%22');
  expect([viewer.isUndecoded, viewer.known]).toEqual([true, undefined]);
  expect(viewer.latest()).toMatchObject({ bufferMs: 1400, bitrateKbps: 900 });
  expect(viewer.isUndecoded).toBe(false);
});

test('what was said stays, until it is said anew', () => {
  report(0, { state: 'playing', latencyMs: 900, errors: ['a'], event: 'e' });
  request(1, 'bl%3D1400%2Csid%3D%22s%22');
  report(2, { event: 't' });
  expect(viewer.latest()).toMatchObject({
    state: 'playing',
    latencyMs: 900,
    bufferMs: 1400,
    errors: ['a'],
    event: 't',
  });
  expect([totals.errors, told]).toEqual([1, ['behind 0.9']]);
});

describe('a viewer is present', () => {
  test('for 12 s after a request, 45 s after a report', () => {
    request(0);
    expect([viewer.isPresent(at(11.9)), viewer.isPresent(at(12))]).toEqual([true, false]);
    report(20, { state: 'playing' });
    expect([viewer.isPresent(at(64.9)), viewer.isPresent(at(65))]).toEqual([true, false]);
  });

  test.each(['ended', 'failed', 'quit'] as const)('until it says that it %s', (state) => {
    report(0, { state: 'playing' });
    report(1, { state });
    expect(viewer.isPresent(at(2))).toBe(false);
  });
});
