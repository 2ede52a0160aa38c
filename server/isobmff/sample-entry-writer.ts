import type { ByteWriter } from './byte-writer.ts';
import { readAudioConfig } from './codecs.ts';
import { unwritable } from './malformed.ts';
import type { AudioTrackInit, TrackInit, VideoTrackInit } from './types.ts';

/** Appends the `avc1` or `mp4a` box of a track. */
export function writeSampleEntry(w: ByteWriter, track: TrackInit): void {
  if (track.kind === 'video') w.box('avc1', () => writeAvc1(w, track));
  else w.box('mp4a', () => writeMp4a(w, track));
}

/** ISO/IEC 14496-12 12.1.3 and 14496-15 5.4.2. */
function writeAvc1(w: ByteWriter, track: VideoTrackInit): void {
  if (track.avcC.length < 7 || track.avcC[0] !== 1) {
    throw unwritable('avc1/avcC', `is no AVC configuration of version 1 (${track.avcC.length} bytes)`);
  }
  writeEntryStart(w);
  w.zeros(16);
  w.u16(track.width);
  w.u16(track.height);
  // 72 dpi, twice.
  w.u32(0x00480000);
  w.u32(0x00480000);
  w.zeros(4);
  w.u16(1);
  w.zeros(32);
  w.u16(0x0018);
  w.u16(0xffff);
  w.box('avcC', () => w.bytes(track.avcC));
  w.box('pasp', () => {
    w.u32(1);
    w.u32(1);
  });
}

/** ISO/IEC 14496-12 12.2.3 and 14496-14 5.6. */
function writeMp4a(w: ByteWriter, track: AudioTrackInit): void {
  const config = readAudioConfig(track.audioSpecificConfig, (reason) => unwritable('mp4a/esds', reason));
  if (config.sampleRate !== track.sampleRate) {
    throw unwritable('mp4a', `sample rate is ${track.sampleRate} Hz, its config says ${config.sampleRate} Hz`);
  }
  writeEntryStart(w);
  w.zeros(8);
  w.u16(track.channels);
  w.u16(16);
  w.zeros(4);
  // 16.16 holds no 88.2 or 96 kHz: 0 then, as ffmpeg does; the config has the rate.
  w.u32(track.sampleRate <= 0xffff ? track.sampleRate * 0x10000 : 0);
  w.fullBox('esds', 0, 0, () => writeEsDescriptor(w, track.audioSpecificConfig));
}

/** SampleEntry: six reserved bytes, data_reference_index 1. */
function writeEntryStart(w: ByteWriter): void {
  w.zeros(6);
  w.u16(1);
}

/** ISO/IEC 14496-1 7.2.6.5 with the values of 14496-14 3.1.2 (ES_ID 0, predefined SL config 2). */
function writeEsDescriptor(w: ByteWriter, config: Uint8Array): void {
  // One-byte descriptor sizes hold 127; the outermost has 23 more than the config.
  if (config.length > 104)
    throw unwritable('mp4a/esds', `AudioSpecificConfig has ${config.length} bytes, limit is 104`);
  w.u8(3);
  w.u8(3 + 2 + 13 + 2 + config.length + 3);
  w.u16(0);
  w.u8(0);
  w.u8(4);
  w.u8(13 + 2 + config.length);
  // MPEG-4 audio; an audio stream.
  w.u8(0x40);
  w.u8(0x15);
  w.zeros(3 + 4 + 4);
  w.u8(5);
  w.u8(config.length);
  w.bytes(config);
  w.u8(6);
  w.u8(1);
  w.u8(2);
}
