import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Jail } from '../lib/jail.ts';
import { MemoryBudget } from '../lib/memory-budget.ts';
import { ChunkEncoder } from './chunk-encoder.ts';
import { EncodedChunk } from './encoded-chunk.ts';
import { chunkFrames } from './filter-scripts.ts';
import { probeMedia } from './probe.ts';
import { Lab, NEVER, pictures, SMALL, tone } from './test-media.ts';
import type { EndedEncode } from './types.ts';
import { WarmProcesses } from './warm-processes.ts';

let lab: Lab;
/** NVENC, which has no GPU here: it fails like one that has no session left. */
let nvenc: WarmProcesses;
let ended: EndedEncode[];

beforeAll(() => {
  lab = new Lab();
  nvenc = new WarmProcesses({ ffmpegPath: 'ffmpeg', encoder: 'h264_nvenc', jobsDirectory: lab.jobs, jail: Jail.OPEN });
});
beforeEach(() => {
  ended = [];
});
afterAll(async () => {
  await nvenc.close();
  await lab.processes.close();
  await lab.close();
});

async function encodeWith(fallback: WarmProcesses | undefined): Promise<EncodedChunk> {
  const path = lab.make('clip.mp4', [
    ...pictures({ seconds: 1 }),
    ...tone({ seconds: 1 }),
    '-c:v',
    'libx264',
    '-c:a',
    'aac',
  ]);
  const probe = await probeMedia(path, NEVER);
  const frames = chunkFrames(probe, SMALL.fps);
  const chunk = new EncodedChunk({ profile: SMALL, segmentFrames: [frames], holdFrames: 0 });
  const chunks = new ChunkEncoder({
    pool: lab.pool,
    processes: nvenc,
    fallback,
    memory: new MemoryBudget(2 ** 30),
    stallMs: 10_000,
    now: () => performance.now(),
    onEncoded: (encode) => ended.push(encode),
  });
  await chunks.encode({ kind: 'file', path, probe }, chunk, { deadlineMs: 0, signal: NEVER });
  return chunk;
}

test('a file that the first encoder gave no frame of is encoded by the other one', async () => {
  const chunk = await encodeWith(lab.processes);
  expect(chunk.state).toBe('done');
  expect(chunk.video[0]).toHaveLength(25);
  expect(chunk.samplesReady).toBe(chunk.sound().length);
  // Both attempts are one encode, which took as long as they did together.
  expect(ended).toEqual([{ isDone: true, mediaSeconds: 1, seconds: expect.any(Number) }]);
  expect(ended[0]?.seconds).toBeGreaterThan(0);
});

test('without another encoder the failure is told, with the reason', async () => {
  await expect(encodeWith(undefined)).rejects.toThrow(/nvenc|cuda/i);
  expect(ended).toMatchObject([{ isDone: false, mediaSeconds: 0 }]);
});
