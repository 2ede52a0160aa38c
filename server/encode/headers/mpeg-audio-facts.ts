import type { Facts } from './facts.ts';
import type { FileWindow } from './file-window.ts';

type Frame = { readonly bytes: number; readonly rate: number };

/** Kilobits per second by index (ISO/IEC 11172-3 2.4.2.3, 13818-3): layer III of MPEG-1 and of the others, II, and I as one. */
const BIT_RATES: Readonly<Record<string, readonly number[]>> = {
  '1/3': [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  '1/2': [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  '1/1': [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  '2/3': [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  '2/2': [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  '2/1': [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
};
const RATES = [44_100, 48_000, 32_000];
/** Tags at the end: ID3v1 has 128 bytes. Behind longer ones there may be anything. */
const TAIL_BYTES = 512;

/**
 * Walks through the frames of MP3 or ADTS: where they change their rate, or are lost long before the end, files were put behind each other.
 */
export function readMpegAudioFacts(file: FileWindow): Facts | undefined {
  let at = tagBytes(file.bytes(0, 10));
  const first = frameAt(file.bytes(at, 7));
  if (!first) return undefined;
  let frame: Frame | undefined = first;
  while (frame?.rate === first.rate) {
    at += frame.bytes;
    frame = frameAt(file.bytes(at, 7));
  }
  return { streams: 1, tracks: new Map(), isIntricate: file.sizeBytes - at > TAIL_BYTES };
}

/** ID3v2: its size has seven bits a byte. */
function tagBytes(head: Uint8Array): number {
  if (String.fromCharCode(...head.subarray(0, 3)) !== 'ID3') return 0;
  return 10 + head.subarray(6, 10).reduce((size, byte) => (size << 7) | (byte & 0x7f), 0);
}

function frameAt([sync = 0, kind = 0, rates = 0, a = 0, b = 0, c = 0]: Uint8Array): Frame | undefined {
  if (sync !== 0xff || (kind & 0xe0) !== 0xe0) return undefined;
  const layer = 4 - ((kind >> 1) & 3);
  // Layer 0 is ADTS (ISO/IEC 13818-7 6.2).
  if (layer === 4) {
    const bytes = ((a & 3) << 11) | (b << 3) | (c >> 5);
    return (kind & 0xf0) === 0xf0 && bytes >= 7 ? { bytes, rate: (rates >> 2) & 15 } : undefined;
  }
  const version = (kind >> 3) & 3;
  const base = RATES[(rates >> 2) & 3];
  const kilobits = BIT_RATES[`${version === 3 ? 1 : 2}/${layer}`]?.[(rates >> 4) - 1];
  if (version === 1 || base === undefined || kilobits === undefined) return undefined;
  const rate = base / (version === 3 ? 1 : version === 2 ? 2 : 4);
  const padding = (rates >> 1) & 1;
  if (layer === 1) return { rate, bytes: (Math.floor((12_000 * kilobits) / rate) + padding) * 4 };
  const samples = layer === 3 && version !== 3 ? 72_000 : 144_000;
  return { rate, bytes: Math.floor((samples * kilobits) / rate) + padding };
}
