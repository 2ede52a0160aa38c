import { isNoise, plausibility } from './plausible.ts';
import { samplesFrom } from './speech.ts';

/** Speech is smoother; what is rougher, and no noise, is a whisper at a low rate. */
const SMOOTH = 1.5;
/** Quieter than that is silence, which any bytes of silence are in any form. */
const MIN_RMS = 0.002;

type Reading = {
  readonly pcm: Int16Array;
  readonly roughness: number;
  readonly is: 'speech' | 'whisper' | 'silence' | 'noise';
};

/**
 * Samples without a header. 16 bit, little-endian, is what was asked for, and is taken where it can be speech. Where it can't, the bytes may
 * be samples the other way round, which is what `audio/L16` means (RFC 3551 4.5.11) and half of the servers that say it send; 32 bit; or
 * floats.
 *
 * @param isBigEndian - The server says so.
 * @returns `undefined` for what is no speech in any of these.
 */
export function rawSamples(bytes: Buffer, isBigEndian: boolean): Int16Array | undefined {
  const little = readingOf(samplesFrom(bytes));
  if (!isBigEndian && (little.is === 'speech' || little.is === 'silence')) return little.pcm;
  const big = readingOf(samplesFrom(swapped(bytes)));
  const [meant, other] = isBigEndian ? [big, little] : [little, big];
  const speech = [meant, other, ...wider(bytes, little.pcm, big.pcm)].filter(({ is }) => is === 'speech');
  const [smoothest] = speech.toSorted((a, b) => a.roughness - b.roughness);
  return (smoothest ?? [meant, other].find(({ is }) => is !== 'noise'))?.pcm;
}

function readingOf(pcm: Int16Array): Reading {
  const found = plausibility(pcm);
  const { roughness, rms } = found;
  const is = isNoise(found) ? 'noise' : rms < MIN_RMS ? 'silence' : roughness < SMOOTH ? 'speech' : 'whisper';
  return { pcm, roughness, is };
}

function swapped(bytes: Buffer): Buffer {
  return Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2))).swap16();
}

/** Samples of four bytes: integers, of which the upper half counts, and floats. */
function wider(bytes: Buffer, little: Int16Array, big: Int16Array): Reading[] {
  const readings = [everySecond(little, 1), everySecond(big, 0), floats(bytes, true), floats(bytes, false)];
  return readings.flatMap((pcm) => (pcm === undefined ? [] : [readingOf(pcm)]));
}

function everySecond(pcm: Int16Array, from: number): Int16Array {
  const half = new Int16Array(pcm.length >> 1);
  for (let at = 0; at < half.length; at++) half[at] = pcm[2 * at + from] ?? 0;
  return half;
}

/** Larger ones are no samples. */
const MAX_FLOAT = 4;

/** @returns `undefined` for bytes that are no floats of sound. */
function floats(bytes: Buffer, isLittle: boolean): Int16Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pcm = new Int16Array(bytes.byteLength >> 2);
  for (let at = 0; at < pcm.length; at++) {
    const value = view.getFloat32(at * 4, isLittle);
    // What is no number is not within the bound, either.
    if (!(Math.abs(value) <= MAX_FLOAT)) return undefined;
    pcm[at] = Math.round(Math.max(-1, Math.min(1, value)) * 32_767);
  }
  return pcm;
}
