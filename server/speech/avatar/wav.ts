import type { Speech } from '../voice/speech.ts';

const BYTES = 2;
const HEADER_BYTES = 44;

/** Size of the file that `wavOf` makes. */
export const wavBytes = ({ pcm }: Speech): number => HEADER_BYTES + pcm.length * BYTES;

/** The speech as a WAV file: mono, 16 bit. */
export function wavOf({ pcm, audioRate }: Speech): Buffer<ArrayBuffer> {
  const dataBytes = pcm.length * BYTES;
  const file = Buffer.alloc(HEADER_BYTES + dataBytes);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(36 + dataBytes, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(audioRate, 24);
  file.writeUInt32LE(audioRate * BYTES, 28);
  file.writeUInt16LE(BYTES, 32);
  file.writeUInt16LE(8 * BYTES, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(dataBytes, 40);
  // In one piece: a long sentence has a million samples. All processors that Node runs on here are little-endian.
  file.set(new Uint8Array(pcm.buffer, pcm.byteOffset, dataBytes), HEADER_BYTES);
  return file;
}
