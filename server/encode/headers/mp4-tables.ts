import type { BoxReader } from '../../isobmff/box-reader.ts';
import { refused } from './facts.ts';

/**
 * Entries of an index in all: ffmpeg keeps some 32 bytes for each, and copies of them while it reads edit lists. Ten minutes at 1000
 * pictures a second have 600,000.
 */
const MAX_ENTRIES = 2_000_000;
/** ffmpeg makes packets of so many samples out of uncompressed sound that has them in chunks. */
const SAMPLES_IN_PACKET = 1_024;

/** Tables of a count and then so many bytes for each entry, behind version and flags. */
const ENTRY_BYTES: Readonly<Record<string, number>> = {
  stts: 8,
  ctts: 8,
  stsc: 12,
  stco: 4,
  co64: 8,
  stss: 4,
  stps: 4,
};

/** Adds up what the index of a file makes ffmpeg keep. */
export class IndexCost {
  readonly #fileBytes: number;
  #entries = 0;

  constructor(fileBytes: number) {
    this.#fileBytes = fileBytes;
  }

  /** @throws {StreamError} `MEDIA_UNSUPPORTED` when all entries together are more than are paid for, or than the file has bytes. */
  add(entries: number): void {
    this.#entries += entries;
    if (this.#entries <= MAX_ENTRIES) return;
    throw refused(
      `its tables claim ${this.#entries} entries in ${this.#fileBytes} bytes, at most ${MAX_ENTRIES} are read`,
    );
  }
}

/**
 * Checks the sample tables of a track (ISO/IEC 14496-12 8.6, 8.7) against the room they have.
 *
 * @returns Entries that ffmpeg makes of them.
 * @throws {StreamError} `MEDIA_UNSUPPORTED`.
 */
export function assertTables(stbl: BoxReader, isSound: boolean, cost: IndexCost): number {
  const tables = new Map<string, BoxReader>();
  for (const box of stbl.children()) {
    const { type } = box.place;
    const entryBytes = ENTRY_BYTES[type];
    if (entryBytes !== undefined) assertRoom(box, entryBytes);
    if (!tables.has(type)) tables.set(type, box);
  }
  const samples = sampleCount(tables.get('stsz')) ?? sampleCount(tables.get('stz2')) ?? 0;
  const entries = isSound && isOneTickEach(tables.get('stts')) ? packetCount(tables) : samples;
  cost.add(entries);
  return entries;
}

/** Leaves the cursor at the first entry. */
function assertRoom(box: BoxReader, entryBytes: number): void {
  box.skip(4);
  const count = box.u32();
  const room = Math.floor(box.remainingBytes / entryBytes);
  if (count > room) throw refused(`its ${box.place.type} claims ${count} entries and has room for ${room}`);
}

/** 8.7.3: the size of all samples, or 0 and a table. */
function sampleCount(box: BoxReader | undefined): number | undefined {
  if (!box) return undefined;
  box.skip(4);
  const size = box.u32();
  const count = box.u32();
  const bits = box.place.type === 'stz2' ? size & 0xff : size === 0 ? 32 : 0;
  const room = bits === 0 ? count : Math.floor((box.remainingBytes * 8) / bits);
  if (count > room) throw refused(`its ${box.place.type} claims ${count} samples and has room for ${room}`);
  return count;
}

/** Uncompressed sound in QuickTime's manner, each sample one tick: it is read chunk by chunk. */
function isOneTickEach(stts: BoxReader | undefined): boolean {
  if (stts?.remainingBytes !== 8) return false;
  stts.skip(4);
  return stts.u32() === 1;
}

function packetCount(tables: ReadonlyMap<string, BoxReader>): number {
  const chunkTable = tables.get('stco') ?? tables.get('co64');
  const chunks = chunkTable ? chunkTable.remainingBytes / (ENTRY_BYTES[chunkTable.place.type] ?? 4) : 0;
  const stsc = tables.get('stsc');
  const runs: { first: number; samples: number }[] = [];
  for (; stsc && stsc.remainingBytes >= 12; stsc.skip(4)) runs.push({ first: stsc.u32(), samples: stsc.u32() });
  return runs.reduce((sum, { first, samples }, index) => {
    const next = runs[index + 1]?.first ?? chunks + 1;
    return sum + Math.max(0, Math.min(next, chunks + 1) - first) * Math.ceil(samples / SAMPLES_IN_PACKET);
  }, 0);
}
