import { crc32 } from 'node:zlib';
import { StreamError } from '../../errors.ts';
import type { JournalRecord } from './records.ts';

/** One line of a journal: records that count together or not at all. */
export type Batch = {
  /** Counts up in a journal; one that was read already is left out. */
  readonly number: number;
  readonly records: readonly JournalRecord[];
};

export type JournalText = {
  /** `at`: where its line begins, in bytes. */
  readonly batches: readonly (Batch & { readonly at: number })[];
  /** Bytes up to which the lines are whole. */
  readonly goodBytes: number;
  /** `torn`: the last line has no end. `damaged`: a line is not what was written; what follows can't be trusted. */
  readonly fault?: 'torn' | 'damaged';
};

const LINE_FEED = 10;
const SPACE = 32;
/** CRC-32 as hex digits. */
const CRC_DIGITS = 8;

/** A batch as `<CRC-32 of the JSON> {"b":<number>,"r":[...]}` and a line feed. JSON has no line feed of its own. */
export function encodeBatch({ number, records }: Batch): Buffer {
  const json = Buffer.from(JSON.stringify({ b: number, r: records }));
  const crc = crc32(json).toString(16).padStart(CRC_DIGITS, '0');
  return Buffer.concat([Buffer.from(`${crc} `), json, Buffer.of(LINE_FEED)]);
}

/** Reads a journal as far as it is whole. Never throws, whatever is in it. */
export function decodeJournal(bytes: Uint8Array): JournalText {
  const batches: JournalText['batches'][number][] = [];
  let at = 0;
  while (at < bytes.byteLength) {
    const end = bytes.indexOf(LINE_FEED, at);
    const batch = end < 0 ? undefined : decodeLine(bytes.subarray(at, end));
    if (!batch) return { batches, goodBytes: at, fault: end < 0 ? 'torn' : 'damaged' };
    batches.push({ ...batch, at });
    at = end + 1;
  }
  return { batches, goodBytes: at };
}

function decodeLine(line: Uint8Array): Batch | undefined {
  if (line.byteLength < CRC_DIGITS + 2 || line[CRC_DIGITS] !== SPACE) return undefined;
  const text = Buffer.from(line.buffer, line.byteOffset, line.byteLength);
  const json = text.subarray(CRC_DIGITS + 1);
  if (crc32(json).toString(16).padStart(CRC_DIGITS, '0') !== text.toString('latin1', 0, CRC_DIGITS)) return undefined;
  const value: unknown = parsed(json.toString('utf8'));
  if (typeof value !== 'object' || value === null || !('b' in value) || !('r' in value)) return undefined;
  const { b, r } = value;
  if (typeof b !== 'number' || !Array.isArray(r)) return undefined;
  return { number: b, records: r as JournalRecord[] };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** @throws {StreamError} `INTERNAL` for a journal that begins with nothing a session can be made of. */
export function unreadable(what: string): StreamError {
  return new StreamError('INTERNAL', `the journal can't be read: ${what}`);
}
