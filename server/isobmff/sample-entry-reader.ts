import type { BoxReader } from './box-reader.ts';
import { readAudioConfig } from './codecs.ts';
import type { AudioTrackInit, VideoTrackInit } from './types.ts';

/** What every track has besides its sample entry. */
export type TrackBase = { readonly trackId: number; readonly timescale: number };

/** MPEG-4 descriptor tags (ISO/IEC 14496-1 table 1). */
const ES_DESCRIPTOR = 3;
const DECODER_CONFIG = 4;
const DECODER_SPECIFIC_INFO = 5;
/** objectTypeIndication of ISO/IEC 14496-3 audio: AAC. */
const MPEG4_AUDIO = 0x40;

/** ISO/IEC 14496-12 12.1.3.2 (VisualSampleEntry) and 14496-15 5.4.2 (`avc1`, `avc3`). */
export function readVideoEntry(entry: BoxReader, base: TrackBase): VideoTrackInit {
  // reserved 6, data_reference_index 2, pre_defined and reserved 16
  entry.skip(24);
  const width = entry.u16();
  const height = entry.u16();
  if (width === 0 || height === 0) throw entry.refuse(`picture must not be empty, got ${width}x${height}`);
  // resolutions 8, reserved 4, frame_count 2, compressorname 32, depth 2, pre_defined 2
  entry.skip(50);
  const box = entry.child('avcC');
  const avcC = box.copy(box.remainingBytes);
  // ISO/IEC 14496-15 5.3.3.1: six bytes up to the parameter sets, then at least the number of PPS.
  if (avcC.length < 7 || avcC[0] !== 1) throw box.refuse(`is no AVC configuration of version 1 (${avcC.length} bytes)`);
  return { kind: 'video', ...base, width, height, avcC };
}

/** ISO/IEC 14496-12 12.2.3.2 (AudioSampleEntry) and 14496-14 5.6 (`mp4a`). */
export function readAudioEntry(entry: BoxReader, base: TrackBase): AudioTrackInit {
  // reserved 6, data_reference_index 2
  entry.skip(8);
  const version = entry.u16();
  if (version !== 0) throw entry.refuse(`sample entry version must be 0, got ${version}`);
  entry.skip(6);
  const entryChannels = entry.u16();
  // samplesize 2, pre_defined and reserved 4, samplerate 4: 16.16 can't hold 96 kHz, so the config's rate counts
  entry.skip(10);
  const esds = entry.child('esds');
  const audioSpecificConfig = readEsds(esds);
  const config = readAudioConfig(audioSpecificConfig, (reason) => esds.refuse(reason));
  const channels = config.channels ?? entryChannels;
  if (channels === 0) throw entry.refuse('channels must not be 0');
  return { kind: 'audio', ...base, channels, sampleRate: config.sampleRate, audioSpecificConfig };
}

/** ISO/IEC 14496-1 7.2.6.5: ES_Descriptor > DecoderConfigDescriptor > DecoderSpecificInfo. */
function readEsds(esds: BoxReader): Uint8Array {
  esds.versionAndFlags();
  readDescriptor(esds, ES_DESCRIPTOR);
  esds.skip(2);
  const flags = esds.u8();
  if (flags & 0x80) esds.skip(2);
  if (flags & 0x40) esds.skip(esds.u8());
  if (flags & 0x20) esds.skip(2);
  readDescriptor(esds, DECODER_CONFIG);
  const objectType = esds.u8();
  if (objectType !== MPEG4_AUDIO) throw esds.refuse(`object type must be 64 (MPEG-4 audio), got ${objectType}`);
  // streamType 1, bufferSizeDB 3, maxBitrate 4, avgBitrate 4
  esds.skip(12);
  return esds.copy(readDescriptor(esds, DECODER_SPECIFIC_INFO));
}

/** @returns The descriptor's size in bytes, which fits what is left of the box. */
function readDescriptor(esds: BoxReader, tag: number): number {
  const found = esds.u8();
  if (found !== tag) throw esds.refuse(`expected descriptor ${tag}, got ${found}`);
  let sizeBytes = 0;
  // ISO/IEC 14496-1 8.3.3: seven bits a byte, at most four bytes.
  for (let i = 0; i < 4; i++) {
    const byte = esds.u8();
    sizeBytes = (sizeBytes << 7) | (byte & 0x7f);
    if ((byte & 0x80) === 0) break;
  }
  if (sizeBytes > esds.remainingBytes) {
    throw esds.refuse(
      `descriptor ${tag} of ${sizeBytes} bytes runs past the box, which has ${esds.remainingBytes} left`,
    );
  }
  return sizeBytes;
}
