import { StreamError } from '../../errors.ts';
import { readBoxHeader } from '../../isobmff/box-header.ts';
import { BoxReader } from '../../isobmff/box-reader.ts';
import { assertStreams, type Facts, refused, type TrackFacts } from './facts.ts';
import type { FileWindow } from './file-window.ts';
import { fragmentSamples } from './mp4-fragments.ts';
import { assertTables, IndexCost } from './mp4-tables.ts';

/** The index of ten minutes at 60 fps with sound has 2 MB. */
const MAX_INDEX_BYTES = 64 * 2 ** 20;
/** Boxes at the top: a fragment for each picture and packet of ten minutes has 130,000. */
const MAX_TOP_BOXES = 400_000;
const PICTURES = 'vide';
const SOUND = 'soun';
/** Sample entries whose samples are encrypted (ISO/IEC 23001-7 4.1; Apple's). */
const ENCRYPTED = /^(enc[vastm]|drm[is])$/;

type Found = { moov: BoxReader | undefined; isCutOff: boolean; hasFragments: boolean };

/**
 * Reads the structure of an MP4 or QuickTime file (ISO/IEC 14496-12), in time and memory that its size bounds, not its figures.
 *
 * @throws {StreamError} `MEDIA_UNSUPPORTED` for claims that can't be true, that cost more than any chunk may, or that are encrypted.
 */
export function readMp4Facts(file: FileWindow): Facts | undefined {
  const cost = new IndexCost(file.sizeBytes);
  try {
    const { moov, isCutOff, hasFragments } = findIndex(file, cost);
    if (!moov) return undefined;
    const facts = factsOf(moov, cost);
    return { ...facts, isFragmented: hasFragments, isIntricate: facts.isIntricate || isCutOff };
  } catch (error) {
    // Demuxers read some of what is malformed: with little memory, ffprobe may try.
    if (error instanceof StreamError && error.code === 'BOX_MALFORMED') return undefined;
    throw error;
  }
}

function findIndex(file: FileWindow, cost: IndexCost): Found {
  const found: Found = { moov: undefined, isCutOff: false, hasFragments: false };
  let at = 0;
  for (let count = 0; at + 8 <= file.sizeBytes; count++) {
    if (count > MAX_TOP_BOXES) throw refused(`it has more than ${MAX_TOP_BOXES} boxes`);
    const head = file.bytes(at, 16);
    const header = readBoxHeader(new DataView(head.buffer, head.byteOffset, head.byteLength), 0, head.byteLength);
    if (!header) break;
    const sizeBytes = header.sizeBytes === 0 ? file.sizeBytes - at : header.sizeBytes;
    if (sizeBytes < header.headerBytes) break;
    found.isCutOff = at + sizeBytes > file.sizeBytes;
    const isIndex = header.type === 'moov' && !found.moov;
    if (isIndex || header.type === 'moof') {
      if (sizeBytes > MAX_INDEX_BYTES) {
        throw refused(`its ${header.type} has ${sizeBytes} bytes, ${MAX_INDEX_BYTES} are allowed`);
      }
      if (found.isCutOff) break;
      const bytes = file.bytes(at, sizeBytes);
      const payload = isIndex ? bytes.slice(header.headerBytes) : bytes.subarray(header.headerBytes);
      const box = new BoxReader(
        { type: header.type, path: header.type, startByte: at },
        payload,
        at + header.headerBytes,
      );
      if (isIndex) found.moov = box;
      else {
        found.hasFragments = true;
        cost.add(fragmentSamples(box, file.sizeBytes));
      }
    }
    at += sizeBytes;
  }
  return found;
}

function factsOf(moov: BoxReader, cost: IndexCost): Facts {
  const tracks = new Map<number, TrackFacts>();
  const { timescale: movieTimescale, duration } = movieHeader(moov);
  let streams = 0;
  let decoded = 0;
  let isIntricate = false;
  for (const box of childrenOf(moov)) {
    if (box.place.type === 'cmov') throw refused('its index is compressed');
    if (box.place.type !== 'trak') continue;
    streams += 1;
    const track = readTrack(box, movieTimescale, cost);
    if (track.handler === PICTURES || track.handler === SOUND) decoded += 1;
    if (track.isIntricate) isIntricate = true;
    if (track.id !== undefined) tracks.set(track.id, track.facts);
  }
  assertStreams(streams, decoded);
  const announcedEnd = duration / movieTimescale;
  return { streams, decoded, tracks, isIntricate, ...(announcedEnd > 0 && { announcedEnd }) };
}

type Track = { id: number | undefined; handler: string; facts: TrackFacts; isIntricate: boolean };

function readTrack(trak: BoxReader, movieTimescale: number, cost: IndexCost): Track {
  const mdia = first(trak, 'mdia');
  const handler = handlerOf(mdia);
  const stbl = mdia && first(first(mdia, 'minf'), 'stbl');
  const isDecoded = handler === PICTURES || handler === SOUND;
  const samples = stbl ? assertTables(stbl, handler === SOUND, cost) : 0;
  const entry = stbl && isDecoded ? firstEntry(stbl) : undefined;
  if (entry && ENCRYPTED.test(entry.place.type))
    throw refused(`its ${handler === SOUND ? 'sound is' : 'pictures are'} encrypted`);
  const edits = editsOf(trak);
  cost.add(samples * Math.max(0, edits.length - 1));
  const [edit, ...more] = edits.filter(({ mediaTime }) => mediaTime >= 0);
  const emptyTicks = edits.reduce((sum, { mediaTime, ticks }) => (mediaTime < 0 ? sum + ticks : sum), 0);
  const isPlain = more.length === 0 && (!edit || (edit.rate === 1 && (emptyTicks === 0 || edits[0]?.mediaTime === -1)));
  return {
    id: trackIdOf(trak),
    handler,
    isIntricate: isDecoded && !isPlain,
    facts: edit ? { edit: { emptySeconds: emptyTicks / movieTimescale, seconds: edit.ticks / movieTimescale } } : {},
  };
}

/** Up to the first that is malformed: QuickTime ends some boxes with four bytes of nothing. */
function* childrenOf(parent: BoxReader): Generator<BoxReader, void, undefined> {
  try {
    yield* parent.children();
  } catch (error) {
    if (!(error instanceof StreamError && error.code === 'BOX_MALFORMED')) throw error;
  }
}

function first(parent: BoxReader | undefined, type: string): BoxReader | undefined {
  if (!parent) return undefined;
  for (const child of childrenOf(parent)) if (child.place.type === type) return child;
  return undefined;
}

function handlerOf(mdia: BoxReader | undefined): string {
  const hdlr = first(mdia, 'hdlr');
  if (!hdlr) return '';
  hdlr.skip(8);
  return hdlr.fourcc();
}

/** ISO/IEC 14496-12 8.2.2; a duration of all ones, or none, is not known. */
function movieHeader(moov: BoxReader): { timescale: number; duration: number } {
  const box = first(moov, 'mvhd');
  if (!box) return { timescale: 1_000, duration: 0 };
  const isLong = box.u32() >>> 24 === 1;
  box.skip(isLong ? 16 : 8);
  const timescale = box.u32() || 1_000;
  const duration = isLong ? Number(box.u64()) : box.u32();
  return { timescale, duration: duration >= 0xffffffff ? 0 : duration };
}

function trackIdOf(trak: BoxReader): number | undefined {
  const tkhd = first(trak, 'tkhd');
  if (!tkhd) return undefined;
  tkhd.skip(tkhd.u32() >>> 24 === 1 ? 16 : 8);
  return tkhd.u32();
}

type Edit = { readonly ticks: number; readonly mediaTime: number; readonly rate: number };

/** ISO/IEC 14496-12 8.6.6. */
function editsOf(trak: BoxReader): Edit[] {
  const elst = first(first(trak, 'edts'), 'elst');
  if (!elst) return [];
  const isLong = elst.u32() >>> 24 === 1;
  const count = elst.u32();
  const room = Math.floor(elst.remainingBytes / (isLong ? 20 : 12));
  if (count > room) throw refused(`its edit list claims ${count} entries and has room for ${room}`);
  return Array.from({ length: count }, () => ({
    ticks: isLong ? Number(elst.u64()) : elst.u32(),
    mediaTime: isLong ? Number(BigInt.asIntN(64, elst.u64())) : elst.i32(),
    rate: elst.i32() / 65_536,
  }));
}

function firstEntry(stbl: BoxReader): BoxReader | undefined {
  const stsd = first(stbl, 'stsd');
  if (!stsd) return undefined;
  stsd.skip(8);
  for (const entry of childrenOf(stsd)) return entry;
  return undefined;
}
