import { describe, expect, it } from 'vitest';
import { StreamError } from '../errors.ts';
import { aacLcConfig } from './codecs.ts';
import { type FragmentEvent, FragmentReader } from './fragment-reader.ts';
import { writeInitSegment } from './init-segment.ts';
import { writePart } from './media-segment.ts';
import type { Sample, TrackInit } from './types.ts';

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
const INIT = Buffer.from(writeInitSegment(TRACKS));
/** Where the first `moof` starts. */
const AT = INIT.length;

function u32(...values: number[]): Buffer {
  return Buffer.concat(
    values.map((value) => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value >>> 0);
      return bytes;
    }),
  );
}

function box(type: string, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([u32(body.length + 8), Buffer.from(type, 'latin1'), body]);
}

/** A box with a 64-bit size. */
function largeBox(type: string, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([u32(1), Buffer.from(type, 'latin1'), u32(0, body.length + 16), body]);
}

const MFHD = box('mfhd', u32(0, 9));
const TFDT = box('tfdt', u32(0, 77));

/** A moof with one traf, and an mdat of `data`. */
function fragment(tfhd: Buffer, truns: readonly Buffer[], data: readonly number[] = [1, 2, 3, 4, 5, 6]): Buffer {
  const moof = box('moof', MFHD, box('traf', tfhd, TFDT, ...truns));
  return Buffer.concat([moof, box('mdat', Uint8Array.from(data))]);
}

/** The offset of the mdat's payload from the moof of `fragment(tfhd, [trun])`. */
function dataOffset(tfhd: Buffer, ...truns: readonly Buffer[]): number {
  return fragment(tfhd, truns, []).length;
}

function readAll(...pieces: Uint8Array[]): FragmentEvent[] {
  const reader = new FragmentReader();
  const events = pieces.flatMap((piece) => reader.push(piece));
  reader.end();
  return events;
}

function samplesOf(bytes: Uint8Array): Sample[] {
  return readAll(INIT, bytes).flatMap((event) =>
    event.type === 'fragment' ? event.fragment.tracks.flatMap((track) => track.samples) : [],
  );
}

const TFHD = box('tfhd', u32(0x02_0000, 1));
const PART = Buffer.from(
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

describe('FragmentReader', () => {
  it('skips the boxes around fragments, of any size form', () => {
    const skipped = ['styp', 'sidx', 'free', 'emsg', 'prft', 'mfra'].map((type) => box(type, Buffer.alloc(20, 0xff)));
    const inBetween = Buffer.concat([...skipped, largeBox('free', Buffer.alloc(5)), box('skip')]);
    const moofEnd = PART.readUInt32BE(0);
    const [moof, mdat] = [PART.subarray(0, moofEnd), PART.subarray(moofEnd)];
    const openEnded = Buffer.concat([u32(0), Buffer.from('free'), Buffer.alloc(99)]);
    expect(readAll(inBetween, INIT, inBetween, PART, inBetween, openEnded)).toEqual(readAll(INIT, PART));
    const apart = [{ data: Uint8Array.of(1, 2), durationTicks: 3, isSync: true, compositionOffsetTicks: 0 }];
    const shifted = Buffer.concat([moof, box('free'), mdat]);
    // The data offset counts from the moof: 8 bytes of free move it.
    shifted.writeInt32BE(shifted.readInt32BE(shifted.indexOf('trun') + 12) + 8, shifted.indexOf('trun') + 12);
    expect(samplesOf(shifted)).toEqual(apart);
  });

  it('reads boxes with 64-bit sizes', () => {
    const tfhd = largeBox('tfhd', u32(0x02_0000, 1));
    const trun = (offset: number) => largeBox('trun', u32(0x201, 1, offset, 6));
    const moof = (offset: number) => largeBox('moof', MFHD, largeBox('traf', tfhd, TFDT, trun(offset)));
    const bytes = Buffer.concat([moof(moof(0).length + 16), largeBox('mdat', Uint8Array.of(1, 2, 3, 4, 5, 6))]);
    expect(samplesOf(bytes)).toEqual([
      { data: Uint8Array.of(1, 2, 3, 4, 5, 6), durationTicks: 0, isSync: true, compositionOffsetTicks: 0 },
    ]);
  });

  it('takes a new init segment in the middle of the stream', () => {
    expect(readAll(INIT, PART, INIT, PART).map((event) => event.type)).toEqual([
      'init',
      'fragment',
      'init',
      'fragment',
    ]);
  });

  it('reads every tfhd field, with an absolute base data offset', () => {
    const tfhd = (base: number) => box('tfhd', u32(0x3b, 1, 0, base, 1, 50, 3, 0x01_0000));
    const trun = box('trun', u32(0, 2));
    const base = AT + dataOffset(tfhd(0), trun);
    expect(samplesOf(fragment(tfhd(base), [trun]))).toEqual([
      { data: Uint8Array.of(1, 2, 3), durationTicks: 50, isSync: false, compositionOffsetTicks: 0 },
      { data: Uint8Array.of(4, 5, 6), durationTicks: 50, isSync: false, compositionOffsetTicks: 0 },
    ]);
  });

  it('reads every trun field, and a second trun right behind the first', () => {
    const first = (offset: number) => box('trun', u32(0x0100_0f01, 2, offset, 10, 1, 0x01_0000, -5, 11, 2, 0, 6));
    const second = box('trun', u32(0x0000_0b04, 1, 0x01_0000, 12, 3, 0xffff_fffb));
    const offset = dataOffset(TFHD, first(0), second);
    expect(samplesOf(fragment(TFHD, [first(offset), second]))).toEqual([
      { data: Uint8Array.of(1), durationTicks: 10, isSync: false, compositionOffsetTicks: -5 },
      { data: Uint8Array.of(2, 3), durationTicks: 11, isSync: true, compositionOffsetTicks: 6 },
      { data: Uint8Array.of(4, 5, 6), durationTicks: 12, isSync: false, compositionOffsetTicks: 0xffff_fffb },
    ]);
  });

  it('counts from the end of the previous traf when neither base is given', () => {
    const traf = (trackId: number, trun: Buffer) => box('traf', box('tfhd', u32(0, trackId)), TFDT, trun);
    const moof = (offset: number) =>
      box('moof', MFHD, traf(1, box('trun', u32(0x201, 1, offset, 2))), traf(2, box('trun', u32(0x200, 1, 4))));
    const bytes = Buffer.concat([moof(moof(0).length + 8), box('mdat', Uint8Array.of(1, 2, 3, 4, 5, 6))]);
    expect(samplesOf(bytes).map(({ data }) => [...data])).toEqual([
      [1, 2],
      [3, 4, 5, 6],
    ]);
  });

  it('hands out what stood in front of the damage, then throws for good', () => {
    const reader = new FragmentReader();
    const damaged = Buffer.concat([INIT, PART, box('mdat')]);
    expect(reader.push(damaged).map((event) => event.type)).toEqual(['init', 'fragment']);
    const error = new StreamError('BOX_MALFORMED', `mdat at byte ${AT + PART.length}: has no moof in front of it`);
    expect(() => reader.push(PART)).toThrow(error);
    expect(() => reader.end()).toThrow(error);
  });

  it('holds sample data in the buffer of their fragment, not in what was pushed', () => {
    const piece = Buffer.concat([INIT, PART, Buffer.alloc(3)]);
    const [, event] = new FragmentReader().push(piece);
    if (event?.type !== 'fragment') throw new Error('no fragment');
    const [sample] = event.fragment.tracks[0]?.samples ?? [];
    expect(sample?.data.buffer.byteLength).toBe(2);
  });

  it('refuses a box over its limit before its bytes arrive', () => {
    const reader = new FragmentReader({ maxBoxBytes: 2000 });
    reader.push(INIT);
    expect(() => reader.push(box('moof', Buffer.alloc(1993)).subarray(0, 8))).toThrow(
      `moof at byte ${AT}: size 2001 is over the limit of 2000 bytes`,
    );
  });

  it('takes a large box in small pieces in linear time', () => {
    const data = Buffer.alloc(8 * 1024 * 1024, 7);
    const trun = (offset: number) => box('trun', u32(0x201, 1, offset, data.length));
    const moof = box('moof', MFHD, box('traf', TFHD, TFDT, trun(dataOffset(TFHD, trun(0)))));
    const reader = new FragmentReader();
    reader.push(Buffer.concat([INIT, moof, u32(data.length + 8), Buffer.from('mdat')]));
    const startedMs = performance.now();
    let events: FragmentEvent[] = [];
    for (let at = 0; at < data.length; at += 512) events = reader.push(data.subarray(at, at + 512));
    expect(events.length).toBe(1);
    // 16,384 pushes that each copied all before them would move 64 GiB.
    expect(performance.now() - startedMs).toBeLessThan(2000);
  });
});

/** `INIT` with `bytes` written over it at the first place `type` stands, `skip` bytes behind the type. */
function patched(type: string, skip: number, ...bytes: number[]): Buffer {
  const copy = Buffer.from(INIT);
  copy.set(bytes, copy.indexOf(type) + 4 + skip);
  return copy;
}

function place(type: string, after = 0): number {
  return INIT.indexOf(type, after) - 4;
}

const TRAF_AT = AT + 8 + MFHD.length;
const TRUN_AT = TRAF_AT + 8 + TFHD.length + TFDT.length;
const STBL = 'moov/trak[0]/mdia/minf/stbl';

describe('FragmentReader refuses', () => {
  it.each<{ bytes: Uint8Array[]; message: string }>([
    // top level
    { bytes: [u32(7), Buffer.from('free')], message: 'free at byte 0: size 7 is smaller than its header of 8 bytes' },
    {
      bytes: [u32(1), Buffer.from('free'), u32(0, 15)],
      message: 'free at byte 0: size 15 is smaller than its header of 16 bytes',
    },
    {
      bytes: [u32(0x7fff_ffff, 0x01020304)],
      message: '0x01020304 at byte 0: size 2147483647 is over the limit of 67108864 bytes',
    },
    {
      bytes: [u32(1), Buffer.from('mdat'), u32(-1, -1)],
      message: 'mdat at byte 0: size 18446744073709552000 is over the limit of 67108864 bytes',
    },
    {
      bytes: [u32(0), Buffer.from('moov')],
      message: 'moov at byte 0: size 0 (to the end of the file) is not allowed here',
    },
    { bytes: [INIT, PART.subarray(0, 3)], message: `box at byte ${AT}: stream ends in its header, after 3 bytes` },
    {
      bytes: [INIT, PART.subarray(0, 20)],
      message: `moof at byte ${AT}: stream ends inside it, after 12 of 92 payload bytes`,
    },
    { bytes: [INIT, PART.subarray(0, 100)], message: `moof at byte ${AT}: stream ends without its mdat` },
    { bytes: [PART], message: 'moof at byte 0: comes before any moov' },
    { bytes: [INIT, box('mdat')], message: `mdat at byte ${AT}: has no moof in front of it` },
    { bytes: [INIT, PART.subarray(0, 100), PART], message: `moof at byte ${AT}: is followed by moof, not mdat` },
    // moov
    { bytes: [box('moov')], message: 'moov at byte 0: has no trak' },
    { bytes: [box('moov', u32(1))], message: 'moov at byte 0: 4 bytes at its end are too few for a box' },
    {
      bytes: [box('moov', u32(9), Buffer.from('trak'))],
      message: 'moov/trak[0] at byte 8: size 9 runs past its parent, which has 8 bytes left',
    },
    { bytes: [box('moov', box('trak'))], message: 'moov/trak[0] at byte 8: has no tkhd' },
    {
      bytes: [box('moov', box('trak', box('tkhd'), box('tkhd')))],
      message: 'moov/trak[0]/tkhd at byte 24: a second tkhd in the same box',
    },
    {
      bytes: [box('moov', box('trak', box('tkhd', u32(0, 1))))],
      message: 'moov/trak[0]/tkhd at byte 16: a field needs 8 bytes, 4 of its 8 payload bytes are left',
    },
    {
      bytes: [patched('tkhd', 0, 2)],
      message: `moov/trak[0]/tkhd at byte ${place('tkhd')}: version must be at most 1, got 2`,
    },
    {
      bytes: [patched('tkhd', 12, 0, 0, 0, 0)],
      message: `moov/trak[0]/tkhd at byte ${place('tkhd')}: track ID must not be 0`,
    },
    {
      bytes: [patched('tkhd', 12, 0, 0, 0, 2)],
      message: `moov/trak[1] at byte ${place('trak', place('trak') + 8)}: track ID 2 is taken`,
    },
    {
      bytes: [patched('mdhd', 12, 0, 0, 0, 0)],
      message: `moov/trak[0]/mdia/mdhd at byte ${place('mdhd')}: timescale must not be 0`,
    },
    { bytes: [patched('mvex', -4, ...Buffer.from('mvey'))], message: `moov at byte ${place('moov')}: has no mvex` },
    {
      bytes: [patched('trex', 4, 0, 0, 0, 9)],
      message: `moov/mvex at byte ${place('mvex')}: has no trex for track 1`,
    },
    {
      bytes: [patched('stsd', 7, 2)],
      message: `${STBL}/stsd at byte ${place('stsd')}: must hold one sample entry, got 2`,
    },
    {
      bytes: [patched('avc1', -4, ...Buffer.from('hvc1'))],
      message: `${STBL}/stsd/hvc1 at byte ${place('avc1')}: handler vide with sample entry hvc1 is neither AVC video nor AAC audio`,
    },
    {
      bytes: [patched('avc1', 24, 0, 0)],
      message: `${STBL}/stsd/avc1 at byte ${place('avc1')}: picture must not be empty, got 0x32`,
    },
    {
      bytes: [patched('avcC', 0, 2)],
      message: `${STBL}/stsd/avc1/avcC at byte ${place('avcC')}: is no AVC configuration of version 1 (7 bytes)`,
    },
    {
      bytes: [patched('mp4a', 9, 1)],
      message: `moov/trak[1]/mdia/minf/stbl/stsd/mp4a at byte ${place('mp4a')}: sample entry version must be 0, got 1`,
    },
    ...[
      { skip: 4, byte: 4, reason: 'expected descriptor 3, got 4' },
      { skip: 5, byte: 60, reason: 'descriptor 3 of 60 bytes runs past the box, which has 25 left' },
      { skip: 11, byte: 0x6b, reason: 'object type must be 64 (MPEG-4 audio), got 107' },
      { skip: 25, byte: 1, reason: "AudioSpecificConfig ends too early: '11'" },
      { skip: 26, byte: 0x17, reason: 'AudioSpecificConfig has a reserved object type or rate: 1710' },
    ].map(({ skip, byte, reason }) => ({
      bytes: [patched('esds', skip, byte)],
      message: `moov/trak[1]/mdia/minf/stbl/stsd/mp4a/esds at byte ${place('esds')}: ${reason}`,
    })),
    // moof
    { bytes: [INIT, box('moof'), box('mdat')], message: `moof at byte ${AT}: has no mfhd` },
    {
      bytes: [INIT, fragment(box('tfhd', u32(0, 3)), [])],
      message: `moof/traf[0]/tfhd at byte ${TRAF_AT + 8}: track 3 is not in the moov`,
    },
    {
      bytes: [INIT, fragment(box('tfhd', u32(2, 1, 2)), [])],
      message: `moof/traf[0]/tfhd at byte ${TRAF_AT + 8}: sample description index must be 1, got 2`,
    },
    {
      bytes: [INIT, box('moof', MFHD, box('traf', TFHD)), box('mdat')],
      message: `moof/traf[0] at byte ${TRAF_AT}: has no tfdt`,
    },
    {
      bytes: [INIT, fragment(TFHD, [box('trun', u32(0, 1_000_000))])],
      message: `moof/traf[0]/trun[0] at byte ${TRUN_AT}: fragment has 1000000 samples or more, limit is 131072`,
    },
    {
      bytes: [INIT, fragment(TFHD, [box('trun', u32(0x201, 1, dataOffset(TFHD, box('trun', u32(0, 0, 0, 0))), 7))])],
      message:
        `moof/traf[0]/trun[0] at byte ${TRUN_AT}: sample 0 (7 bytes at byte ${TRUN_AT + 32}) lies outside the mdat ` +
        `(bytes ${TRUN_AT + 32} to ${TRUN_AT + 38})`,
    },
    {
      bytes: [INIT, fragment(TFHD, [box('trun', u32(0x201, 2, 0))])],
      message: `moof/traf[0]/trun[0] at byte ${TRUN_AT}: a field needs 4 bytes, 0 of its 12 payload bytes are left`,
    },
    {
      bytes: [INIT, fragment(TFHD, [box('trun', u32(0, 0)), box('trun', u32(1, 0))])],
      message: `moof/traf[0]/trun[1] at byte ${TRUN_AT + 16}: a field needs 4 bytes, 0 of its 8 payload bytes are left`,
    },
  ])('with "$message"', ({ bytes, message }) => {
    expect(() => readAll(Buffer.concat(bytes), new Uint8Array(0))).toThrow(new StreamError('BOX_MALFORMED', message));
  });
});
