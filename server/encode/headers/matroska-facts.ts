import { assertStreams, type Facts, refused } from './facts.ts';
import type { FileWindow } from './file-window.ts';

/** Element ids (RFC 9559 5.1) with their markers. */
const ID = {
  ebml: 0x1a45dfa3,
  segment: 0x18538067,
  cluster: 0x1f43b675,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackType: 0x83,
  contentEncodings: 0x6d80,
  contentEncoding: 0x6240,
  contentEncryption: 0x5035,
};
const PICTURES = 1;
const SOUND = 2;
/** What describes the tracks of a film has some kilobytes. */
const MAX_TRACKS_BYTES = 16 * 2 ** 20;
/** With names of programs it has some hundreds. */
const MAX_INFO_BYTES = 65_536;
/** Elements in front of the tracks: a seek head, information, tags, padding. */
const MAX_ELEMENTS = 1_000;

type Element = { readonly id: number; readonly at: number; readonly endAt: number };

/**
 * Reads the tracks of a Matroska or WebM file.
 *
 * @throws {StreamError} `MEDIA_UNSUPPORTED` for too many of them, and for encrypted ones.
 */
export function readMatroskaFacts(file: FileWindow): Facts | undefined {
  const { tracks, info } = findElements(file);
  if (!tracks || tracks.endAt > file.sizeBytes) return undefined;
  if (tracks.endAt - tracks.at > MAX_TRACKS_BYTES) {
    throw refused(`its tracks are described in ${tracks.endAt - tracks.at} bytes, ${MAX_TRACKS_BYTES} are allowed`);
  }
  const bytes = file.bytes(tracks.at, tracks.endAt - tracks.at).slice();
  let streams = 0;
  let decoded = 0;
  for (const entry of elementsIn(bytes)) {
    if (entry.id !== ID.trackEntry) continue;
    streams += 1;
    const inside = bytes.subarray(entry.at, entry.endAt);
    const type = numberIn(inside, ID.trackType);
    if (type === PICTURES || type === SOUND) decoded += 1;
    if ((type === PICTURES || type === SOUND) && isEncrypted(inside)) {
      throw refused(`its ${type === SOUND ? 'sound is' : 'pictures are'} encrypted`);
    }
  }
  assertStreams(streams, decoded);
  const announcedEnd = info && durationIn(file.bytes(info.at, Math.min(info.endAt - info.at, MAX_INFO_BYTES)));
  return { streams, decoded, tracks: new Map(), isIntricate: false, ...(announcedEnd && { announcedEnd }) };
}

/** What stands in front of the first cluster. */
function findElements(file: FileWindow): { tracks?: Element; info?: Element } {
  const found: { tracks?: Element; info?: Element } = {};
  let at = 0;
  for (let count = 0; count < MAX_ELEMENTS && at < file.sizeBytes; count++) {
    const element = elementAt(file.bytes(at, 12), at, file.sizeBytes);
    if (!element || element.id === ID.cluster) break;
    if (element.id === ID.tracks) found.tracks ??= element;
    if (element.id === ID.info) found.info ??= element;
    if (found.tracks && found.info) break;
    at = element.id === ID.segment ? element.at : element.endAt;
  }
  return found;
}

/** RFC 9559 5.1.2: a float, in nanoseconds times a scale. */
function durationIn(info: Uint8Array): number | undefined {
  for (const { id, at, endAt } of elementsIn(info)) {
    if (id !== ID.duration) continue;
    const view = new DataView(info.buffer, info.byteOffset + at, endAt - at);
    const ticks = endAt - at === 8 ? view.getFloat64(0) : endAt - at === 4 ? view.getFloat32(0) : 0;
    const seconds = (ticks * (numberIn(info, ID.timestampScale) ?? 1_000_000)) / 1e9;
    return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
  }
  return undefined;
}

function isEncrypted(entry: Uint8Array): boolean {
  for (const encodings of elementsIn(entry)) {
    if (encodings.id !== ID.contentEncodings) continue;
    for (const encoding of elementsIn(entry.subarray(encodings.at, encodings.endAt))) {
      const inside = entry.subarray(encodings.at + encoding.at, encodings.at + encoding.endAt);
      for (const part of elementsIn(inside)) if (part.id === ID.contentEncryption) return true;
    }
  }
  return false;
}

function numberIn(bytes: Uint8Array, id: number): number | undefined {
  for (const element of elementsIn(bytes)) {
    if (element.id === id)
      return bytes.subarray(element.at, element.endAt).reduce((value, byte) => value * 256 + byte, 0);
  }
  return undefined;
}

/** The elements of a payload, up to one that does not fit. */
function* elementsIn(bytes: Uint8Array): Generator<Element, void, undefined> {
  for (let at = 0; at < bytes.length; ) {
    const element = elementAt(bytes.subarray(at, at + 12), at, bytes.length);
    if (!element || element.endAt > bytes.length || element.endAt <= at) return;
    yield element;
    at = element.endAt;
  }
}

/** RFC 8794 5 and 6. @param lastAt - Where an element of unknown size ends at the latest. */
function elementAt(head: Uint8Array, at: number, lastAt: number): Element | undefined {
  const idBytes = vintBytes(head[0]);
  const sizeBytes = vintBytes(head[idBytes]);
  if (idBytes > 4 || sizeBytes > 8 || head.length < idBytes + sizeBytes) return undefined;
  const id = head.subarray(0, idBytes).reduce((value, byte) => value * 256 + byte, 0);
  const [first = 0, ...rest] = head.subarray(idBytes, idBytes + sizeBytes);
  const mask = 0xff >> sizeBytes;
  const isUnknown = (first & mask) === mask && rest.every((byte) => byte === 0xff);
  const size = rest.reduce((value, byte) => value * 256 + byte, first & mask);
  const start = at + idBytes + sizeBytes;
  return { id, at: start, endAt: isUnknown ? lastAt : start + size };
}

/** Bytes of a number of variable size, by its first one; 9 for none. */
function vintBytes(first = 0): number {
  return Math.clz32(first) - 23;
}
