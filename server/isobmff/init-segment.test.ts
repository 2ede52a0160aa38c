import { describe, expect, it } from 'vitest';
import { StreamError } from '../errors.ts';
import { FragmentReader } from './fragment-reader.ts';
import { writeInitSegment } from './init-segment.ts';
import type { AudioTrackInit, VideoTrackInit } from './types.ts';

const VIDEO: VideoTrackInit = {
  kind: 'video',
  trackId: 1,
  timescale: 90_000,
  width: 320,
  height: 180,
  avcC: Uint8Array.from(Buffer.from('0164001fffe10002676401000268ee', 'hex')),
};
const AUDIO: AudioTrackInit = {
  kind: 'audio',
  trackId: 2,
  timescale: 48_000,
  channels: 2,
  sampleRate: 48_000,
  audioSpecificConfig: Uint8Array.of(0x11, 0x90),
};

const EXPECTED = [
  // ftyp
  '0000001c6674797069736f360000000069736f3669736f6d6d703431',
  // moov
  '0000042a6d6f6f76',
  //   mvhd
  '0000006c6d766864000000000000000000000000000003e8000000000001000001000000000000000000000000010000',
  '000000000000000000000000000100000000000000000000000000004000000000000000000000000000000000000000',
  '000000000000000000000003',
  //   trak
  '000001d27472616b',
  //     tkhd
  '0000005c746b686400000007000000000000000000000001000000000000000000000000000000000000000000000000',
  '0001000000000000000000000000000000010000000000000000000000000000400000000140000000b40000',
  //     mdia
  '0000016e6d646961',
  //       mdhd
  '000000206d64686400000000000000000000000000015f900000000055c40000',
  //       hdlr
  '0000002d68646c72000000000000000076696465000000000000000000000000566964656f48616e646c657200',
  //       minf
  '000001196d696e66',
  //         vmhd
  '00000014766d6864000000010000000000000000',
  //         dinf
  '0000002464696e66',
  //           dref
  '0000001c647265660000000000000001',
  //             url
  '0000000c75726c2000000001',
  //         stbl
  '000000d97374626c',
  //           stsd
  '0000008d737473640000000000000001',
  //             avc1
  '0000007d61766331000000000000000100000000000000000000000000000000014000b40048000000480000000000000',
  '00100000000000000000000000000000000000000000000000000000000000000000018ffff',
  //               avcC
  '00000017617663430164001fffe10002676401000268ee',
  //               pasp
  '00000010706173700000000100000001',
  //           stts
  '00000010737474730000000000000000',
  //           stsc
  '00000010737473630000000000000000',
  //           stsz
  '000000147374737a000000000000000000000000',
  //           stco
  '000000107374636f0000000000000000',
  //   trak
  '0000019c7472616b',
  //     tkhd
  '0000005c746b686400000007000000000000000000000002000000000000000000000000000000000000000001000000',
  '0001000000000000000000000000000000010000000000000000000000000000400000000000000000000000',
  //     mdia
  '000001386d646961',
  //       mdhd
  '000000206d6468640000000000000000000000000000bb800000000055c40000',
  //       hdlr
  '0000002d68646c720000000000000000736f756e000000000000000000000000536f756e6448616e646c657200',
  //       minf
  '000000e36d696e66',
  //         smhd
  '00000010736d68640000000000000000',
  //         dinf
  '0000002464696e66',
  //           dref
  '0000001c647265660000000000000001',
  //             url
  '0000000c75726c2000000001',
  //         stbl
  '000000a77374626c',
  //           stsd
  '0000005b737473640000000000000001',
  //             mp4a
  '0000004b6d703461000000000000000100000000000000000002001000000000bb800000',
  //               esds
  '000000276573647300000000031900000004114015000000000000000000000005021190060102',
  //           stts
  '00000010737474730000000000000000',
  //           stsc
  '00000010737473630000000000000000',
  //           stsz
  '000000147374737a000000000000000000000000',
  //           stco
  '000000107374636f0000000000000000',
  //   mvex
  '000000486d766578',
  //     trex
  '0000002074726578000000000000000100000001000000000000000000000000',
  //     trex
  '0000002074726578000000000000000200000001000000000000000000000000',
].join('');

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

describe('writeInitSegment', () => {
  it('writes these bytes for one video and one audio track', () => {
    expect(hex(writeInitSegment([VIDEO, AUDIO]))).toBe(EXPECTED);
  });

  it('claims the CMAF brand only for a single track', () => {
    expect(hex(writeInitSegment([VIDEO])).slice(0, 64)).toBe(
      hex(Buffer.from('\0\0\0\x20ftypiso6\0\0\0\0iso6cmfcisommp41', 'latin1')),
    );
  });

  it.each([
    { name: 'video and audio', tracks: [VIDEO, AUDIO] },
    { name: 'audio in front of video', tracks: [AUDIO, VIDEO] },
    {
      name: 'the largest picture and IDs',
      tracks: [{ ...VIDEO, trackId: 0xffff_ffff, width: 0xffff, height: 0xffff }],
    },
    {
      name: 'a rate that 16.16 cannot hold',
      tracks: [{ ...AUDIO, sampleRate: 96_000, audioSpecificConfig: Uint8Array.of(0x10, 0x10) }],
    },
    {
      name: 'a long avcC, past the first guess of the size',
      tracks: [{ ...VIDEO, avcC: new Uint8Array(9000).fill(1) }],
    },
  ])('is read back as it was written: $name', ({ tracks }) => {
    const reader = new FragmentReader();
    expect(reader.push(writeInitSegment(tracks))).toEqual([{ type: 'init', tracks }]);
    reader.end();
  });

  it.each([
    { tracks: [], message: 'moov: needs at least one track' },
    { tracks: [VIDEO, VIDEO], message: 'moov/trak[1]: track ID 1 is taken' },
    {
      tracks: [{ ...VIDEO, trackId: 0 }],
      message: 'moov/trak[0]: track ID must be an integer from 1 to 4294967295, got 0',
    },
    {
      tracks: [VIDEO, { ...AUDIO, timescale: 0.5 }],
      message: 'moov/trak[1]: timescale must be an integer from 1 to 4294967295, got 0.5',
    },
    {
      tracks: [{ ...VIDEO, width: 70_000 }],
      message: 'moov/trak[0]: width must be an integer from 1 to 65535, got 70000',
    },
    {
      tracks: [{ ...AUDIO, channels: 0 }],
      message: 'moov/trak[0]: channels must be an integer from 1 to 65535, got 0',
    },
    {
      tracks: [{ ...VIDEO, avcC: Uint8Array.of(0, 1) }],
      message: 'avc1/avcC: is no AVC configuration of version 1 (2 bytes)',
    },
    {
      tracks: [{ ...AUDIO, sampleRate: 44_100 }],
      message: 'mp4a: sample rate is 44100 Hz, its config says 48000 Hz',
    },
    {
      tracks: [{ ...AUDIO, audioSpecificConfig: Uint8Array.of(0x11) }],
      message: "mp4a/esds: AudioSpecificConfig ends too early: '11'",
    },
    {
      tracks: [{ ...AUDIO, audioSpecificConfig: Uint8Array.from({ length: 105 }, (_, i) => [0x11, 0x90][i] ?? 0) }],
      message: 'mp4a/esds: AudioSpecificConfig has 105 bytes, limit is 104',
    },
  ])('refuses with "$message"', ({ tracks, message }) => {
    expect(() => writeInitSegment(tracks)).toThrow(new StreamError('BOX_MALFORMED', message));
  });
});
