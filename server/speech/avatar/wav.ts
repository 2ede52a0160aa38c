import { WAV_HEADER_BYTES, wavHeader } from '../../lib/wav-header.ts';
import type { Speech } from '../voice/speech.ts';

/** Size of the file that `wavOf` makes. */
export const wavBytes = ({ pcm }: Speech): number => WAV_HEADER_BYTES + pcm.byteLength;

/** The speech as a WAV file: mono, 16 bit. */
export function wavOf({ pcm, audioRate }: Speech): Buffer<ArrayBuffer> {
  // In one piece: a long sentence has a million samples. All processors that Node runs on here are little-endian.
  const samples = new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  return Buffer.concat([wavHeader(pcm.length, audioRate), samples]);
}
