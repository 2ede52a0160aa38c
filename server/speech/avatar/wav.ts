import type { Speech } from '../voice/speech.ts';

const BYTES = 2;

/** The speech as a WAV file: mono, 16 bit. */
export function wavOf({ pcm, audioRate }: Speech): Buffer<ArrayBuffer> {
  const dataBytes = pcm.length * BYTES;
  const file = Buffer.alloc(44 + dataBytes);
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
  for (const [at, sample] of pcm.entries()) file.writeInt16LE(sample, 44 + at * BYTES);
  return file;
}
