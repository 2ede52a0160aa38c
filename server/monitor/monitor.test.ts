import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeClock } from '../session/fakes.ts';
import type { EventType, SessionLoad } from '../session/types.ts';
import { Monitor } from './monitor.ts';

let clock: FakeClock;
let monitor: Monitor;
let sessions: { id: string; load: SessionLoad; settings: { title?: string } }[];
let encoder: { name: string; active: number; waiting: number; limit: number };

beforeEach(() => {
  clock = new FakeClock();
  clock.nowMs = 1_800_000_000_000;
  sessions = [];
  encoder = { name: 'libx264', active: 0, waiting: 0, limit: 4 };
  monitor = new Monitor({
    clock,
    sessions: () => sessions,
    encoder: () => encoder,
    storage: () => ({ isWritable: false, late: 3, redoBytes: 4_096, storedBytes: 5_000, storedLimitBytes: 9_000 }),
    http: () => ({ heldRequests: 0, eventStreams: 0 }),
  });
});

const open = (id: string, load: Partial<SessionLoad> = {}): void =>
  void sessions.push({
    id,
    load: { state: 'open', isBusy: false, viewers: 0, queuedSeconds: 0, ...load },
    settings: {},
  });
const emit = (type: EventType, fields: object = {}, id = 'a'): void =>
  monitor.event(id, { seq: 1, at: '', type, ...fields });
const published = (index: number, stages: object, times: object): void =>
  emit('chunk.published', { chunk: { index }, stages, queuedMs: 10, ttsMs: 0, avatarMs: 0, encodeMs: 0, ...times });
const report = (fields: string, sid = 's', id = 'a') => monitor.reported(id, `sid="${sid}",${fields},v=2`, clock.now());
const columns = async (after = 0) => (await monitor.stats(after)).history.columns;

describe('the history', () => {
  test('has a sample every five seconds with what happened since the one before', async () => {
    open('a', { viewers: 1, isBusy: true });
    report('bsa=(0),bsda=(0),ltc=900,sta=p');
    await clock.advance(5_000);
    report('bsa=(1),bsda=(500),ltc=1500,sta=p');
    emit('chunk.failed');
    monitor.answered('media', 200);
    await clock.advance(5_000);
    const { at, viewers, talking, stalls, rebufferSeconds, watchSeconds, latencyP50, chunksFailed, requests } =
      await columns();
    expect(at.map((ms) => ms - 1_800_000_000_000)).toEqual([0, 5_000, 10_000]);
    expect({ viewers, talking, stalls, rebufferSeconds, watchSeconds, latencyP50, chunksFailed, requests }).toEqual({
      viewers: [1, 1, 1],
      talking: [1, 1, 1],
      stalls: [0, 0, 1],
      rebufferSeconds: [0, 0, 0.5],
      watchSeconds: [0, 0, 5],
      latencyP50: [0.9, 0.9, 1.5],
      chunksFailed: [0, 0, 1],
      requests: [0, 0, 1],
    });
  });

  test('reaches back 15 minutes, and is told from where one left off', async () => {
    open('a', { viewers: 1 });
    emit('session.opened');
    await clock.advance(3_600_000);
    const { at } = await columns();
    expect([at.length, at.at(-1)! - at[0]!]).toEqual([180, 895_000]);
    expect((await columns(at.at(-2))).at).toEqual([at.at(-1)]);
    expect((await columns(at.at(-1))).at).toEqual([]);
  });

  test('costs no appointment with the clock while nothing runs', async () => {
    open('a');
    emit('session.opened');
    await clock.advance(60_000);
    expect((await monitor.stats(0)).history.columns.at.length).toBe(1);
    await clock.advance(60_000);
    await monitor.metrics(false);
    await clock.advance(10_000);
    const before = clock.now();
    await clock.advance(3_600_000);
    emit('session.opened');
    await clock.advance(0);
    const { at } = await columns(before);
    expect(at.map((ms) => ms - before)).toEqual([3_600_000]);
  });

  test('has the stages of the last minute, of chunks that went through them', async () => {
    open('a', { isBusy: true });
    published(0, { tts: [0, 300], avatar: [300, 350], encode: [300, 420] }, { encodeMs: 120, firstPartMs: 700 });
    published(1, { tts: [100, 200], encode: [300, 500] }, { encodeMs: 200, firstPartMs: 9_000 });
    published(0, { encode: [0, 40] }, { encodeMs: 40, firstPartMs: 80 });
    await clock.advance(0);
    monitor.partPublished(12);
    monitor.partPublished(-40);
    await clock.advance(60_000);
    const { ttsP50, ttsP95, avatarP95, encodeP50, encodeP95, firstPartP50, firstPartP95, publishLagP95 } =
      await columns();
    const [first, last] = [0, -1].map((index) => (column: readonly (number | null)[]) => column.at(index));
    expect([ttsP50, ttsP95, avatarP95, encodeP50, encodeP95].map(first!)).toEqual([0.1, 0.3, 0.05, 0.12, 0.2]);
    // A later sentence waits for its turn: only what comes first in its turn tells how long one waits for an answer.
    expect([firstPartP50, firstPartP95].map(first!)).toEqual([0.08, 0.7]);
    expect([publishLagP95[0], publishLagP95[1]]).toEqual([null, 0.012]);
    await clock.advance(5_000);
    expect([ttsP50.at(-1), (await columns()).ttsP50.at(-1)]).toEqual([0.1, null]);
    expect(last!(ttsP50)).toBe(0.1);
  });
});

describe('the statistics', () => {
  test('of the last 15 minutes forget what was before, those since the start do not', async () => {
    open('a', { viewers: 1 });
    report('bsa=(0),bsda=(0),msd=700,sta=p');
    for (let second = 10; second <= 100; second += 10) {
      await clock.advance(10_000);
      report(`bsa=(2),bsda=(1000),sta=p`);
    }
    await clock.advance(5_000);
    expect(await monitor.stats(0)).toMatchObject({
      recent: {
        stalls: 2,
        watchSeconds: 100,
        rebufferSeconds: 1,
        rebufferRatio: 0.01,
        stallsPerHour: 72,
        startup: { p50: 0.7 },
      },
      totals: { stalls: 2, watchSeconds: 100 },
    });
    await clock.advance(1_000_000);
    const { recent, totals } = await monitor.stats(0);
    expect(recent).toMatchObject({ stalls: 0, watchSeconds: 0 });
    expect(recent).not.toHaveProperty('stallsPerHour');
    expect(recent).not.toHaveProperty('startup');
    expect(totals).toMatchObject({ stalls: 2, watchSeconds: 100 });
  });

  test('list sessions in trouble first, then by viewers, twenty at most', async () => {
    for (let index = 0; index < 30; index++) open(`s${index}`, { viewers: index });
    open('busy', { isBusy: true });
    open('idle');
    emit('degraded', { stage: 'tts' }, 's3');
    report('bsa=(1),sta=p', 'v', 's5');
    const { busiest, sessions: counts, viewers } = await monitor.stats(0);
    expect(busiest.map(({ id }) => id).slice(0, 4)).toEqual(['s5', 's3', 's29', 's28']);
    expect(busiest.length).toBe(20);
    expect([counts, viewers.watching]).toEqual([{ open: 32, ending: 0, ended: 0, talking: 1, queuedSeconds: 0 }, 435]);
    await clock.advance(301_000);
    expect((await monitor.stats(0)).busiest[0]).toMatchObject({ id: 's29', isTroubled: false });
    monitor.deleted('s5');
    expect(monitor.session('s5').totals.playbacks).toBe(0);
    expect((await monitor.stats(0)).totals).toMatchObject({ playbacks: 1, stalls: 1 });
  });

  test('tell how fast encodes are, the short ones left out', async () => {
    monitor.encoded({ isDone: true, mediaSeconds: 4, seconds: 2 });
    monitor.encoded({ isDone: true, mediaSeconds: 0.2, seconds: 2 });
    monitor.encoded({ isDone: false, mediaSeconds: 4, seconds: 8 });
    expect((await monitor.stats(0)).encoder).toEqual({ ...encoder, speed: 2 });
    await clock.advance(61_000);
    expect((await monitor.stats(0)).encoder).toEqual(encoder);
    const { text } = await monitor.metrics(false);
    for (const line of [
      'throughline_encodes_total{outcome="done"} 2',
      'throughline_encodes_total{outcome="failed"} 1',
      'throughline_encode_speed_ratio_count 1',
      'throughline_encode_speed_ratio_bucket{le="2"} 1',
    ])
      expect(text.split('\n')).toContain(line);
  });
});

test('what sessions do is in the metrics', async () => {
  open('a', { isBusy: true, viewers: 3, queuedSeconds: 1.5 });
  open('b', { state: 'ended' });
  monitor.recovered({ reopened: 7, broken: 1 });
  for (const type of ['turn.started', 'chunk.accepted', 'chunk.accepted', 'chunk.dropped', 'interrupted'] as const)
    emit(type);
  emit('degraded', { stage: 'tts' });
  emit('degraded', { stage: '"}\n' });
  published(0, { tts: [0, 300], encode: [300, 420] }, { encodeMs: 120, firstPartMs: 700 });
  monitor.partPublished(30);
  const lines = (await monitor.metrics(false)).text.split('\n');
  for (const line of [
    'throughline_sessions{state="open"} 1',
    'throughline_sessions{state="ended"} 1',
    'throughline_sessions_talking 1',
    'throughline_viewers 3',
    'throughline_queued_seconds 1.5',
    'throughline_sessions_recovered_total{outcome="reopened"} 7',
    'throughline_sessions_recovered_total{outcome="broken"} 1',
    'throughline_storage_writable 0',
    'throughline_storage_late_total 3',
    'throughline_storage_redo_bytes 4096',
    'throughline_storage_bytes 5000',
    'throughline_storage_limit_bytes 9000',
    'throughline_turns_total 1',
    'throughline_chunks_accepted_total 2',
    'throughline_chunks_total{outcome="published"} 1',
    'throughline_chunks_total{outcome="dropped"} 1',
    'throughline_interruptions_total 1',
    'throughline_degraded_total{stage="tts"} 1',
    'throughline_degraded_total{stage="llm"} 0',
    'throughline_chunk_stage_seconds_sum{stage="tts"} 0.3',
    'throughline_chunk_stage_seconds_sum{stage="first_part"} 0.7',
    'throughline_publish_lag_seconds_sum 0.03',
    'throughline_publish_lag_seconds_bucket{le="0.02"} 0',
    'throughline_publish_lag_seconds_bucket{le="0.05"} 1',
  ])
    expect(lines).toContain(line);
  expect(lines.some((line) => line.includes('stage="avatar"') && line.includes('chunk_stage'))).toBe(false);
});

test('thousands of viewers are decoded without holding up anybody for long', async () => {
  for (let viewer = 0; viewer < 3_000; viewer++)
    monitor.requested(
      'a',
      { text: `bl%3D900%2Cbr%3D800%2Cmtp%3D9000%2Csid%3D%22v${viewer}%22`, isEncoded: true },
      true,
      clock.now(),
    );
  let turns = 0;
  const count = (): void => {
    turns += 1;
    immediate = setImmediate(count);
  };
  let immediate = setImmediate(count);
  const { viewers } = await monitor.stats(0);
  clearImmediate(immediate);
  expect(viewers).toMatchObject({ viewers: 3_000, bitrate: 800_000 });
  expect(turns).toBeGreaterThan(50);
});

test.each(['alerts.yml', 'grafana.json'])('scripts/deploy/monitoring/%s names metrics that there are', async (file) => {
  const text = await readFile(join(import.meta.dirname, '../../scripts/deploy/monitoring', file), 'utf8');
  const named = new Set(text.match(/\b(?:throughline|process|nodejs)_[a-z_]+\b/g) ?? []);
  const { text: metrics } = await monitor.metrics(false);
  const kinds = new Map(
    [...metrics.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', kind = '']) => [name, kind]),
  );
  const unknown = [...named].filter((name) => {
    const series = name.replace(/_(?:bucket|sum|count)$/, '');
    return !kinds.has(name) && kinds.get(series) !== 'histogram';
  });
  expect(named.size).toBeGreaterThan(8);
  expect(unknown).toEqual([]);
});

test('the dashboard for Grafana has panels with queries, side by side', async () => {
  const path = join(import.meta.dirname, '../../scripts/deploy/monitoring/grafana.json');
  const { panels } = JSON.parse(await readFile(path, 'utf8')) as {
    panels: { id: number; gridPos: { x: number; y: number }; targets: { expr: string }[] }[];
  };
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  expect(new Set(panels.map(({ gridPos: { x, y } }) => `${x} ${y}`)).size).toBe(panels.length);
  for (const { targets } of panels) expect(targets.every(({ expr }) => expr.length > 0)).toBe(true);
});
