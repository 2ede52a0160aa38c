import { execFileSync } from 'node:child_process';
import { beforeAll, describe, expect, it } from 'vitest';
import { StreamError } from '../errors.ts';
import { FragmentReader } from './fragment-reader.ts';

/** Of each kind, for each file. */
const MUTATIONS = 1000;
/** The slowest takes 5 ms here, most take 0.5; the rest is for a busy machine. A hang or a huge allocation takes far longer. */
const LIMIT_MS = 150;

type Random = (below: number) => number;

/** A linear congruential generator: the same mutations in every run. */
function random(seed: number): Random {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** ffmpeg writes to a pipe, as it does for the encoder. */
function encode(movflags: string): Buffer {
  const input = ['-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25:d=0.6', '-f', 'lavfi', '-i', 'sine=d=0.6:r=48000'];
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-threads', '1', '-g', '5', '-c:a', 'aac'];
  const output = ['-movflags', movflags, '-f', 'mp4', 'pipe:1'];
  return execFileSync('ffmpeg', ['-v', 'error', ...input, ...codecs, ...output]);
}

const BOX_TYPES =
  /moov|trak|tkhd|mdhd|hdlr|stsd|avc1|avcC|mp4a|esds|mvex|trex|moof|mfhd|traf|tfhd|tfdt|trun|mdat|stbl|minf/g;

/** Where boxes start: their size fields. */
function boxStarts(bytes: Buffer): number[] {
  return [...bytes.toString('latin1').matchAll(BOX_TYPES)].map(({ index }) => index - 4);
}

const SIZES = [0, 1, 7, 8, 9, 16, 0xff, 0xffff, 0x7fff_ffff, 0xffff_ffff];

type Mutation = (bytes: Buffer, next: Random, starts: readonly number[]) => Buffer;
const KINDS: Record<string, Mutation> = {
  'flipped bytes': (bytes, next) => {
    for (let i = next(8); i >= 0; i--) bytes[next(bytes.length)] = next(256);
    return bytes;
  },
  'flipped bytes near box headers': (bytes, next, starts) => {
    for (let i = next(3); i >= 0; i--) bytes[(starts[next(starts.length)] ?? 0) + next(40)] = next(256);
    return bytes;
  },
  'another size field': (bytes, next, starts) => {
    bytes.writeUInt32BE(SIZES[next(SIZES.length)] ?? 0, starts[next(starts.length)]);
    return bytes;
  },
  'a large number in a field': (bytes, next, starts) => {
    bytes.writeUInt32BE(SIZES[next(SIZES.length)] ?? 0, (starts[next(starts.length)] ?? 0) + 8 + 4 * next(6));
    return bytes;
  },
  'its end missing': (bytes, next) => bytes.subarray(0, next(bytes.length)),
  'a deletion': (bytes, next) => {
    const at = next(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + next(64))]);
  },
  'an insertion': (bytes, next) => {
    const at = next(bytes.length);
    const inserted = Buffer.from(Array.from({ length: 1 + next(64) }, () => next(256)));
    return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at)]);
  },
};

/** Reads in two pieces; an error other than BOX_MALFORMED falls through. Gives how many events came, and the error. */
function read(bytes: Buffer, splitAt: number): { eventCount: number; message: string | null } {
  const reader = new FragmentReader();
  let eventCount = 0;
  try {
    eventCount += reader.push(bytes.subarray(0, splitAt)).length;
    eventCount += reader.push(bytes.subarray(splitAt)).length;
    reader.end();
    return { eventCount, message: null };
  } catch (error) {
    if (!(error instanceof StreamError) || error.code !== 'BOX_MALFORMED') throw error;
    expect(error.message).toMatch(/^[ -~]+ at byte \d+: [ -~]+$/);
    return { eventCount, message: error.message };
  }
}

describe.each(['frag_every_frame+empty_moov+default_base_moof', 'frag_keyframe+empty_moov'])(
  'a file made with %s',
  (movflags) => {
    let original: Buffer = Buffer.alloc(0);
    let starts: number[] = [];
    beforeAll(() => {
      original = encode(movflags);
      starts = boxStarts(original).filter((at) => at >= 0 && at + 48 < original.length);
    });

    it.each(Object.keys(KINDS))('with %s is read or refused, quickly, and the same for any split', (kind) => {
      const next = random(kind.length);
      const mutate = KINDS[kind];
      if (mutate === undefined) throw new Error(`no mutation ${kind}`);
      let refusedCount = 0;
      let slowestMs = 0;
      for (let i = 0; i < MUTATIONS; i++) {
        const mutated = mutate(Buffer.from(original), next, starts);
        const startedMs = performance.now();
        const outcome = read(mutated, mutated.length);
        slowestMs = Math.max(slowestMs, performance.now() - startedMs);
        expect(read(mutated, next(mutated.length + 1))).toEqual(outcome);
        if (outcome.message !== null) refusedCount++;
      }
      expect(refusedCount).toBeGreaterThan(0);
      expect(slowestMs).toBeLessThan(LIMIT_MS);
    });
  },
);
