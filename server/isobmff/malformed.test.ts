import { describe, expect, it } from 'vitest';
import { StreamError } from '../errors.ts';
import { AT, box, dataOffset, fragment, INIT, MFHD, PART, readAll, TFDT, TFHD, u32 } from './test-boxes.ts';

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
      { skip: 26, byte: 0x16, reason: 'AudioSpecificConfig has a reserved object type or rate: 1690' },
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
