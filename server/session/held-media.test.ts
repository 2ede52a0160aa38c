import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Encoder } from '../encode/encoder.ts';
import { Lab, rawClip } from '../encode/test-media.ts';
import { Jail } from '../lib/jail.ts';
import { download, readAxes } from './join-proof.ts';
import { DataDirectory } from './journal/data-directory.ts';
import { Sessions } from './registry.ts';

/** What is put aside until it is due comes out of the stream as if it never had been. */

const PROFILE = { width: 64, height: 64, fps: 25, audioRate: 24_000 };
const SECONDS = 40;
const CHUNKS = 3;
const logger = pino({ level: 'silent' });

let directory: string;
let clips: string[];
const lab = new Lab();

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'held-'));
  clips = Array.from({ length: CHUNKS }, (_, at) => {
    const pictures = ['-f', 'lavfi', '-i', `testsrc2=s=64x64:r=25:d=${SECONDS},hue=h=${at * 90}`];
    const sound = ['-f', 'lavfi', '-i', `sine=${300 + at * 100}:d=${SECONDS}`];
    return lab.make(`${at}.mp4`, [...pictures, ...sound, '-c:v', 'libx264', '-preset', 'ultrafast', '-c:a', 'aac']);
  });
});
afterAll(async () => {
  await lab.processes.close();
  await lab.close();
  await rm(directory, { recursive: true, force: true });
});

/** The stream of all clips, as a file. */
async function play(name: string, heldBytes: number): Promise<{ path: string; frames: number; mostHeld: number }> {
  const dataDirectory = join(directory, name);
  const data = await DataDirectory.open(dataDirectory, logger);
  const { clock } = data;
  const encoder = await Encoder.open({
    ...{
      ffmpegPath: 'ffmpeg',
      setting: 'x264',
      dataDirectory,
      parallel: 4,
      stallMs: 10_000,
      jail: Jail.OPEN,
      heldBytes,
    },
    onHeldFault: (error) => expect.unreachable(String(error)),
    idle: { version: () => 'plain', draw: ({ width, height }) => rawClip(25, { width, height }) },
    now: () => clock.now(),
  });
  const sessions = new Sessions({
    ...{ encoder, clock, logger, dataDirectory, maxSessions: 10, leadMs: 500 },
    ...{ storage: data.storage, clips: data.clips, idleMs: 1e12, retentionMs: 0, maxDataBytes: 2 ** 40 },
    limits: {
      ...{ maxChunkBytes: 2 ** 28, maxChunkSeconds: 60, maxQueuedSeconds: 600, maxQueuedChunks: 100 },
      maxPixelsPerSecond: 1e12,
    },
  });
  try {
    const session = await sessions.create({ pacing: 'asap', filler: 'none', profile: PROFILE, window: 600 });
    for (const clip of clips) await session.append({ body: createReadStream(clip) });
    session.end();
    let mostHeld = 0;
    await expect
      .poll(() => {
        mostHeld = Math.max(mostHeld, encoder.held.bytes);
        return session.events.since(0).some(({ type }) => type === 'session.ended');
      })
      .toBe(true);
    expect(session.events.since(0).filter(({ type }) => /failed|adjusted/.test(type))).toEqual([]);
    // All that was held is let go.
    await expect.poll(() => encoder.held.bytes).toBe(0);
    const bytes = await download(session);
    const path = join(directory, `${name}.mp4`);
    await writeFile(path, bytes);
    return { path, frames: readAxes(bytes).frames, mostHeld };
  } finally {
    await sessions.close();
    await encoder.close();
    await data.close();
  }
}

const decode = (path: string, args: readonly string[]): Buffer =>
  execFileSync('ffmpeg', ['-v', 'error', '-i', path, ...args, 'pipe:1'], { maxBuffer: 2 ** 28 });

test('chunks that do not fit into memory come out picture by picture and sample by sample as they would have', async () => {
  const plain = await play('plain', 2 ** 40);
  const aside = await play('aside', 2 ** 20);
  expect(plain.mostHeld).toBeGreaterThan(2 ** 22);
  expect(aside.mostHeld).toBeLessThan(plain.mostHeld);
  expect([plain.frames, aside.frames]).toEqual([CHUNKS * SECONDS * 25, CHUNKS * SECONDS * 25]);
  const hashes = [plain, aside].map(({ path }) => decode(path, ['-map', '0:v', '-f', 'md5']).toString());
  expect(hashes[1]).toBe(hashes[0]);
  const [one, other] = [plain, aside].map(({ path }) => {
    const bytes = decode(path, ['-map', '0:a', '-f', 's16le']);
    return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  });
  expect(other).toHaveLength(one?.length ?? 0);
  // Sound is coded in runs, whose borders are where they happen to be.
  const far = one?.reduce((count, value, at) => count + (Math.abs(value - (other?.[at] ?? 0)) > 1_000 ? 1 : 0), 0);
  expect(far).toBe(0);
});
