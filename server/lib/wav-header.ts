const BYTES = 2;
const CHANNELS = 1;
export const WAV_HEADER_BYTES = 44;

/** The beginning of a WAV file of mono, 16 bit PCM: whoever reads it need not be told the rate beforehand. */
export function wavHeader(samples: number, audioRate: number): Uint8Array {
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  const dataBytes = samples * BYTES;
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(WAV_HEADER_BYTES - 8 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(CHANNELS, 22);
  header.writeUInt32LE(audioRate, 24);
  header.writeUInt32LE(audioRate * BYTES, 28);
  header.writeUInt16LE(BYTES, 32);
  header.writeUInt16LE(8 * BYTES, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return header;
}
