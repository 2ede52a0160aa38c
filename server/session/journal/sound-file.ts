import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { PcmPiece } from '../../timeline/pcm-axis.ts';
import type { RedoWrite } from './redo-entry.ts';

/** Room for a slot: seven blocks and a fade at 192 kHz are a third of it. */
const SLOT_BYTES = 64 * 1024;
/** CRC-32, bytes that follow, frame, number of pieces. */
const HEADER_BYTES = 20;
const PIECE_HEADER_BYTES = 12;

/**
 * For `sound`: the end of the sound axis as of the end of a part. There are two slots that take turns, so that writing one leaves
 * the other. A slot is a header, then for each piece its first sample, its length, and its PCM.
 *
 * @param frame - Where the timeline ends.
 */
export function soundWrite(
  path: string,
  slot: number,
  { frame, pieces }: { readonly frame: number; readonly pieces: readonly PcmPiece[] },
): RedoWrite {
  return { path, position: slot * SLOT_BYTES, bytes: [encodeSlot(frame, pieces)] };
}

/** What a slot says of the sound at `frame`; `undefined` when it is of another frame, or damaged. */
export async function readSound(path: string, slot: number, frame: number): Promise<PcmPiece[] | undefined> {
  let bytes: Buffer;
  try {
    bytes = (await readFile(path)).subarray(slot * SLOT_BYTES, (slot + 1) * SLOT_BYTES);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  return decodeSlot(bytes, frame);
}

function encodeSlot(frame: number, pieces: readonly PcmPiece[]): Buffer {
  const length = pieces.reduce((sum, { pcm }) => sum + PIECE_HEADER_BYTES + pcm.byteLength, HEADER_BYTES);
  const bytes = Buffer.alloc(length);
  bytes.writeUInt32LE(length, 4);
  bytes.writeDoubleLE(frame, 8);
  bytes.writeUInt32LE(pieces.length, 16);
  let at = HEADER_BYTES;
  for (const { start, pcm } of pieces) {
    bytes.writeDoubleLE(start, at);
    bytes.writeUInt32LE(pcm.byteLength, at + 8);
    bytes.set(new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength), at + PIECE_HEADER_BYTES);
    at += PIECE_HEADER_BYTES + pcm.byteLength;
  }
  bytes.writeUInt32LE(crc32(bytes.subarray(4)), 0);
  return bytes;
}

function decodeSlot(bytes: Buffer, frame: number): PcmPiece[] | undefined {
  if (bytes.byteLength < HEADER_BYTES) return undefined;
  const length = bytes.readUInt32LE(4);
  if (length < HEADER_BYTES || length > bytes.byteLength) return undefined;
  if (crc32(bytes.subarray(4, length)) !== bytes.readUInt32LE(0) || bytes.readDoubleLE(8) !== frame) return undefined;
  const pieces: PcmPiece[] = [];
  for (let at = HEADER_BYTES; pieces.length < bytes.readUInt32LE(16); ) {
    const size = bytes.readUInt32LE(at + 8);
    const pcm = new Int16Array(size >> 1);
    const start = at + PIECE_HEADER_BYTES;
    new Uint8Array(pcm.buffer).set(bytes.subarray(start, start + pcm.byteLength));
    pieces.push({ start: bytes.readDoubleLE(at), pcm });
    at = start + size;
  }
  return pieces;
}
