import { open } from 'node:fs/promises';
import { StreamError } from '../../errors.ts';

/** What a recording is, by its first bytes. */
export type RecordingKind = { readonly extension: string; readonly mediaType: string };

const HEAD_BYTES = 16;

const latin1 = (head: Buffer, from: number, to: number): string => head.toString('latin1', from, to);

const KINDS: readonly (readonly [fits: (head: Buffer) => boolean, extension: string, mediaType: string])[] = [
  [(head) => head.readUInt32BE(0) === 0x1a45dfa3, 'webm', 'audio/webm'],
  [(head) => latin1(head, 4, 8) === 'ftyp', 'mp4', 'audio/mp4'],
  [(head) => latin1(head, 0, 4) === 'OggS', 'ogg', 'audio/ogg'],
  [(head) => latin1(head, 0, 4) === 'RIFF' && latin1(head, 8, 12) === 'WAVE', 'wav', 'audio/wav'],
  [(head) => latin1(head, 0, 4) === 'fLaC', 'flac', 'audio/flac'],
  // Before MP3: both begin with eleven or twelve set bits, ADTS has layer 0.
  [(head) => (head.readUInt16BE(0) & 0xfff6) === 0xfff0, 'aac', 'audio/aac'],
  [(head) => latin1(head, 0, 3) === 'ID3' || (head.readUInt16BE(0) & 0xffe0) === 0xffe0, 'mp3', 'audio/mpeg'],
];

/** @returns `undefined` for anything that is no known container or stream of sound. */
export function recordingKind(head: Buffer): RecordingKind | undefined {
  if (head.length < 12) return undefined;
  const [, extension, mediaType] = KINDS.find(([fits]) => fits(head)) ?? [];
  return extension === undefined || mediaType === undefined ? undefined : { extension, mediaType };
}

/**
 * What a file is, whatever it is called: the word of whoever sent it does not count.
 *
 * @throws {StreamError} `MEDIA_UNSUPPORTED` when it is no recording that browsers or people make.
 */
export async function kindOfRecording(path: string): Promise<RecordingKind> {
  await using file = await open(path, 'r');
  const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  const kind = recordingKind(buffer.subarray(0, bytesRead));
  if (kind !== undefined) return kind;
  throw new StreamError('MEDIA_UNSUPPORTED', 'a recording must be WebM, MP4, Ogg, WAV, FLAC, AAC or MP3');
}
