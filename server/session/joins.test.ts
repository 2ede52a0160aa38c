import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Encoder } from '../encode/encoder.ts';
import { Jail } from '../lib/jail.ts';
import { AAC_BLOCK } from '../timeline/axis.ts';
import type { Profile } from '../timeline/profile.ts';
import {
  decode,
  FILLER_NUMBER,
  FPS,
  makeSignals,
  PICTURE,
  picture,
  RATE,
  random,
  SAMPLES_PER_FRAME,
  type Signal,
} from './join-media.ts';
import { differences, download, readAxes, tableLine } from './join-proof.ts';
import { DataDirectory } from './journal/data-directory.ts';
import { Sessions } from './registry.ts';
import type { Session } from './session.ts';

/** Nothing is heard below 3 dB; with one block of pre-roll in place of two the worst join is at -1.9 dB, and that must fail. */
const LIMIT_DB = 1;
/** Clips that are pushed at once in `live`; filler comes in between the groups. */
const GROUPS = [6, 5, 5];

const next = random(20_261);
const lengths = GROUPS.flatMap((clips) =>
  Array.from({ length: clips }, (_, index) => (index === 0 ? 30 : 14 + Math.floor(next() * 16))),
);
const starts = lengths.map((_, index) => lengths.slice(0, index).reduce((sum, length) => sum + length, 0));
const frames = lengths.reduce((sum, length) => sum + length, 0);

/** What a session made of a signal: `placed` is the frame that each clip starts at. */
type Result = { readonly placed: readonly number[]; readonly path: string; readonly bytes: Buffer };

const logger = pino({ level: 'silent' });
let directory: string;
let encoder: Encoder;
let data: DataDirectory;
let sessions: Sessions;
let signals: Signal[] = [];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'joins-'));
  data = await DataDirectory.open(directory, logger);
  const { clock } = data;
  encoder = await Encoder.open({
    ffmpegPath: 'ffmpeg',
    setting: 'x264',
    dataDirectory: directory,
    parallel: 2,
    stallMs: 10_000,
    jail: Jail.OPEN,
    idle: { version: () => 'joins', draw: idleClip },
    now: () => clock.now(),
  });
  sessions = new Sessions({
    encoder,
    clock,
    logger,
    ...{ storage: data.storage, clips: data.clips, idleMs: 1e12, retentionMs: 0, maxDataBytes: 2 ** 40 },
    dataDirectory: directory,
    maxSessions: 10,
    leadMs: 500,
    limits: {
      maxChunkBytes: 2 ** 28,
      maxChunkSeconds: 60,
      maxQueuedSeconds: 600,
      maxQueuedChunks: 100,
      maxPixelsPerSecond: 1e12,
    },
  });
  signals = await makeSignals(directory, lengths);
});

afterAll(async () => {
  await sessions.close();
  await encoder.close();
  await data.close();
  await rm(directory, { recursive: true, force: true });
});

function idleClip(profile: Profile) {
  async function* pictures() {
    const gray = picture(FILLER_NUMBER);
    for (let frame = 0; frame < 2 * FPS; frame++)
      yield Uint8Array.from({ length: gray.length * 4 }, (_, at) => gray[at >> 2] ?? 0);
  }
  const sound = { pcm: new Int16Array(2 * RATE), audioRate: RATE };
  return { width: profile.width, height: profile.height, fps: FPS, frames: 2 * FPS, pictures: pictures(), ...sound };
}

/** Waits until the session has told of `count` events of a type. */
async function told(session: Session, type: string, count: number): Promise<void> {
  while (session.events.since(0).filter((event) => event.type === type).length < count) await delay(20);
}

async function push(session: Session, clips: readonly string[]): Promise<void> {
  for (const clip of clips) await session.append({ body: createReadStream(clip) });
}

async function play(signal: Signal, pacing: 'asap' | 'live'): Promise<Result> {
  const session = await sessions.create({ pacing, profile: { ...PICTURE, fps: FPS, audioRate: RATE }, window: 600 });
  // Somebody watches: pauses are filled.
  const leave = session.output.subscribe(() => undefined);
  let pushed = 0;
  for (const clips of pacing === 'asap' ? [lengths.length] : GROUPS) {
    await push(session, signal.clips.slice(pushed, pushed + clips));
    pushed += clips;
    // An asap session that is told to end before its last chunk is out needs nothing behind it.
    await told(session, 'chunk.published', pacing === 'asap' ? pushed - 1 : pushed);
    if (pacing === 'live' && pushed < lengths.length) await delay(1_500 + 40 * (lengths[pushed - 1] ?? 0));
  }
  session.end();
  await told(session, 'session.ended', 1);
  leave();
  const events = session.events.since(0);
  expect(events.filter((event) => event.type === 'chunk.failed')).toEqual([]);
  const placed = events
    .filter((event) => event.type === 'chunk.published')
    .map((event) => Math.round(Number(event.start) * FPS));
  const bytes = await download(session);
  const path = join(directory, `${signal.name}-${pacing}.mp4`);
  await writeFile(path, bytes);
  return { placed, path, bytes };
}

async function prove(pacing: 'asap' | 'live', leastJoins: number): Promise<void> {
  const results = await Promise.all(signals.map(async (signal) => ({ signal, result: await play(signal, pacing) })));
  const lines: string[] = [];
  const worst: number[] = [];
  for (const { signal, result } of results) {
    const axes = readAxes(result.bytes);
    const { numbers, sound } = await decode(result.path);
    // Every frame once, in order, and each clip where the session said it is; all the rest is filler.
    const wanted = Array.from({ length: axes.frames }, () => FILLER_NUMBER);
    for (const [index, start] of starts.entries()) {
      for (let frame = 0; frame < (lengths[index] ?? 0); frame++)
        wanted[(result.placed[index] ?? 0) + frame] = start + frame;
    }
    expect(numbers).toEqual(wanted);
    if (pacing === 'asap') expect(axes.frames).toBe(frames);
    // A/V: the sound ends less than one block behind the pictures, and both begin at 0.
    const beyond = axes.blocks * AAC_BLOCK - axes.frames * SAMPLES_PER_FRAME;
    expect(beyond).toBeGreaterThanOrEqual(0);
    expect(beyond).toBeLessThan(AAC_BLOCK);
    expect(sound.length).toBe(axes.blocks * AAC_BLOCK);
    const { joins, insides } = await differences({ pcm: signal.pcm, lengths }, result.placed, sound);
    expect(joins.length).toBeGreaterThanOrEqual(leastJoins);
    lines.push(tableLine(signal.name, pacing, joins));
    // Were a clip only one sample off its place, its inside would be far below.
    worst.push(...joins, ...insides);
  }
  console.log(lines.join('\n'));
  expect(Math.min(...worst)).toBeGreaterThan(-LIMIT_DB);
}

// At the same time: what is published live waits for its time.
describe.concurrent('clips of one signal, cut at random frames and joined again', () => {
  test('published as encoded, they are the one signal', () => prove('asap', 12));
  // How many stand back to back is up to how fast this machine encodes; filler comes between the others.
  test('published live, back to back and with filler between, they are the one signal', () => prove('live', 3));
});
