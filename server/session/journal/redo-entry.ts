import { crc32 } from 'node:zlib';

/** Bytes that belong at a place in a file. */
export type RedoWrite = {
  readonly path: string;
  readonly position: number;
  readonly bytes: readonly Uint8Array[];
  /** Whatever was in the file is thrown away first. */
  readonly fresh?: boolean;
};

/** What a redo log is made of. Paths are relative to the data directory. */
export type RedoEntry =
  /** The first one: which server wrote it. */
  | { readonly type: 'run'; readonly run: string }
  /** A batch of a journal that is not known to be in its file, and the writes that belong to it. */
  | {
      readonly type: 'batch';
      readonly journal: string;
      readonly number: number;
      readonly line: Uint8Array;
      readonly writes: readonly RedoWrite[];
    }
  /** All of a journal is in its file again: what came before means nothing any more. */
  | { readonly type: 'clear'; readonly journal: string }
  /** More was shown of a journal than is told here. */
  | { readonly type: 'lost'; readonly journal: string };

type BatchEntry = Extract<RedoEntry, { type: 'batch' }>;
type Place = Omit<RedoWrite, 'bytes'>;
/** What is said of an entry beside its bytes; only a batch has any. */
type Head = { readonly places: readonly Place[]; readonly sizes: readonly number[] } & (
  | Exclude<RedoEntry, BatchEntry>
  | Omit<BatchEntry, 'line' | 'writes'>
);

/** CRC-32 of all that follows, bytes of the head, bytes in all. */
const PREFIX_BYTES = 12;

/** An entry as a prefix, its head as JSON, then its bytes. It counts as a whole or not at all. */
export function encodeRedo(entry: RedoEntry): Buffer {
  const { line, writes, ...fields } = 'line' in entry ? entry : { ...entry, line: undefined, writes: [] };
  const places = writes.map(({ bytes: _bytes, ...place }) => place);
  const bodies = [...(line ? [line] : []), ...writes.map(({ bytes }) => Buffer.concat(bytes))];
  const head = Buffer.from(JSON.stringify({ ...fields, places, sizes: bodies.map((body) => body.byteLength) }));
  const whole = Buffer.concat([Buffer.alloc(PREFIX_BYTES), head, ...bodies]);
  whole.writeUInt32LE(head.byteLength, 4);
  whole.writeUInt32LE(whole.byteLength, 8);
  whole.writeUInt32LE(crc32(whole.subarray(4)), 0);
  return whole;
}

/** All entries up to the first that is not whole: the process was killed while it wrote that. Never throws. */
export function decodeRedo(bytes: Buffer): RedoEntry[] {
  const entries: RedoEntry[] = [];
  for (let at = 0; at + PREFIX_BYTES <= bytes.byteLength; ) {
    const size = bytes.readUInt32LE(at + 8);
    const whole = bytes.subarray(at, at + size);
    if (size < PREFIX_BYTES || whole.byteLength < size || crc32(whole.subarray(4)) !== whole.readUInt32LE(0)) break;
    entries.push(decodeEntry(whole));
    at += size;
  }
  return entries;
}

/** Of an entry whose CRC is right: it is what `encodeRedo` wrote. */
function decodeEntry(whole: Buffer): RedoEntry {
  const headEnd = PREFIX_BYTES + whole.readUInt32LE(4);
  const { places, sizes, ...fields } = JSON.parse(whole.toString('utf8', PREFIX_BYTES, headEnd)) as Head;
  if (fields.type !== 'batch') return fields;
  let at = headEnd;
  const [line = Buffer.alloc(0), ...bodies] = sizes.map((size) => {
    at += size;
    return whole.subarray(at - size, at);
  });
  return {
    ...fields,
    line,
    writes: bodies.flatMap((body, index) => ({ ...places[index], bytes: [body] }) as RedoWrite),
  };
}
