import { readFile } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { PcmPiece } from '../../timeline/pcm-axis.ts';
import type { Segment } from '../../timeline/timeline.ts';
import { renditionName } from '../playlist-view.ts';
import type { SegmentStore } from '../segment-store.ts';
import { decodeJournal, type JournalText } from './journal-line.ts';
import type { JournalRecord, PartRecord } from './records.ts';
import { replay } from './replay.ts';
import type { SavedSession } from './saved-session.ts';
import { readSound } from './sound-file.ts';

/** What a journal says, and how much of it there was to read. */
export type ReadJournal = {
  readonly session: SavedSession;
  /** Number of the last batch that counts. */
  readonly batch: number;
  /** Bytes of the journal that count, of `sizeBytes`. */
  readonly goodBytes: number;
  readonly sizeBytes: number;
  /** `torn`: an end that was told to nobody is left out. `damaged`: what follows can't be read; numbers in it may have been used. */
  readonly fault?: 'torn' | 'damaged';
  /** What is not silence of the sound that is still to come. */
  readonly sound: readonly PcmPiece[];
  /** There was such sound, but it can't be read. */
  readonly isSoundLost: boolean;
};

/**
 * Reads a session's journal, and checks that what its last batch tells of is there.
 *
 * @returns `undefined` when there is no journal, or its beginning can't be read.
 */
export async function readJournal(store: SegmentStore): Promise<ReadJournal | undefined> {
  const bytes = await readOptional(store.journalPath);
  if (!bytes) return undefined;
  const text = decodeJournal(bytes);
  const read = replayed(text);
  const last = text.batches.at(read.count - 1);
  // A batch is written beside what it tells of: the last one may have been the faster.
  const isComplete = !last || !read.session || (await hasFilesOf(last.records, read.session, store));
  const whole = isComplete || !last ? read : { ...replayed(upTo(text, read.count - 1)), fault: read.fault ?? 'torn' };
  if (!whole.session) return undefined;
  const { slot } = whole.session.stream.state;
  const sound = await soundOf(whole.session, slot, store);
  return {
    ...{ session: whole.session, batch: whole.batch, goodBytes: whole.goodBytes, sizeBytes: bytes.byteLength },
    ...(whole.fault && { fault: whole.fault }),
    ...{ sound: sound ?? [], isSoundLost: sound === undefined },
  };
}

type Replay = {
  readonly session: SavedSession | undefined;
  readonly batch: number;
  readonly count: number;
  readonly goodBytes: number;
  readonly fault?: 'torn' | 'damaged' | undefined;
};

function replayed(text: JournalText): Replay {
  const { session, batch, count, fault } = replay(text.batches);
  if (!fault) return { session, batch, count, goodBytes: text.goodBytes, fault: text.fault };
  // The batch that contradicts has changed what it could: without it, from the beginning.
  const before = upTo(text, count);
  return { ...replay(before.batches), goodBytes: before.goodBytes, fault: 'damaged' };
}

/** The first `count` batches. */
function upTo({ batches, goodBytes }: JournalText, count: number): JournalText {
  return { batches: batches.slice(0, count), goodBytes: batches[count]?.at ?? goodBytes };
}

async function hasFilesOf(
  records: readonly JournalRecord[],
  session: SavedSession,
  store: SegmentStore,
): Promise<boolean> {
  for (const record of records) {
    if (record.t === 'part' && !(await isPartStored(record, session, store))) return false;
  }
  const { slot } = session.stream.state;
  const tellsSound = records.some((record) => (record.t === 'part' && record.l === slot) || record.t === 'filler');
  return !tellsSound || (await soundOf(session, slot, store)) !== undefined;
}

async function isPartStored({ n, s, c }: PartRecord, session: SavedSession, store: SegmentStore): Promise<boolean> {
  const found = session.stream.timeline.part(n);
  if (!s || !c || !found) return true;
  for (const [rendition, size] of s.entries()) {
    const bytes = await readOptional(store.segmentPath(renditionName(rendition), found.segment.msn));
    const start = sizeBefore(found.segment, n, rendition);
    const body = bytes?.subarray(start, start + size);
    if (body?.byteLength !== size || crc32(body) !== c[rendition]) return false;
  }
  return true;
}

/** Bytes of a segment's parts in front of one of them. */
function sizeBefore(segment: Segment, part: number, rendition: number): number {
  return segment.parts
    .filter(({ number }) => number < part)
    .reduce((sum, { sizes }) => sum + (sizes?.[rendition] ?? 0), 0);
}

/** Bytes of each rendition's file of a segment. */
export function segmentSizes(segment: Segment): number[] {
  const renditions = Math.max(0, ...segment.parts.map(({ sizes }) => sizes?.length ?? 0));
  return Array.from({ length: renditions }, (_, rendition) => sizeBefore(segment, Number.POSITIVE_INFINITY, rendition));
}

async function soundOf(
  session: SavedSession,
  slot: number | undefined,
  store: SegmentStore,
): Promise<PcmPiece[] | undefined> {
  return slot === undefined ? [] : await readSound(store.soundPath, slot, session.stream.timeline.endFrame);
}

async function readOptional(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'EISDIR', 'ENOTDIR'].includes(String(error.code)))
      return undefined;
    throw error;
  }
}
