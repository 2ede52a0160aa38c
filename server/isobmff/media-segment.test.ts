import { describe, expect, it } from 'vitest';
import { StreamError } from '../errors.ts';
import { aacLcConfig } from './codecs.ts';
import { FragmentReader } from './fragment-reader.ts';
import { writeInitSegment } from './init-segment.ts';
import { writePart } from './media-segment.ts';
import type { FragmentTrack, Sample } from './types.ts';

const INIT = writeInitSegment([
  { kind: 'video', trackId: 1, timescale: 90_000, width: 320, height: 180, avcC: new Uint8Array(7).fill(1) },
  {
    kind: 'audio',
    trackId: 2,
    timescale: 48_000,
    channels: 2,
    sampleRate: 48_000,
    audioSpecificConfig: aacLcConfig(48_000, 2),
  },
]);

function sample(data: readonly number[], durationTicks: number, isSync: boolean, compositionOffsetTicks = 0): Sample {
  return { data: Uint8Array.from(data), durationTicks, isSync, compositionOffsetTicks };
}

const VIDEO: FragmentTrack = {
  trackId: 1,
  baseMediaDecodeTime: 2n ** 32n,
  samples: [sample([0xa0, 0xa1, 0xa2], 3600, true), sample([0xb0], 3600, false), sample([0xc0, 0xc1], 3600, false)],
};
const AUDIO: FragmentTrack = {
  trackId: 2,
  baseMediaDecodeTime: 1024n,
  samples: [sample([0xd0], 1024, true), sample([0xe0, 0xe1], 1023, true)],
};

const EXPECTED = [
  // moof
  '000000c46d6f6f66',
  //   mfhd
  '000000106d6668640000000000000007',
  //   traf
  '0000005874726166',
  //     tfhd
  '0000001874666864000200280000000100000e1001010000',
  //     tfdt
  '0000001474666474010000000000000100000000',
  //     trun
  '000000247472756e0100020500000003000000cc02000000000000030000000100000002',
  //   traf
  '0000005474726166',
  //     tfhd
  '0000001474666864000200200000000202000000',
  //     tfdt
  '0000001474666474010000000000000000000400',
  //     trun
  '000000247472756e0100030100000002000000d20000040000000001000003ff00000002',
  // mdat
  '000000116d646174a0a1a2b0c0c1d0e0e1',
].join('');

function withSamples(...samples: Sample[]): FragmentTrack {
  return { trackId: 1, baseMediaDecodeTime: 0n, samples };
}

describe('writePart', () => {
  it('writes these bytes for three frames and two audio packets', () => {
    const bytes = writePart({ sequenceNumber: 7, tracks: [VIDEO, AUDIO] });
    expect(Buffer.from(bytes).toString('hex')).toBe(EXPECTED);
    expect(bytes.buffer.byteLength).toBe(bytes.byteLength);
  });

  it.each([
    { name: 'one sync frame', tracks: [withSamples(sample([1], 3600, true))] },
    { name: 'one frame that is no sync sample', tracks: [withSamples(sample([1], 3600, false))] },
    { name: 'no sync sample at all', tracks: [withSamples(sample([1], 1, false), sample([2], 1, false))] },
    { name: 'a sync sample in the middle', tracks: [withSamples(sample([1], 1, false), sample([2], 1, true))] },
    {
      name: 'two sync samples, then another',
      tracks: [withSamples(sample([1], 1, true), sample([2], 1, true), sample([3], 1, false))],
    },
    {
      name: 'composition offsets of both signs',
      tracks: [withSamples(sample([1], 2, true, 0), sample([2], 2, false, 4), sample([3], 2, false, -2))],
    },
    { name: 'an empty sample', tracks: [withSamples(sample([], 5, true), sample([9], 5, true))] },
    { name: 'the largest values', tracks: [withSamples(sample([1], 0xffff_ffff, true, -0x7fff_ffff))] },
    { name: 'the last decode time', tracks: [{ ...AUDIO, baseMediaDecodeTime: 2n ** 63n - 1n }] },
    { name: 'audio in front of video', tracks: [AUDIO, VIDEO] },
  ])('is read back as it was written: $name', ({ tracks }) => {
    const fragment = { sequenceNumber: 0xffff_ffff, tracks };
    const reader = new FragmentReader();
    reader.push(INIT);
    expect(reader.push(writePart(fragment))).toEqual([{ type: 'fragment', fragment }]);
    reader.end();
  });

  it.each([
    { tracks: [], message: 'moof: needs at least one track' },
    { tracks: [VIDEO, withSamples()], message: 'moof/traf[1]/trun: needs at least one sample' },
    {
      tracks: [{ ...VIDEO, trackId: 0 }],
      message: 'moof/traf[0]/tfhd: track ID must be an integer from 1 to 4294967295, got 0',
    },
    {
      tracks: [{ ...VIDEO, baseMediaDecodeTime: -1n }],
      message: 'moof/traf[0]/tfdt: baseMediaDecodeTime must be from 0 to 2^63 - 1 ticks, got -1',
    },
    {
      tracks: [VIDEO, { ...AUDIO, baseMediaDecodeTime: 2n ** 63n }],
      message: 'moof/traf[1]/tfdt: baseMediaDecodeTime must be from 0 to 2^63 - 1 ticks, got 9223372036854775808',
    },
    ...[-1, 2 ** 32, 0.5, Number.NaN].map((ticks) => ({
      tracks: [withSamples(sample([1], ticks, true))],
      message: `moof/traf[0]/trun: sample duration must be an integer from 0 to 4294967295 ticks, got ${ticks}`,
    })),
    {
      tracks: [withSamples(sample([1], 1, true, 2 ** 31))],
      message:
        'moof/traf[0]/trun: composition offset must be an integer of at most 2147483647 ticks either way, got 2147483648',
    },
  ])('refuses with "$message"', ({ tracks, message }) => {
    expect(() => writePart({ sequenceNumber: 1, tracks })).toThrow(new StreamError('BOX_MALFORMED', message));
  });

  it('refuses a sequence number that mfhd cannot hold', () => {
    expect(() => writePart({ sequenceNumber: 2 ** 32, tracks: [AUDIO] })).toThrow(
      'moof/mfhd: sequence number must be an integer from 0 to 4294967295, got 4294967296',
    );
  });
});
