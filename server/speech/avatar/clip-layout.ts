import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Boxes that a clip may begin with, before its index or its media. */
const HEADING = new Set(['ftyp', 'styp', 'free', 'skip', 'wide', 'uuid', 'pdin', 'sidx', 'emsg', 'prft', 'pnot']);
const FIRST = new Set(['ftyp', 'moov', 'mdat', 'free', 'skip', 'wide', 'pnot', 'styp']);
/** Of a real clip, far less comes before its index or its media. */
const MAX_HEADING_BYTES = 64 * 1024;
/** A clip has two boxes per fragment; more than this is not looked through. */
const MAX_BOXES = 100_000;
const EBML = 0x1a45dfa3;
const MATROSKA_SEGMENT = 0x18538067;

type BoxHeader = { readonly type: string; readonly headerBytes: number; readonly sizeBytes: number };

/** Header of the box (ISO/IEC 14496-12 4.2) at the start of `bytes`; `undefined` when there are too few. Size 0: up to the end. */
function boxHeader(bytes: Buffer): BoxHeader | undefined {
  if (bytes.length < 8) return undefined;
  const size = bytes.readUInt32BE(0);
  const type = bytes.toString('latin1', 4, 8);
  if (size !== 1) return { type, headerBytes: 8, sizeBytes: size };
  if (bytes.length < 16) return undefined;
  return { type, headerBytes: 16, sizeBytes: Number(bytes.readBigUInt64BE(8)) };
}

const isBroken = ({ headerBytes, sizeBytes }: BoxHeader): boolean => sizeBytes !== 0 && sizeBytes < headerBytes;

/**
 * How a clip has to be read, from its beginning: `file` for an MP4 whose media comes before its index (`moov`), else `stream`;
 * `undefined` when more of it must be seen.
 */
export function readingOf(head: Buffer): 'stream' | 'file' | undefined {
  for (let at = 0; at <= MAX_HEADING_BYTES; ) {
    const box = boxHeader(head.subarray(at));
    if (!box) return undefined;
    if (isBroken(box) || (at === 0 && !FIRST.has(box.type))) return 'stream';
    if (box.type === 'mdat') return 'file';
    if (!HEADING.has(box.type) || box.sizeBytes === 0) return 'stream';
    at += box.sizeBytes;
  }
  return 'file';
}

type Read = (at: number, length: number) => Promise<Buffer>;

async function isWholeMp4(read: Read, sizeBytes: number): Promise<boolean> {
  const types = new Set<string>();
  let last = '';
  let at = 0;
  for (let boxes = 0; at < sizeBytes && boxes < MAX_BOXES; boxes++) {
    const box = boxHeader(await read(at, 16));
    if (!box || isBroken(box) || box.sizeBytes === 0) return false;
    types.add(box.type);
    last = box.type;
    at += box.sizeBytes;
  }
  // A fragmented file could always go on, unless it has the index that ends it.
  return at === sizeBytes && types.has('moov') && (!types.has('moof') || last === 'mfra');
}

/** Number and length of an EBML size (RFC 8794 section 4); all ones: not known. */
function ebmlSize(bytes: Buffer): { length: number; value: number | undefined } {
  const length = Math.clz32(bytes[0] ?? 0) - 23;
  if (length > 8 || bytes.length < length) return { length, value: undefined };
  let value = (bytes[0] ?? 0) & (0xff >> length);
  for (const byte of bytes.subarray(1, length)) value = value * 256 + byte;
  return { length, value: value >= 2 ** (7 * length) - 1 ? undefined : value };
}

async function isWholeMatroska(read: Read, sizeBytes: number): Promise<boolean> {
  const header = ebmlSize(await read(4, 8));
  if (header.value === undefined) return false;
  const segment = 4 + header.length + header.value;
  const bytes = await read(segment, 12);
  if (bytes.length < 12 || bytes.readUInt32BE(0) !== MATROSKA_SEGMENT) return false;
  const size = ebmlSize(bytes.subarray(4));
  return size.value !== undefined && segment + 4 + size.length + size.value <= sizeBytes;
}

/**
 * Whether a file says itself that nothing of it is missing. A fragmented MP4 without an end, or a WebM that was written as a live
 * stream, may be whole without saying so; containers that can't say it are taken as whole.
 */
export async function isSurelyWhole(path: string): Promise<boolean> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size } = await file.stat();
    const read: Read = async (at, length) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, at);
      return buffer.subarray(0, bytesRead);
    };
    const head = await read(0, 16);
    const box = boxHeader(head);
    if (!box) return false;
    if (FIRST.has(box.type)) return await isWholeMp4(read, size);
    return head.readUInt32BE(0) === EBML ? await isWholeMatroska(read, size) : true;
  } finally {
    await file.close();
  }
}
