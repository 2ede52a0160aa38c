import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { Disk } from '../../lib/disk.ts';
import type { WordTime } from '../types.ts';

/** What a voice said for a sentence. */
export type SavedSpeech = {
  /** Mono, 16 bit signed. */
  readonly pcm: Int16Array;
  /** Samples per second. */
  readonly audioRate: number;
  readonly words?: readonly WordTime[];
};

type Head = { readonly audioRate: number; readonly words?: readonly WordTime[]; readonly crc: number };

/** Writes a line of JSON, then the PCM. */
export async function writeSpeech(disk: Disk, path: string, { pcm, audioRate, words }: SavedSpeech): Promise<void> {
  const bytes = new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const head: Head = { audioRate, ...(words && { words }), crc: crc32(bytes) };
  await disk.write(path, [Buffer.from(`${JSON.stringify(head)}\n`), bytes], 0, true);
  await disk.close(path);
}

/** `undefined`: there is none, or it is not whole. */
export async function readSpeech(path: string): Promise<SavedSpeech | undefined> {
  try {
    const file = await readFile(path);
    const end = file.indexOf('\n');
    if (end < 0) return undefined;
    const { audioRate, words, crc } = JSON.parse(file.toString('utf8', 0, end)) as Head;
    const bytes = file.subarray(end + 1);
    if (crc32(bytes) !== crc) return undefined;
    const pcm = new Int16Array(bytes.byteLength >> 1);
    new Uint8Array(pcm.buffer).set(bytes.subarray(0, pcm.byteLength));
    return { pcm, audioRate, ...(words && { words }) };
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isAbsent || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
