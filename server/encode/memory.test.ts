import { readFileSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { Jail } from '../lib/jail.ts';
import { MemoryBudget } from '../lib/memory-budget.ts';
import { ChunkEncoder } from './chunk-encoder.ts';
import { encodeMemoryBytes, mediaMemoryBytes, ORDINARY_MEMORY_BYTES } from './decode-memory.ts';
import { EncodedChunk } from './encoded-chunk.ts';
import { probeWithFfprobe, useFfprobe } from './ffprobe.ts';
import { probeMedia } from './probe.ts';
import { box, childProcesses, Lab, NEVER, pictures, SMALL, words } from './test-media.ts';
import type { MediaProbe } from './types.ts';

const MIB = 2 ** 20;
/** Uploads at once. */
const CROWD = 20;

const lab = new Lab();
const jail = await Jail.build({ command: 'ffmpeg', devices: false });
afterAll(async () => {
  useFfprobe('ffmpeg', Jail.OPEN, new MemoryBudget(ORDINARY_MEMORY_BYTES));
  await lab.processes.close();
  await lab.close();
});

/** A clip of 5 kB whose tables agree on 85 million samples: 2 GB of index in ffmpeg. */
function bomb(): string {
  const good = readFileSync(lab.make('good.mp4', [...pictures({ size: '64x64', seconds: 0.2 }), '-c:v', 'libx264']));
  const samples = 85_000_000;
  const stsdAt = good.indexOf('stsd') - 4;
  const stblAt = good.indexOf('stbl') - 4;
  const stblBytes = good.readUInt32BE(stblAt);
  const stbl = box(
    'stbl',
    good.subarray(stsdAt, stsdAt + good.readUInt32BE(stsdAt)),
    ...[box('stts', words(0, 1, samples, 512)), box('stsc', words(0, 1, 1, samples, 1))],
    ...[box('stsz', words(0, 1, samples)), box('stco', words(0, 1, 48))],
  );
  const bytes = Buffer.concat([good.subarray(0, stblAt), stbl, good.subarray(stblAt + stblBytes)]);
  for (const type of ['moov', 'trak', 'mdia', 'minf']) {
    const at = bytes.indexOf(type) - 4;
    bytes.writeUInt32BE(bytes.readUInt32BE(at) + stbl.length - stblBytes, at);
  }
  return lab.write('bomb.mp4', bytes);
}

/** The most that all children took together while `work` ran, and how many there were. */
async function watched(work: Promise<unknown>): Promise<{ peakBytes: number; children: number }> {
  let peakBytes = 0;
  let children = 0;
  const timer = setInterval(() => {
    const pids = childProcesses();
    children = Math.max(children, pids.length);
    peakBytes = Math.max(
      peakBytes,
      pids.reduce((sum, pid) => sum + residentBytes(pid), 0),
    );
  }, 5);
  await work;
  clearInterval(timer);
  return { peakBytes, children };
}

function residentBytes(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

test('a header of 85 million entries is disbelieved before any program has read it', async () => {
  const path = bomb();
  const refusals = Array.from({ length: CROWD }, () =>
    expect(probeMedia(path, NEVER)).rejects.toMatchObject({
      code: 'MEDIA_UNSUPPORTED',
      message: expect.stringMatching(/its tables claim 85000000 entries in \d+ bytes/),
    }),
  );
  expect(await watched(Promise.all(refusals))).toEqual({ peakBytes: 0, children: 0 });
});

test.skipIf(!jail.hasLimits)(
  'where one is believed, all programs that read it stay within what they share',
  async () => {
    const path = bomb();
    const budget = new MemoryBudget(600 * MIB);
    useFfprobe('ffmpeg', jail, budget);
    const refusals = Array.from({ length: CROWD }, () =>
      expect(probeWithFfprobe(path, NEVER)).rejects.toMatchObject({ code: 'MEDIA_UNSUPPORTED' }),
    );
    const { peakBytes } = await watched(Promise.all(refusals));
    expect(peakBytes).toBeLessThan(budget.totalBytes);
    expect(budget.takenBytes).toBe(0);
  },
);

test('encodes wait for the memory that others have, and give theirs back', async () => {
  const path = lab.make('clip.mp4', [...pictures(), '-c:v', 'libx264', '-preset', 'ultrafast']);
  const probe = await probeMedia(path, NEVER);
  const memory = new MemoryBudget(ORDINARY_MEMORY_BYTES);
  const { pool, processes } = lab;
  const chunks = new ChunkEncoder({ pool, processes, memory, stallMs: 10_000, now: () => performance.now() });
  const encode = (signal = NEVER) => {
    const chunk = new EncodedChunk({ profile: SMALL, segmentFrames: [25], holdFrames: 0 });
    return chunks.encode({ kind: 'file', path, probe }, chunk, { deadlineMs: 0, signal });
  };
  const held = await memory.take(1);
  const waiting = encode();
  const abort = new AbortController();
  const abandoned = encode(abort.signal);
  await expect.poll(() => pool.running).toBe(2);
  abort.abort();
  await expect(abandoned).rejects.toMatchObject({ code: 'ABORTED' });
  expect(memory.takenBytes).toBe(1);
  held.giveBack();
  await waiting;
  expect(memory.takenBytes).toBe(0);
});

test('pictures that take more than all there is are refused with the figures', async () => {
  const video = { codec: 'avc', width: 4_096, height: 2_304, start: 0, end: 1 };
  const memory = new MemoryBudget(ORDINARY_MEMORY_BYTES);
  const { pool, processes } = lab;
  const chunks = new ChunkEncoder({ pool, processes, memory, stallMs: 10_000, now: () => performance.now() });
  const chunk = new EncodedChunk({ profile: SMALL, segmentFrames: [25], holdFrames: 0 });
  const source = { kind: 'file', path: 'none', probe: { container: 'x', video } } as const;
  await expect(chunks.encode(source, chunk, { deadlineMs: 0, signal: NEVER })).rejects.toMatchObject({
    code: 'MEDIA_UNSUPPORTED',
    message: expect.stringContaining('2147483648 bytes of memory to decode, this server has 536870912'),
  });
});

const media = (width: number, height: number, bytesPerPixel?: number, streams?: number): MediaProbe => ({
  container: 'x',
  video: { codec: 'avc', width, height, start: 0, end: 1, ...(bytesPerPixel !== undefined && { bytesPerPixel }) },
  ...(streams !== undefined && { streams }),
});

test.each([
  ['512x512', media(512, 512, 1.5), 512],
  ['1080p of 10 bits', media(1_920, 1_080, 3), 512],
  ['4K of 8 bits', media(3_840, 2_160, 1.5), 512],
  ['4K of 10 bits', media(3_840, 2_160, 3), 1_024],
  ['4K of nobody knows what', media(3_840, 2_160), 2_048],
  ['sound alone', { container: 'x', audio: { codec: 'aac', sampleRate: 48_000, start: 0, end: 1, exact: false } }, 512],
  ['500 streams', media(512, 512, 1.5, 500), 1_024],
])('%s takes no more than it is given', (_, probe, mib) => expect(encodeMemoryBytes(probe, SMALL)).toBe(mib * MIB));

test('the default is half of what there is, and enough for one', () => {
  expect(mediaMemoryBytes()).toBeGreaterThanOrEqual(ORDINARY_MEMORY_BYTES);
});
