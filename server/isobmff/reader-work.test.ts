import { describe, expect, it } from 'vitest';
import { ffmpeg } from '../encode/test-media.ts';
import { StreamError } from '../errors.ts';
import { countWork, growthOf } from '../lib/testing/count-work.ts';
import { FragmentReader } from './fragment-reader.ts';
import { box, dataOffset, INIT, MFHD, TFDT, TFHD, u32 } from './test-boxes.ts';
import { boxStarts, fileArguments, KINDS, MOVFLAGS, random } from './test-mutations.ts';

/** Of each kind, for each file. */
const BATCHES = 10;
/** Counted at once: a file that makes four times the work of a good one stands out among so many. */
const BATCH = 10;

function readAll(bytes: Buffer): void {
  const reader = new FragmentReader();
  try {
    reader.push(bytes);
    reader.end();
  } catch (error) {
    if (!(error instanceof StreamError)) throw error;
  }
}

describe.each(MOVFLAGS)('a file made with %s', (movflags) => {
  const original = ffmpeg(fileArguments(movflags));
  const starts = boxStarts(original);

  it.each(Object.entries(KINDS))('with %s makes no more work than a good one', async (kind, mutate) => {
    const next = random(kind.length);
    readAll(original);
    const goodWork = await countWork(() => readAll(original));
    for (let batch = 0; batch < BATCHES; batch++) {
      const mutated = Array.from({ length: BATCH }, () => mutate(Buffer.from(original), next, starts));
      expect(await countWork(() => mutated.forEach(readAll))).toBeLessThan(1.3 * BATCH * goodWork);
    }
  });
});

it('takes a large box in small pieces with work that grows with its size', async () => {
  // Pushes that each copied all before them would move four times as many bytes for twice as many.
  const push = (sizeBytes: number) => () => {
    const trun = (offset: number) => box('trun', u32(0x201, 1, offset, sizeBytes));
    const moof = box('moof', MFHD, box('traf', TFHD, TFDT, trun(dataOffset(TFHD, trun(0)))));
    const data = Buffer.alloc(sizeBytes, 7);
    const reader = new FragmentReader();
    reader.push(Buffer.concat([INIT, moof, u32(data.length + 8), Buffer.from('mdat')]));
    let events = 0;
    for (let at = 0; at < data.length; at += 512) events = reader.push(data.subarray(at, at + 512)).length;
    expect(events).toBe(1);
  };
  expect(await growthOf(push, 1024 * 1024)).toBeLessThan(2.1);
});
