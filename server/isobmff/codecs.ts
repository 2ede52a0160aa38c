import { StreamError } from '../errors.ts';
import type { TrackInit } from './types.ts';

/** ISO/IEC 14496-3 table 1.18: the rates an index stands for, in Hz; index 15 is followed by 24 bits of Hz. */
const SAMPLE_RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];
const EXPLICIT_RATE = 15;

/** ISO/IEC 14496-3 table 1.19: channels by channelConfiguration; 0 (a program config element) says nothing here. */
const CHANNELS_BY_CONFIGURATION = [0, 1, 2, 3, 4, 5, 6, 8];

const AAC_LC = 2;
const OBJECT_TYPE_ESCAPE = 31;

type Refuse = (reason: string) => StreamError;
const refuseBare: Refuse = (reason) => new StreamError('BOX_MALFORMED', reason);

/** The fields of an AudioSpecificConfig (ISO/IEC 14496-3 1.6.2.1) that a track needs. */
export type AudioConfig = {
  readonly objectType: number;
  /** In Hz. */
  readonly sampleRate: number;
  /** null when the channels stand in a program config element. */
  readonly channels: number | null;
};

/**
 * The RFC 6381 name of a track's codec: `avc1.64001F`, `mp4a.40.2`.
 *
 * @throws {StreamError} `BOX_MALFORMED` when the decoder configuration is too short or holds unknown values.
 */
export function codecString(track: TrackInit): string {
  if (track.kind === 'audio') return `mp4a.40.${readAudioConfig(track.audioSpecificConfig).objectType}`;
  // ISO/IEC 14496-15 5.3.3.1: version, then profile, compatibility and level, as RFC 6381 3.3 wants them.
  const [version, ...rest] = track.avcC.subarray(0, 4);
  if (version !== 1 || rest.length < 3) {
    throw new StreamError(
      'BOX_MALFORMED',
      `avcC must start with version 1, profile, compatibility, level, got ${hex(track.avcC)}`,
    );
  }
  return `avc1.${rest.map(hexByte).join('').toUpperCase()}`;
}

/**
 * The AudioSpecificConfig of AAC-LC with 1,024 samples per packet: 2 bytes, or 5 when the rate is none of the table's.
 *
 * @param sampleRate - In Hz.
 * @throws {StreamError} `MEDIA_UNSUPPORTED` for a rate or a number of channels it can't hold.
 */
export function aacLcConfig(sampleRate: number, channels: number): Uint8Array {
  const configuration = channels > 0 ? CHANNELS_BY_CONFIGURATION.indexOf(channels) : -1;
  if (configuration < 0) {
    throw new StreamError('MEDIA_UNSUPPORTED', `AAC channels must be 1 to 6 or 8, got ${channels}`);
  }
  if (!Number.isInteger(sampleRate) || sampleRate < 1 || sampleRate > 0xffffff) {
    throw new StreamError(
      'MEDIA_UNSUPPORTED',
      `AAC sample rate must be an integer from 1 to 16777215 Hz, got ${sampleRate}`,
    );
  }
  const index = SAMPLE_RATES.indexOf(sampleRate);
  if (index >= 0) return bigEndian((AAC_LC << 11) | (index << 7) | (configuration << 3), 2);
  const head = (AAC_LC << 4) | EXPLICIT_RATE;
  // 9 bits of head, 24 of rate, 4 of channels, 3 flags: past the 32 bits of a bitwise operator.
  return bigEndian(head * 2 ** 31 + sampleRate * 2 ** 7 + configuration * 2 ** 3, 5);
}

/**
 * @param refuse - Makes the error, so that a reader can name the box around the config.
 * @throws {StreamError} `BOX_MALFORMED` when it is cut short or its object type or rate is reserved.
 */
export function readAudioConfig(config: Uint8Array, refuse: Refuse = refuseBare): AudioConfig {
  const bits = new BitReader(config, refuse);
  const shortType = bits.take(5);
  const objectType = shortType === OBJECT_TYPE_ESCAPE ? 32 + bits.take(6) : shortType;
  const index = bits.take(4);
  const sampleRate = index === EXPLICIT_RATE ? bits.take(24) : SAMPLE_RATES[index];
  const configuration = bits.take(4);
  if (objectType === 0 || sampleRate === undefined || sampleRate === 0) {
    throw refuse(`AudioSpecificConfig has a reserved object type or rate: ${hex(config)}`);
  }
  return { objectType, sampleRate, channels: CHANNELS_BY_CONFIGURATION[configuration] || null };
}

class BitReader {
  readonly #bytes: Uint8Array;
  readonly #refuse: Refuse;
  #atBit = 0;

  constructor(bytes: Uint8Array, refuse: Refuse) {
    this.#bytes = bytes;
    this.#refuse = refuse;
  }

  take(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#atBit++) {
      const byte = this.#bytes[this.#atBit >> 3];
      if (byte === undefined) throw this.#refuse(`AudioSpecificConfig ends too early: '${hex(this.#bytes)}'`);
      value = (value << 1) | ((byte >> (7 - (this.#atBit & 7))) & 1);
    }
    return value;
  }
}

function bigEndian(value: number, sizeBytes: number): Uint8Array {
  return Uint8Array.from({ length: sizeBytes }, (_, i) => Math.floor(value / 256 ** (sizeBytes - 1 - i)) % 256);
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** At most 16 bytes, for a message. */
function hex(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, 16), hexByte).join('');
}
