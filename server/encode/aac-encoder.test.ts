import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { StreamError } from '../errors.ts';
import { aacLcConfig } from '../isobmff/codecs.ts';
import { writeInitSegment } from '../isobmff/init-segment.ts';
import { writePart } from '../isobmff/media-segment.ts';
import { AAC_BLOCK } from '../timeline/axis.ts';
import { type BlockRun, PcmAxis } from '../timeline/pcm-axis.ts';
import { AacEncoder } from './aac-encoder.ts';
import { childProcesses } from './test-media.ts';

const encoders: AacEncoder[] = [];
afterEach(async () => {
  await Promise.all(encoders.splice(0).map((encoder) => encoder.close()));
  expect(childProcesses()).toEqual([]);
});

function open(audioRate = 48_000, ffmpegPath = 'ffmpeg'): AacEncoder {
  const encoder = new AacEncoder({ ffmpegPath, audioRate });
  encoders.push(encoder);
  return encoder;
}

/** A rising tone with some noise that is the same each time. */
function sound(blocks: number, seed = 1): PcmAxis {
  const axis = new PcmAxis();
  let noise = seed;
  axis.append(
    Int16Array.from({ length: blocks * AAC_BLOCK }, (_, at) => {
      noise = (noise * 1_103_515_245 + 12_345) & 0x7fffffff;
      return 9_000 * Math.sin((at * seed) / 30 + (at * at) / 2e7) + (noise % 900) - 450;
    }),
  );
  return axis;
}

function decode(packets: readonly Uint8Array[], rate: number): Int16Array {
  const init = {
    kind: 'audio' as const,
    trackId: 1,
    timescale: rate,
    channels: 1,
    sampleRate: rate,
    audioSpecificConfig: aacLcConfig(rate, 1),
  };
  const samples = packets.map((data) => ({
    data,
    durationTicks: AAC_BLOCK,
    isSync: true,
    compositionOffsetTicks: 0,
  }));
  const part = writePart({ sequenceNumber: 1, tracks: [{ trackId: 1, baseMediaDecodeTime: 0n, samples }] });
  const output = execFileSync('ffmpeg', ['-v', 'error', '-i', 'pipe:0', '-f', 's16le', 'pipe:1'], {
    input: Buffer.concat([writeInitSegment([init]), part]),
  });
  return new Int16Array(output.buffer.slice(output.byteOffset, output.byteOffset + output.byteLength));
}

test.each([16_000, 22_050, 24_000, 32_000, 44_100, 48_000])(
  'gives one packet for each block that is asked for, at %d Hz',
  async (rate) => {
    const encoder = open(rate);
    for (const [first, count] of [
      [0, 1],
      [1, 7],
      [8, 1],
      [9, 30],
    ] as const) {
      // Nothing follows that could push its last packets out.
      expect(await encoder.encode(sound(60).run(first, count))).toHaveLength(count);
    }
  },
);

test('gives packets that decode to the sound they stand for', async () => {
  const axis = sound(40);
  const encoder = open();
  const packets = [...(await encoder.encode(axis.run(0, 13))), ...(await encoder.encode(axis.run(13, 17)))];
  const out = decode(packets, 48_000);
  const { pcm } = axis.run(2, 30);
  // A decoder gives block p when it has packet p+1: its output is one block late, and run(2) starts two before.
  let error = 0;
  let signal = 0;
  for (let at = 2 * AAC_BLOCK; at < 28 * AAC_BLOCK; at++) {
    const wanted = pcm[at] ?? 0;
    error += (wanted - (out[at] ?? 0)) ** 2;
    signal += wanted ** 2;
  }
  expect(10 * Math.log10(signal / error)).toBeGreaterThan(12);
});

test('gives a run the same packets whatever was encoded before it', async () => {
  const run = sound(40).run(10, 8);
  const alone = await open().encode(run);
  const encoder = open();
  await encoder.encode(sound(120, 7).run(0, 100));
  await encoder.encode(new PcmAxis().run(0, 5));
  expect((await encoder.encode(run)).map((packet) => Buffer.from(packet).toString('hex'))).toEqual(
    alone.map((packet) => Buffer.from(packet).toString('hex')),
  );
});

test('answers 200 runs at once, each with its own packets', async () => {
  const encoder = open();
  const runs: BlockRun[] = Array.from({ length: 200 }, (_, index) => sound(12, (index % 5) + 1).run(2, 3));
  const answers = await Promise.all(runs.map((run) => encoder.encode(run)));
  const hex = answers.map((packets) => Buffer.concat(packets).toString('hex'));
  // What the encoder saw long ago may tip one scale factor: seen in 1 packet of 600, by one byte, in the first run of a process.
  const different = hex.filter((text, index) => text !== hex[100 + (index % 5)]);
  expect(different.length).toBeLessThanOrEqual(2);
  expect(new Set(hex.slice(100, 105)).size).toBe(5);
  expect(childProcesses()).toHaveLength(1);
});

test('encodes a run again when its process is killed under it', async () => {
  const encoder = open();
  const run = sound(100).run(0, 90);
  const wanted = await encoder.encode(run);
  const again = Promise.all([encoder.encode(run), encoder.encode(run)]);
  const [pid] = childProcesses();
  process.kill(pid!, 'SIGKILL');
  for (const packets of await again) expect(packets).toEqual(wanted);
  expect(childProcesses()).not.toContain(pid);
});

test('goes on after its process was killed between runs', async () => {
  const encoder = open();
  const run = sound(10).run(0, 3);
  await encoder.encode(run);
  process.kill(childProcesses()[0]!, 'SIGKILL');
  expect(await encoder.encode(run)).toHaveLength(3);
});

test('fails when ffmpeg is missing, and when it dies each time', async () => {
  const run = sound(10).run(0, 3);
  await expect(open(48_000, '/nonexistent/ffmpeg').encode(run)).rejects.toMatchObject({ code: 'ENCODER_MISSING' });
  await expect(open(48_000, 'false').encode(run)).rejects.toMatchObject({ code: 'ENCODER_FAILED' });
});

test('comes back after starts that failed, and says when it was lost and when it is back', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'aac-'));
  const ffmpegPath = join(directory, 'ffmpeg');
  const said: string[] = [];
  const encoder = new AacEncoder({
    ffmpegPath,
    audioRate: 48_000,
    onLost: (error, pauseMs) => said.push(`${(error as StreamError).code} ${pauseMs}`),
    onBack: () => said.push('back'),
  });
  encoders.push(encoder);
  const run = sound(10).run(0, 3);
  for (let failure = 0; failure < 2; failure++)
    await expect(encoder.encode(run)).rejects.toMatchObject({ code: 'ENCODER_MISSING' });
  const lost = [0, 100, 200, 400, 800].map((pauseMs) => `ENCODER_MISSING ${pauseMs}`);
  // It rests for longer than a run waits: nothing is started meanwhile.
  await expect(encoder.encode(run)).rejects.toMatchObject({ code: 'ENCODER_FAILED' });
  expect(said).toEqual(lost);
  writeFileSync(ffmpegPath, '#!/bin/sh\nexec ffmpeg "$@"\n', { mode: 0o755 });
  await expect.poll(() => encoder.encode(run).then((packets) => packets.length), { timeout: 20_000 }).toBe(3);
  expect(said.at(-1)).toBe('back');
  rmSync(directory, { recursive: true });
});

test('close calls off the runs that wait, and no run starts after it', async () => {
  const encoder = open();
  const waiting = Promise.allSettled(Array.from({ length: 20 }, () => encoder.encode(sound(100).run(0, 90))));
  await encoder.close();
  for (const result of await waiting) expect(result).toMatchObject({ status: 'rejected', reason: { code: 'ABORTED' } });
  await expect(encoder.encode(sound(10).run(0, 1))).rejects.toMatchObject({ code: 'ABORTED' });
  await encoder.close();
});

test('does not watch a process that has nothing to do', async () => {
  const encoder = open();
  await encoder.encode(sound(10).run(0, 3));
  const state = readFileSync(`/proc/${childProcesses()[0]}/stat`, 'utf8');
  expect(state).toContain('(ffmpeg)');
});
