import { beforeAll, describe, expect, it } from 'vitest';
import { ffmpeg } from '../encode/test-media.ts';
import { StreamError } from '../errors.ts';
import { FragmentReader } from './fragment-reader.ts';
import { boxStarts, fileArguments, KINDS, MOVFLAGS, random } from './test-mutations.ts';

/** Of each kind, for each file. */
const MUTATIONS = 1000;

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

describe.each(MOVFLAGS)('a file made with %s', (movflags) => {
  let original: Buffer = Buffer.alloc(0);
  let starts: number[] = [];
  beforeAll(() => {
    original = ffmpeg(fileArguments(movflags));
    starts = boxStarts(original);
  });

  it.each(Object.keys(KINDS))('with %s is read or refused, the same for any split', (kind) => {
    const next = random(kind.length);
    const mutate = KINDS[kind];
    if (mutate === undefined) throw new Error(`no mutation ${kind}`);
    let refusedCount = 0;
    for (let i = 0; i < MUTATIONS; i++) {
      const mutated = mutate(Buffer.from(original), next, starts);
      const outcome = read(mutated, mutated.length);
      expect(read(mutated, next(mutated.length + 1))).toEqual(outcome);
      if (outcome.message !== null) refusedCount++;
    }
    expect(refusedCount).toBeGreaterThan(0);
  });
});
