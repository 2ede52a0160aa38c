import { aacLcConfig } from './codecs.ts';
import { type FragmentEvent, FragmentReader } from './fragment-reader.ts';
import { writeInitSegment } from './init-segment.ts';
import { writePart } from './media-segment.ts';
import type { TrackInit } from './types.ts';

// Boxes for tests, built by hand, so that each can be wrong in one way.
const TRACKS: readonly TrackInit[] = [
  {
    kind: 'video',
    trackId: 1,
    timescale: 90_000,
    width: 64,
    height: 32,
    avcC: Uint8Array.of(1, 0x64, 0, 31, 255, 224, 0),
  },
  {
    kind: 'audio',
    trackId: 2,
    timescale: 48_000,
    channels: 2,
    sampleRate: 48_000,
    audioSpecificConfig: aacLcConfig(48_000, 2),
  },
];
export const INIT = Buffer.from(writeInitSegment(TRACKS));
/** Where the first `moof` starts. */
export const AT = INIT.length;

export function u32(...values: number[]): Buffer {
  return Buffer.concat(
    values.map((value) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value >>> 0);
      return bytes;
    }),
  );
}

export function box(type: string, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([u32(body.length + 8), Buffer.from(type, 'latin1'), body]);
}

/** A box with a 64-bit size. */
export function largeBox(type: string, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([u32(1), Buffer.from(type, 'latin1'), u32(0, body.length + 16), body]);
}

export const MFHD = box('mfhd', u32(0, 9));
export const TFDT = box('tfdt', u32(0, 77));

/** A moof with one traf, and an mdat of `data`. */
export function fragment(tfhd: Buffer, truns: readonly Buffer[], data: readonly number[] = [1, 2, 3, 4, 5, 6]): Buffer {
  const moof = box('moof', MFHD, box('traf', tfhd, TFDT, ...truns));
  return Buffer.concat([moof, box('mdat', Uint8Array.from(data))]);
}

/** The offset of the mdat's payload from the moof of `fragment(tfhd, [trun])`. */
export function dataOffset(tfhd: Buffer, ...truns: readonly Buffer[]): number {
  return fragment(tfhd, truns, []).length;
}

export function readAll(...pieces: Uint8Array[]): FragmentEvent[] {
  const reader = new FragmentReader();
  const events = pieces.flatMap((piece) => reader.push(piece));
  reader.end();
  return events;
}

export const TFHD = box('tfhd', u32(0x02_0000, 1));
export const PART = Buffer.from(
  writePart({
    sequenceNumber: 1,
    tracks: [
      {
        trackId: 1,
        baseMediaDecodeTime: 0n,
        samples: [{ data: Uint8Array.of(1, 2), durationTicks: 3, isSync: true, compositionOffsetTicks: 0 }],
      },
    ],
  }),
);
