import { unescaped } from './avc-units.ts';

/** What a sequence parameter set of AVC says beyond sizes (ITU-T H.264 7.3.2.1.1, E.1.1). */
export type AvcSps = {
  /** Fields may be coded: pictures can be interlaced. */
  readonly mayInterlace: boolean;
  /** ISO/IEC 23091-2; 2: unspecified. */
  readonly primaries: number;
  readonly transfer: number;
  readonly bytesPerPixel: number;
};

/** Profiles that say their chroma format. */
const HIGH = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);
/** Samples of colour for each of brightness, by chroma_format_idc. */
const CHROMA = [0, 0.5, 1, 2];
const UNSPECIFIED = 2;
/** With scaling lists a set has some hundreds. */
const MAX_SPS_BYTES = 4_096;
const EXTENDED_SAR = 255;

/** NAL unit type of a sequence parameter set. */
const SPS_UNIT = 7;

/** @returns The first set of a decoder configuration (ISO/IEC 14496-15 5.3.3.1); `undefined` where it can't be read. */
export function spsOfConfig(avcC: Uint8Array): AvcSps | undefined {
  const length = ((avcC[6] ?? 0) << 8) | (avcC[7] ?? 0);
  const hasOne = ((avcC[5] ?? 0) & 0x1f) > 0 && avcC.length >= 8 + length;
  return hasOne ? readUnit(avcC.subarray(8, 8 + length)) : undefined;
}

/** @returns The first set among the units of a packet, as transport streams have it. */
export function spsOfUnits(units: Iterable<Uint8Array>): AvcSps | undefined {
  for (const unit of units) if (((unit[0] ?? 0) & 0x1f) === SPS_UNIT) return readUnit(unit.subarray(0, MAX_SPS_BYTES));
  return undefined;
}

function readUnit(unit: Uint8Array): AvcSps | undefined {
  const bits = new BitReader(unescaped(unit.subarray(1)));
  const sps = readSps(bits);
  return bits.isOver ? undefined : sps;
}

function readSps(bits: BitReader): AvcSps {
  const profile = bits.take(8);
  bits.take(16);
  bits.golomb();
  let chroma = 1;
  let depth = 8;
  if (HIGH.has(profile)) {
    chroma = bits.golomb();
    if (chroma === 3) bits.take(1);
    depth = 8 + bits.golomb();
    bits.golomb();
    bits.take(1);
    if (bits.take(1) === 1) for (let list = 0; list < (chroma === 3 ? 12 : 8); list++) skipScalingList(bits, list);
  }
  bits.golomb();
  skipOrderCount(bits);
  bits.golomb();
  bits.take(1);
  bits.golomb();
  bits.golomb();
  const mayInterlace = bits.take(1) === 0;
  if (mayInterlace) bits.take(1);
  bits.take(1);
  if (bits.take(1) === 1) for (let side = 0; side < 4; side++) bits.golomb();
  const bytesPerPixel = (1 + (CHROMA[chroma] ?? 2)) * (depth > 8 ? 2 : 1);
  return { mayInterlace, bytesPerPixel, ...readColour(bits) };
}

function skipScalingList(bits: BitReader, list: number): void {
  if (bits.take(1) === 0) return;
  let last = 8;
  let next = 8;
  for (let at = 0; at < (list < 6 ? 16 : 64) && !bits.isOver; at++) {
    if (next !== 0) next = (last + bits.signedGolomb() + 256) % 256;
    last = next === 0 ? last : next;
  }
}

function skipOrderCount(bits: BitReader): void {
  const type = bits.golomb();
  if (type === 0) bits.golomb();
  if (type !== 1) return;
  bits.take(1);
  bits.golomb();
  bits.golomb();
  const cycle = bits.golomb();
  for (let at = 0; at < cycle && !bits.isOver; at++) bits.golomb();
}

function readColour(bits: BitReader): { primaries: number; transfer: number } {
  const unspecified = { primaries: UNSPECIFIED, transfer: UNSPECIFIED };
  if (bits.take(1) === 0) return unspecified;
  if (bits.take(1) === 1 && bits.take(8) === EXTENDED_SAR) bits.take(32);
  if (bits.take(1) === 1) bits.take(1);
  if (bits.take(1) === 0) return unspecified;
  bits.take(4);
  return bits.take(1) === 1 ? { primaries: bits.take(8), transfer: bits.take(8) } : unspecified;
}

/** Bits of a parameter set; zeros behind its end. */
class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** More was taken than there is. */
  get isOver(): boolean {
    return this.#at > this.#bytes.length * 8;
  }

  take(count: number): number {
    let value = 0;
    for (let left = count; left > 0; left--, this.#at++) {
      value = value * 2 + (((this.#bytes[this.#at >> 3] ?? 0) >> (7 - (this.#at & 7))) & 1);
    }
    return value;
  }

  /** ue(v), 9.1. */
  golomb(): number {
    let zeros = 0;
    while (zeros < 32 && this.take(1) === 0 && !this.isOver) zeros += 1;
    return 2 ** zeros - 1 + this.take(zeros);
  }

  /** se(v), 9.1.1. */
  signedGolomb(): number {
    const code = this.golomb();
    return code % 2 === 0 ? -code / 2 : (code + 1) / 2;
  }
}
