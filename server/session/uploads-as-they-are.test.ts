import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Encoder } from '../encode/encoder.ts';
import { Lab, pictures, rawClip, tone } from '../encode/test-media.ts';
import { Jail } from '../lib/jail.ts';
import { DataDirectory } from './journal/data-directory.ts';
import { Sessions } from './registry.ts';
import type { Session } from './session.ts';

/** Uploads that are not what they say, from the body to the events: real ffmpeg, a real session. */

const PROFILE = { width: 64, height: 64, fps: 25, audioRate: 48_000 };
const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac'];
const logger = pino({ level: 'silent' });

let directory: string;
let encoder: Encoder;
let data: DataDirectory;
let sessions: Sessions;
let session: Session;
const lab = new Lab();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'as-they-are-'));
  data = await DataDirectory.open(directory, logger);
  const { clock } = data;
  encoder = await Encoder.open({
    ...{
      ffmpegPath: 'ffmpeg',
      setting: 'x264',
      dataDirectory: directory,
      parallel: 2,
      stallMs: 10_000,
      jail: Jail.OPEN,
    },
    idle: { version: () => 'plain', draw: ({ width, height }) => rawClip(25, { width, height }) },
    now: () => clock.now(),
  });
  sessions = new Sessions({
    ...{ encoder, clock, logger, dataDirectory: directory, maxSessions: 10, leadMs: 500 },
    ...{ storage: data.storage, clips: data.clips, idleMs: 1e12, retentionMs: 0, maxDataBytes: 2 ** 40 },
    limits: {
      ...{ maxChunkBytes: 2 ** 28, maxChunkSeconds: 60, maxQueuedSeconds: 600, maxQueuedChunks: 100 },
      maxPixelsPerSecond: 1e12,
    },
  });
});
afterAll(async () => {
  await sessions.close();
  await encoder.close();
  await data.close();
  await lab.processes.close();
  await lab.close();
  await rm(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  session = await sessions.create({ pacing: 'asap', filler: 'none', profile: PROFILE });
});
afterEach(() => sessions.delete(session.id));

/** A clip of 2 s, its index in front. */
const clip = () =>
  readFileSync(
    lab.make('clip.mp4', [...pictures({ seconds: 2 }), ...tone({ seconds: 2 }), ...X264, '-movflags', '+faststart']),
  );

/** Pushes a body as the one chunk; what the session said of it, and how long its stream became. */
async function push(body: Uint8Array) {
  const ended = new Promise<void>((resolve) => {
    const leave = session.events.subscribe(({ type }) => {
      if (type !== 'session.ended') return;
      leave();
      resolve();
    });
  });
  await session.append({ body: Readable.from([body]) });
  session.end();
  await ended;
  const events = session.events.since(0).filter(({ type }) => type.startsWith('chunk.'));
  return {
    types: events.map(({ type }) => type),
    of: (type: string) => events.find((event) => event.type === type),
    seconds: session.status().publishedUntil,
  };
}

const PLAYED = ['chunk.accepted', 'chunk.encoding', 'chunk.published'];

test('a clip as it should be is said no more of than what becomes of it', async () => {
  const { types, seconds } = await push(clip());
  expect(types).toEqual(PLAYED);
  expect(seconds).toBeCloseTo(2, 5);
});

test('half a clip is played as far as it goes, with a word', async () => {
  const { types, of, seconds } = await push(clip().subarray(0, clip().length * 0.6));
  expect(types.toSorted()).toEqual([...PLAYED, 'chunk.adjusted'].toSorted());
  expect(seconds).toBeGreaterThan(0.5);
  expect(seconds).toBeLessThan(1.7);
  expect(of('chunk.adjusted')).toMatchObject({
    chunk: { index: 0 },
    differences: [{ code: 'SHORTER', promised: 2 }, { code: 'DAMAGED' }],
  });
});

test('sound is heard over the idle picture where the pictures can not be decoded', async () => {
  const bytes = clip();
  bytes.write('zzz1', bytes.lastIndexOf('avc1'));
  const { types, of, seconds } = await push(bytes);
  expect(types.toSorted()).toEqual([...PLAYED, 'chunk.adjusted'].toSorted());
  expect(seconds).toBeCloseTo(2, 1);
  expect(of('chunk.adjusted')).toMatchObject({ differences: [{ code: 'PICTURES_MISSING' }] });
});

test('pictures are shown in silence where the sound can not be decoded', async () => {
  const bytes = clip();
  bytes.write('zzza', bytes.lastIndexOf('mp4a'));
  // Its decoder configuration says what it is, too.
  bytes.write('free', bytes.lastIndexOf('esds'));
  const { of, seconds } = await push(bytes);
  expect(seconds).toBeCloseTo(2, 1);
  expect(of('chunk.adjusted')).toMatchObject({ differences: [{ code: 'SOUND_MISSING' }] });
});

test.each<[string, (bytes: Buffer) => Uint8Array]>([
  ['garbage behind a good header', (bytes) => bytes.fill(0xa5, bytes.indexOf('mdat') + 4)],
  [
    'nothing that any decoder knows',
    (bytes) => {
      bytes.write('zzz1', bytes.lastIndexOf('avc1'));
      bytes.write('zzza', bytes.lastIndexOf('mp4a'));
      bytes.write('free', bytes.lastIndexOf('esds'));
      return bytes;
    },
  ],
  [
    'encrypted pictures',
    (bytes) => {
      bytes.write('encv', bytes.lastIndexOf('avc1'));
      return bytes;
    },
  ],
  ['half a header', (bytes) => bytes.subarray(0, bytes.indexOf('moov') + 100)],
  ['noise', (bytes) => Buffer.from(bytes.map((byte, at) => (byte * 31 + at * 17) & 0xff))],
])("%s is the sender's fault", async (_, change) => {
  const { types, of } = await push(change(clip()));
  expect(types.at(-1)).toBe('chunk.failed');
  expect(of('chunk.failed')).toMatchObject({ reason: { code: 'MEDIA_UNSUPPORTED' } });
});
