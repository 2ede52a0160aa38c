import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSession, pushChunk, sessionStatus } from './support/api.ts';
import { mostMegabytes } from './support/processes.ts';
import { type RunningServer, startServer } from './support/server.ts';
import { until } from './support/until.ts';

const run = promisify(execFile);

/** Just what a chunk may last. */
const SECONDS = 599;
/** Of an encoder's process, of a part, of garbage: whatever is not held media. */
const BESIDE_MB = 450;
const HELD_MB = 336;

let directory: string;
let server: RunningServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'memory-bound-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function make(name: string, source: string, codec: readonly string[]): Promise<string> {
  const path = join(directory, name);
  await run('ffmpeg', ['-y', '-v', 'error', '-f', 'lavfi', '-i', source, '-t', `${SECONDS}`, ...codec, path]);
  return path;
}

test.each([
  { name: 'silence.flac', source: 'anullsrc=r=48000:cl=mono', codec: ['-c:a', 'flac'], heldMb: 0 },
  { name: 'noise.mp3', source: 'anoisesrc=r=48000:a=0.3:c=pink', codec: ['-b:a', '64k'], heldMb: HELD_MB },
])('what sessions have in hand of long sound is bounded for all of them together: $name', async (sound) => {
  const path = await make(sound.name, sound.source, sound.codec);
  server = await startServer({ dataDir: join(directory, `${sound.name}-data`), env: { AVATAR: 'none' } });
  try {
    const before = await mostMegabytes(server.pid);
    const ids: string[] = [];
    for (let at = 0; at < 5; at++) ids.push((await openSession(server.origin)).id);
    // One on air and three encoded behind it, in each: 1.1 GB of PCM.
    for (const id of ids) for (let at = 0; at < 4; at++) await pushChunk(server.origin, id, path);
    for (const id of ids) {
      const isPlanned = async () => (await sessionStatus(server.origin, id)).queuedUntil > 4 * SECONDS - 10;
      await until('all are being encoded', isPlanned, 120_000);
    }
    await until('all are encoded', async () => (await running()) === 0, 120_000);
    expect((await mostMegabytes(server.pid)) - before).toBeLessThan(BESIDE_MB + sound.heldMb);
    for (const id of ids) {
      const { chunks } = await sessionStatus(server.origin, id);
      expect(chunks).toEqual({ accepted: 4, published: 1, failed: 0, dropped: 0 });
    }
    expect(server.log.filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
  } finally {
    await server.stop();
  }
});

/** Encodes that run or wait. */
async function running(): Promise<number> {
  const text = await (await fetch(`${server.origin}/metrics`)).text();
  return [...text.matchAll(/^throughline_encodes_(?:active|waiting) (\d+)/gm)].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  );
}
